/** Where a browser on this machine finds a hub that listens on every address. */
const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** The address of a hub as a browser writes it. */
export function consoleAddress(listen: { readonly host: string; readonly port: number }): string {
  const host = EVERY_ADDRESS[listen.host] ?? (listen.host.includes(':') ? `[${listen.host}]` : listen.host);
  return `http://${host}:${listen.port}`;
}
