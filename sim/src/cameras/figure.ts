/** A person drawn simply enough to be nobody, and well enough that a detector takes it for a person: a faceless figure in grey. */

export interface Figure {
  /** Middle of the feet, pixels. */
  readonly x: number;
  readonly foot: number;
  /** Pixels. */
  readonly height: number;
  /** Where the gait is, radians; legs are together at 0 and pi. */
  readonly phase: number;
  /** How much from the side it is seen, 0 (front or back) to 1: legs then open and close. */
  readonly fromTheSide: number;
  readonly cloth: string;
}

/** What figures may wear. They say nothing about whom they stand for. */
export const CLOTHES = ['#4a4f57', '#6b6f76', '#2f3a46', '#7d7468', '#565b4e'] as const;
const HEAD = '#b4aca4';
const HAIR = '#3a3532';
const TROUSERS = ['#23262e', '#2b2f39'] as const;

const n = (value: number) => value.toFixed(1);

function limb(x1: number, y1: number, x2: number, y2: number, thick: number, colour: string): string {
  return `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${colour}" stroke-width="${n(thick)}" stroke-linecap="round"/>`;
}

const oval = (x: number, y: number, rx: number, ry: number, fill: string, opacity = 1) =>
  `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" opacity="${opacity}"/>`;

/** The figure as SVG elements, with the shadow under its feet. */
export function figureSvg({ x, foot, height: h, phase, fromTheSide, cloth }: Figure): string {
  const w = 0.24 * h;
  const stride = h * (0.035 * (1 - fromTheSide) + 0.13 * fromTheSide * Math.sin(phase));
  const hip = foot - 0.48 * h;
  const shoulder = foot - 0.82 * h;
  const knee = foot - 0.25 * h;
  const leg = (side: -1 | 1) => {
    const colour = TROUSERS[side < 0 ? 0 : 1];
    const [atKnee, atFoot] = [x + side * (0.75 * stride + 0.08 * w), x + side * (stride + 0.1 * w)];
    return (
      limb(x + side * 0.12 * w, hip, atKnee, knee, 0.085 * h, colour) +
      limb(atKnee, knee, atFoot, foot - 0.03 * h, 0.065 * h, colour) +
      oval(atFoot, foot - 0.015 * h, 0.05 * h, 0.02 * h, '#111')
    );
  };
  const arm = (side: -1 | 1) => {
    const hand = x + side * (0.58 * w - 0.5 * stride);
    return (
      limb(x + side * 0.5 * w, shoulder + 0.05 * h, hand, hip, 0.06 * h, cloth) +
      oval(hand, hip + 0.03 * h, 0.028 * h, 0.028 * h, HEAD)
    );
  };
  const [l, r] = [x - 0.5 * w, x + 0.5 * w];
  const [top, low] = [shoulder + 0.04 * h, hip + 0.03 * h];
  const chest = `<path d="M${n(l)} ${n(top)} Q${n(x)} ${n(shoulder - 0.05 * h)} ${n(r)} ${n(top)} L${n(x + 0.38 * w)} ${n(low)} L${n(x - 0.38 * w)} ${n(low)} Z" fill="${cloth}" stroke="${cloth}" stroke-width="${n(0.03 * h)}" stroke-linejoin="round"/>`;
  const shade = `<path d="M${n(x)} ${n(shoulder)} L${n(r)} ${n(top)} L${n(x + 0.38 * w)} ${n(low)} L${n(x)} ${n(low)} Z" fill="#000" opacity="0.18"/>`;
  const neck = `<rect x="${n(x - 0.03 * h)}" y="${n(shoulder - 0.05 * h)}" width="${n(0.06 * h)}" height="${n(0.07 * h)}" fill="${HEAD}"/>`;
  const crown = foot - 0.925 * h;
  const hair = `<path d="M${n(x - 0.06 * h)} ${n(crown)} a${n(0.06 * h)} ${n(0.08 * h)} 0 0 1 ${n(0.12 * h)} 0 q${n(-0.06 * h)} ${n(-0.05 * h)} ${n(-0.12 * h)} 0" fill="${HAIR}"/>`;
  return (
    oval(x, foot, 0.9 * w, 0.22 * w, '#000', 0.25) +
    leg(-1) +
    leg(1) +
    chest +
    shade +
    arm(-1) +
    arm(1) +
    neck +
    oval(x, crown, 0.058 * h, 0.075 * h, HEAD) +
    hair
  );
}
