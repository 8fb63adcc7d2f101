import { Random } from '../random.ts';
import type { Boxes } from './boxes.ts';
import type { DetectorParameters } from './detectors.ts';
import { GhostBoxes } from './ghostBoxes.ts';
import { Normals, normalShare } from './normals.ts';
import type { VisibleBodies } from './visibleBodies.ts';

/** What is smaller at the network's input is never found, pixels; and who shows less than this share. */
const SMALLEST_PIXELS = 10;
const LEAST_VISIBLE = 0.06;
/** Log-odds that the dark takes, of being found and of the confidence. Assumed, not measured. */
const DARKNESS = 5;
const MOST_SIGMAS = 2.5;
/** Who was not seen for longer is forgotten; one looks for them every so often. */
const FORGET_SECONDS = 10;
/** What is remembered of a body: when it was seen, and what lasts of its errors. */
const FOUND = 0;
const CONFIDENCE = 1;
const LEFT = 2;
const RIGHT = 3;
const TOP = 4;
const BOTTOM = 5;
const FIELDS = 6;

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/**
 * What a detector makes of the bodies in a picture: whom it misses, how its boxes are off, what it takes for a person. Errors last as they do in
 * reality: who was missed is likely to be missed again. The same seed and the same calls give the same boxes.
 */
export class DetectionModel {
  readonly #p: DetectorParameters;
  readonly #random: Random;
  readonly #normals: Normals;
  readonly #scale: number;
  readonly #width: number;
  readonly #height: number;
  readonly #ghosts: GhostBoxes;
  readonly #slotOf = new Map<number, number>();
  readonly #free: number[] = [];
  #state = new Float64Array(64 * FIELDS);
  #seenAt = new Float64Array(64);
  /** Where the box of a body is in the answer; -1: it was missed. */
  readonly #boxOf: Int32Array;
  #tidiedAt = Number.NEGATIVE_INFINITY;
  #stepSeconds = Number.NaN;
  #keepFound = 0;
  #keepConfidence = 0;
  #keepEdges = 0;
  readonly #logUpTo: number;

  /** @param most bodies in a picture: the capacity of what is given to {@link detect}. */
  constructor(parameters: DetectorParameters, imageWidth: number, imageHeight: number, seed: number, most: number) {
    this.#p = parameters;
    this.#random = new Random(seed);
    this.#normals = new Normals(this.#random);
    this.#scale = Math.min(parameters.inputWidth / imageWidth, parameters.inputHeight / imageHeight);
    this.#logUpTo = Math.log(parameters.found.upTo / 50);
    this.#width = imageWidth;
    this.#height = imageHeight;
    this.#boxOf = new Int32Array(most);
    this.#ghosts = new GhostBoxes(parameters, imageWidth, imageHeight, this.#scale, this.#random);
  }

  /** How many bodies it remembers. */
  get remembered(): number {
    return this.#slotOf.size;
  }

