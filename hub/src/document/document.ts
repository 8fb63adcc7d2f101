/** A document of headings, paragraphs and tables, as a page or as Markdown. Pure. */
import { heading, page, paragraph, tableOf } from './html.ts';

export type DocumentPart =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** A sentence in its place where it has no rows. */
      readonly empty: string;
    };

function partHtml(part: DocumentPart): string {
  if (part.kind === 'heading') return heading(part.text);
  if (part.kind === 'paragraph') return paragraph(part.text);
  return tableOf(part.head, part.rows, part.empty);
}

export const htmlOf = (title: string, parts: readonly DocumentPart[]): string =>
  page(title, parts.map(partHtml).join('\n'));

/** What would be markup is text. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&');

function partMarkdown(part: DocumentPart): string {
  if (part.kind === 'heading') return `## ${plain(part.text)}`;
  if (part.kind === 'paragraph') return plain(part.text);
  if (part.rows.length === 0) return plain(part.empty);
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;
  return [line(part.head), line(part.head.map(() => '---')), ...part.rows.map(line)].join('\n');
}

export const markdownOf = (title: string, parts: readonly DocumentPart[]): string =>
  `${[`# ${plain(title)}`, ...parts.map(partMarkdown)].join('\n\n')}\n`;
