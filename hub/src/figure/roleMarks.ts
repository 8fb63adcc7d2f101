/** The second and third cue of a role, beside its hue: a shape for the person and a dash for the path. */
import type { Role } from '../score/movement.ts';

/** Corners within the unit circle, y down; null is the circle itself. */
type Shape = readonly (readonly [number, number])[] | null;

const star = (points: number, inner: number, turn = 0): Shape =>
  Array.from({ length: 2 * points }, (_, i) => {
    const angle = (Math.PI * i) / points - Math.PI / 2 + turn;
    const radius = i % 2 === 0 ? 1 : inner;
    return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
  });
const regular = (corners: number, turn = 0): Shape =>
  Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners - Math.PI / 2 + turn;
    return [Math.cos(angle), Math.sin(angle)] as const;
  });

const ARM = 0.36;
/** Three corners for each of four arms. */
const plus: Shape = [0, 1, 2, 3].flatMap((quarter) => {
  const [cos, sin] = [Math.cos((quarter * Math.PI) / 2), Math.sin((quarter * Math.PI) / 2)];
  return (
    [
      [1, -ARM],
      [1, ARM],
      [ARM, ARM],
    ] as const
  ).map(([x, y]) => [x * cos - y * sin, x * sin + y * cos] as const);
});

export const SHAPES: Readonly<Record<Role, Shape>> = {
  leader: regular(3),
  follower: null,
  flanked: regular(6, Math.PI / 6),
  flanking: regular(4, Math.PI / 4),
  shadowed: regular(5),
  shadowing: regular(3, Math.PI),
  coordinator: star(5, 0.48),
  contact: star(4, 0.55, Math.PI / 4),
  companion: plus,
  dwelling: regular(4),
};

/** Pixels drawn and left out; empty where the line is whole. */
export const DASHES: Readonly<Record<Role, readonly number[]>> = {
  leader: [],
  follower: [9, 4],
  flanked: [9, 4],
  flanking: [],
  shadowed: [],
  shadowing: [9, 3, 2, 3],
  coordinator: [12, 3, 3, 3],
  contact: [5, 4],
  companion: [14, 4],
  dwelling: [],
};

const two = (value: number): string => String(Math.round(value * 100) / 100);

/** The same as SVG path data around the origin. */
export function shapePath(role: Role, radius: number): string {
  const shape = SHAPES[role];
  const r = two(0.86 * radius);
  if (!shape) return `M${r} 0A${r} ${r} 0 1 1 -${r} 0A${r} ${r} 0 1 1 ${r} 0Z`;
  return `M${shape.map(([x, y]) => `${two(x * radius)} ${two(y * radius)}`).join('L')}Z`;
}
