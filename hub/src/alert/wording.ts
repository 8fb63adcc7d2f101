/** How an alert speaks: whole sentences with figures and units, and no word about who somebody might be. */

/** A length of time as people say it: `21 s`, `12 min 30 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 1 && seconds > 0) return 'under 1 s';
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) {
    const rest = whole % 60;
    return rest === 0 ? `${whole / 60} min` : `${(whole - rest) / 60} min ${rest} s`;
  }
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${(minutes - rest) / 60} h ${rest} min`;
}

/** A distance: `1.1 m`, from 10 m on `11 m`. */
export const metresText = (metres: number): string =>
  metres < 9.95 ? `${metres.toFixed(1)} m` : `${Math.round(metres)} m`;

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** A count of people at the beginning of a sentence or within it: `three`, `14`. */
export const countText = (count: number): string => WORDS[count] ?? String(count);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
