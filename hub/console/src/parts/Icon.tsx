import { isPattern } from '../words/terms.ts';

/** Line drawings on a 16 px grid. They always stand beside a word or carry a label of their own. */
const PATHS = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  whole: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  target: 'M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3M8 5.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 0 1 0-5z',
  camera: 'M2 5h8v6H2zM10 7l4-2v6l-4-2z',
  play: 'M5 3.2v9.6L12.5 8z',
  pause: 'M5 3.5v9M11 3.5v9',
  back: 'M9.5 3.5L5 8l4.5 4.5',
  open: 'M6 3H3v10h10v-3M9 3h4v4M13 3L7.5 8.5',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  person: 'M8 2.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 0 1 0-5zM3 14c.5-3.2 2.300-5 5-5s4.500 1.800 5 5',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.500V8l2.500 2',
  warn: 'M8 2.500l6 11H2zM8 6.500v3.500M8 11.600v.4',
  pattern: 'M3 8h10M8 3v10',
  dwell: 'M8 1.800a6.200 6.200 0 1 1-5.300 3M8 4.800V8.200l2.300 1.500M2.200 2v3h3',
  handover:
    'M1.500 8h4M10.500 8h4M12.500 5.800L14.700 8l-2.200 2.200M8 5.500a2.500 2.500 0 1 1 0 5a2.500 2.500 0 0 1 0-5z',
  escort: 'M11 5a3 3 0 1 1 0 6a3 3 0 0 1 0-6zM1.500 8h5M4.500 6l2 2l-2 2',
  flanking: 'M8 6a2 2 0 1 1 0 4a2 2 0 0 1 0-4zM3 3.500v9M13 3.500v9',
  shadowing:
    'M12 3.500a2 2 0 1 1 0 4a2 2 0 0 1 0-4zM4 8.500a2 2 0 1 1 0 4a2 2 0 0 1 0-4zM6.400 9.400l.9-.5M8.700 8.100l.9-.5',
  coordinator: 'M8 6a2 2 0 1 1 0 4a2 2 0 0 1 0-4zM8 6V2M8 10v4M6 8H2M10 8h4',
  regrouping: 'M1.500 4h3l2 4l-2 4h-3M14.500 8h-5M9.500 8l2-2M9.500 8l2 2M8 2v2M8 12v2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill={name === 'play' ? 'currentColor' : 'none'} />
    </svg>
  );
}

/** Each pattern has a drawing and a hue of its own. */
export function PatternIcon({ pattern }: { readonly pattern: string }) {
  const known = isPattern(pattern);
  return (
    <span class={`pattern pattern-${known ? pattern : 'other'}`} aria-hidden="true">
      <Icon name={known ? pattern : 'pattern'} size={18} />
    </span>
  );
}
