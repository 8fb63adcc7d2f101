/** Numbers as people read them, always with their unit. */

/** Keeps a number and its unit on one line. */
const SPACE = '\u00a0';

/** `12.5 s`, `3 min 20 s`, `1 h 05 min`: two units at most, so that a list of them can be compared at a glance. */
export function duration(seconds: number): string {
  const whole = Math.max(0, seconds);
  if (whole < 9.95) return `${whole.toFixed(1)}${SPACE}s`;
  const rounded = Math.round(whole);
  if (rounded < 60) return `${rounded}${SPACE}s`;
  if (rounded < 3600) {
    const rest = rounded % 60;
    return `${Math.floor(rounded / 60)}${SPACE}min${rest ? ` ${rest}${SPACE}s` : ''}`;
  }
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}${SPACE}h${rest ? ` ${String(rest).padStart(2, '0')}${SPACE}min` : ''}`;
}

/** `4:07` or `1:04:07`, for a clock that runs. */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`. */
export function ago(thenMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - thenMs) / 1000);
  if (seconds < 3) return 'now';
  if (seconds < 60) return `${seconds}${SPACE}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${SPACE}min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}${SPACE}h ago`;
  return `${Math.floor(seconds / 86_400)}${SPACE}d ago`;
}

export const metres = (value: number, digits = 1): string => `${value.toFixed(digits)}${SPACE}m`;

/** A share from 0 to 1. Small shares are not rounded to nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return `<${SPACE}1${SPACE}%`;
  return `${Math.round(share * 100)}${SPACE}%`;
}

export function perSecond(value: number): string {
  return `${value.toFixed(1)}${SPACE}fps`;
}

/** `+0.3 s ± 0.01 s`: how far a clock is ahead, below zero behind; null where nobody has compared it. */
export function clockWords({
  clockOffsetSeconds,
  clockUncertaintySeconds,
}: {
  readonly clockOffsetSeconds?: number;
  readonly clockUncertaintySeconds?: number;
}): string | null {
  if (clockOffsetSeconds === undefined) return null;
  const seconds = Math.abs(clockOffsetSeconds).toFixed(2);
  const sign = Number(seconds) === 0 ? '' : clockOffsetSeconds < 0 ? '−' : '+';
  const ahead = `${sign}${seconds}${SPACE}s`;
  if (clockUncertaintySeconds === undefined) return ahead;
  // Rounded up: never surer than it is.
  return `${ahead} ±${SPACE}${(Math.ceil(clockUncertaintySeconds * 100) / 100).toFixed(2)}${SPACE}s`;
}

export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** Text of the hub with its figures kept together: `27 min 20 s` is not torn at the end of a line. */
export function unbroken(text: string): string {
  return text
    .replaceAll(/(\d) (h|min|s|m|cm)\b/g, `$1${SPACE}$2`)
    .replaceAll(/(\d) %/g, `$1${SPACE}%`)
    .replaceAll(/(\d\u00a0(?:min|h)) (?=\d)/g, `$1${SPACE}`);
}
