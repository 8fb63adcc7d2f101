/** How far off the agent places whoever is in an annotated box, by real calibrations: what the body's leaning costs, and what taking it off leaves. */
import { FloorMapper, type FloorPoint } from '@safe-passage/edge/floor/floor.ts';
import { lensOf } from '@safe-passage/edge/floor/lens.ts';
import { verticalsOf } from '@safe-passage/edge/floor/verticals.ts';
import type { Matrix3 } from './projective.ts';

/** An annotated box, pixels, and where its person truly stands, metres. */
export interface StandingTruth {
  readonly camera: string;
  readonly middle: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: number;
  readonly y: number;
}

/** Metres off: at the middle of the lower edge, and as the agent places people. */
export interface StandingErrors {
  readonly boxes: number;
  readonly lowerEdge: { readonly median: number; readonly p90: number };
  readonly agent: { readonly median: number; readonly p90: number };
}

/** @param homography from pixels to the floor in centimetres, of either sign. */
export function mapperOf(name: string, homography: Matrix3, width: number, height: number): FloorMapper {
  const [a = 0, b = 0, c = 0] = homography.slice(6);
  const sign = a * (width / 2) + b * height + c < 0 ? -1 : 1;
  const toFloor = Float64Array.from(homography, (value, i) => (sign * value) / (i < 6 ? 100 : 1));
  const lens = lensOf(width, height, 0);
  const picture = { imageWidth: width, imageHeight: height, lens, lensFitted: false };
  const plane = { toFloor, verticals: verticalsOf(toFloor, lens, width), sigmaPixels: 0 };
  return new FloorMapper({ name, version: name, ...picture, ...plane }, width, height);
}

const quantiles = (errors: number[]): { readonly median: number; readonly p90: number } => {
  const sorted = errors.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { median: at(0.5), p90: at(0.9) };
};

export function standingErrors(
  truths: readonly StandingTruth[],
  mappers: ReadonlyMap<string, FloorMapper>,
): StandingErrors {
  const [lowerEdge, agent]: [number[], number[]] = [[], []];
  const place: FloorPoint = { x: 0, y: 0, sigmaMetres: 0 };
  for (const { camera, middle, top, bottom, x, y } of truths) {
    const mapper = mappers.get(camera);
    const box = { y: top, footX: middle, footY: bottom, footSigmaX: 0, footSigmaY: 0 };
    if (!mapper?.project(middle, bottom, 0, 0, place)) continue;
    const metres = Math.hypot(place.x - x, place.y - y);
    if (!mapper.stand(box, place)) continue;
    lowerEdge.push(metres);
    agent.push(Math.hypot(place.x - x, place.y - y));
  }
  return { boxes: agent.length, lowerEdge: quantiles(lowerEdge), agent: quantiles(agent) };
}
