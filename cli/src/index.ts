export * from './output.ts';
export * from './program.ts';
export * from './progress.ts';
export * from './quantity.ts';
export * from './systemd.ts';
export * from './tls.ts';
