/** Pages that are whole in themselves: no script, no picture, nothing from elsewhere. Pure. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that may hold anything, for HTML and for SVG. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

export const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;
export const heading = (text: string): string => `<h2>${escaped(text)}</h2>`;

/** A table with its head; a sentence in its place where it has no rows. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return paragraph(empty);
  const line = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>\n<thead>${line(head, 'th')}</thead>\n<tbody>\n${rows.map((row) => line(row, 'td')).join('\n')}\n</tbody>\n</table>`;
}

const STYLE = `
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .8rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #d0d7de; overflow-wrap: break-word; }
th { font-weight: 600; }
@page { size: A4; margin: 18mm; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } section.sheet { break-after: page; } tr { break-inside: avoid; } }
`;

/** @param body HTML. @param style rules beside those of every page. */
export const page = (title: string, body: string, style = ''): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${body}
</body>
</html>
`;

/** A time as people read it. */
export const utc = (epochMs: number): string => `${new Date(epochMs).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