  /**
   * @param bodies after `hide()`.
   * @param timeSeconds grows from call to call.
   * @param darkness 0 to 1.
   * @param out is cleared first.
   */
  detect(bodies: VisibleBodies, timeSeconds: number, darkness: number, out: Boxes): void {
    out.clear();
    const { found, confidence, edges, parts, mergedShare, lowestConfidence } = this.#p;
    const dark = darkness * DARKNESS;
    for (let k = 0; k < bodies.count; k += 1) {
      const i = bodies.order[k] as number;
      this.#boxOf[i] = -1;
      const visible = bodies.visible[i] as number;
      const height = (bodies.bottom[i] as number) - (bodies.top[i] as number);
      const pixels = height * this.#scale;
      if (visible < LEAST_VISIBLE || pixels < SMALLEST_PIXELS) continue;
      const at = this.#remember(bodies.id[i] as number, timeSeconds) * FIELDS;
      const state = this.#state;
      const logHeight = Math.log(pixels / 50);
      const hidden = 1 - visible;
      const odds =
        found.at50 +
        found.perLogHeight * Math.min(logHeight, this.#logUpTo) +
        found.perHidden * hidden ** found.hiddenPower -
        dark;
      const lasting = found.lasting.share;
      const luck = Math.sqrt(lasting) * (state[at + FOUND] as number) + Math.sqrt(1 - lasting) * this.#normals.next();
      if (normalShare(luck) > logistic(odds)) {
        const by = bodies.hiddenBy[i] as number;
        const front = by >= 0 && (bodies.hiddenByPeople[i] as number) > 0.1 ? (this.#boxOf[by] as number) : -1;
        // Who is missed has no confidence and no edges: what lasts of them says whether, and how far.
        if (front >= 0 && normalShare(state[at + CONFIDENCE] as number) < mergedShare) {
          this.#merge(out, front, bodies, i, 0.5 + 0.5 * normalShare(state[at + LEFT] as number));
        }
        continue;
      }
      const byPeople = bodies.hiddenByPeople[i] as number;
      const spread = height * (1 + edges.perHidden * byPeople);
      const noise = edges.lasting;
      const l = this.#error(state[at + LEFT] as number, noise.share);
      const r =
        edges.sideways * l + Math.sqrt(1 - edges.sideways ** 2) * this.#error(state[at + RIGHT] as number, noise.share);
      const t = this.#error(state[at + TOP] as number, noise.share);
      const b = this.#error(state[at + BOTTOM] as number, noise.share);
      const left = (bodies.shownLeft[i] as number) + l * edges.left * spread;
      const right = (bodies.shownRight[i] as number) + r * edges.right * spread;
      const top = (bodies.shownTop[i] as number) + t * edges.top * spread;
      const bottom =
        (bodies.shownBottom[i] as number) + b * edges.bottom * spread + edges.sinkPerHidden * byPeople * height;
      const sure = logistic(
        confidence.at50 +
          confidence.perLogHeight * logHeight +
          confidence.perHidden * hidden -
          dark +
          confidence.sigma * this.#error(state[at + CONFIDENCE] as number, confidence.lasting.share),
      );
      const score = Math.max(lowestConfidence, Math.min(0.999, sure));
      this.#boxOf[i] = this.#report(out, left, top, right, bottom, score, bodies.id[i] as number);
      if (parts.share > 0 && this.#random.chance(parts.share)) this.#reportPart(out, left, top, right, bottom);
    }
    this.#ghosts.add(timeSeconds, darkness, out);
    out.timeSeconds = timeSeconds;
    if (timeSeconds - this.#tidiedAt > FORGET_SECONDS) this.#tidy(timeSeconds);
  }

  /** Draws the box of who is in front towards who was missed behind. @param way 0 not at all, 1 over both. */
  #merge(out: Boxes, front: number, bodies: VisibleBodies, i: number, way: number): void {
    const left = out.left[front] as number;
    const top = out.top[front] as number;
    const right = left + (out.width[front] as number);
    const bottom = top + (out.height[front] as number);
    out.stretch(
      front,
      Math.max(0, left + way * ((bodies.shownLeft[i] as number) - left)),
      Math.max(0, top + way * ((bodies.shownTop[i] as number) - top)),
      Math.min(this.#width, right + way * ((bodies.shownRight[i] as number) - right)),
      Math.min(this.#height, bottom + way * ((bodies.shownBottom[i] as number) - bottom)),
    );
  }

  /** Boxes end at the picture's edge. @returns -1 where nothing is left. */
  #report(
    out: Boxes,
    left: number,
    top: number,
    right: number,
    bottom: number,
    score: number,
    truthId: number,
  ): number {
    return out.push(
      Math.max(0, left),
      Math.max(0, top),
      Math.min(this.#width, right),
      Math.min(this.#height, bottom),
      score,
      truthId,
    );
  }

  /** The upper or the lower body once more. */
  #reportPart(out: Boxes, left: number, top: number, right: number, bottom: number): void {
    const { parts, lowestConfidence } = this.#p;
    const share = this.#random.between(0.3, 0.49) * (bottom - top);
    const upper = this.#random.chance(0.7);
    const lowest = Math.log(lowestConfidence / (1 - lowestConfidence));
    const sure = logistic(lowest - Math.log(1 - this.#random.next()) * parts.confidenceAbove);
    this.#report(out, left, upper ? top : bottom - share, right, upper ? top + share : bottom, sure, -1);
  }

  /** What lasts and what is new, together of variance 1, without the far tails: a gross error is a person missed, which is counted as such. */
  #error(lasting: number, share: number): number {
    const error = Math.sqrt(share) * lasting + Math.sqrt(1 - share) * this.#normals.next();
    return error > MOST_SIGMAS ? MOST_SIGMAS : error < -MOST_SIGMAS ? -MOST_SIGMAS : error;
  }

  /** Brings what is remembered of a body up to a time. @returns its slot. */
  #remember(id: number, timeSeconds: number): number {
    const known = this.#slotOf.get(id);
    const slot = known ?? this.#begin(id);
    const elapsed = known === undefined ? Number.POSITIVE_INFINITY : timeSeconds - (this.#seenAt[slot] as number);
    this.#seenAt[slot] = timeSeconds;
    if (elapsed !== this.#stepSeconds) {
      this.#stepSeconds = elapsed;
      this.#keepFound = Math.exp(-elapsed / this.#p.found.lasting.seconds);
      this.#keepConfidence = Math.exp(-elapsed / this.#p.confidence.lasting.seconds);
      this.#keepEdges = Math.exp(-elapsed / this.#p.edges.lasting.seconds);
    }
    const at = slot * FIELDS;
    this.#carry(at + FOUND, this.#keepFound);
    this.#carry(at + CONFIDENCE, this.#keepConfidence);
    for (let field = LEFT; field <= BOTTOM; field += 1) this.#carry(at + field, this.#keepEdges);
    return slot;
  }

  /** A step of an autoregressive process of order 1 and variance 1. */
  #carry(at: number, keep: number): void {
    this.#state[at] = keep * (this.#state[at] as number) + Math.sqrt(1 - keep * keep) * this.#normals.next();
  }

  #begin(id: number): number {
    const slot = this.#free.pop() ?? this.#slotOf.size;
    if (slot >= this.#seenAt.length) {
      const [state, seenAt] = [this.#state, this.#seenAt];
      this.#state = new Float64Array(state.length * 2);
      this.#state.set(state);
      this.#seenAt = new Float64Array(seenAt.length * 2);
      this.#seenAt.set(seenAt);
    }
    this.#state.fill(0, slot * FIELDS, (slot + 1) * FIELDS);
    this.#slotOf.set(id, slot);
    return slot;
  }

  #tidy(timeSeconds: number): void {
    this.#tidiedAt = timeSeconds;
    for (const [id, slot] of this.#slotOf) {
      if (timeSeconds - (this.#seenAt[slot] as number) <= FORGET_SECONDS) continue;
      this.#slotOf.delete(id);
      this.#free.push(slot);
    }
  }
}
