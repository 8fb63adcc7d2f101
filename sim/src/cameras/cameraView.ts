import { Optics } from '../optics.ts';
import { Random, seedFor } from '../random.ts';
import type { Terminal, TerminalCamera } from '../terminal/terminal.ts';
import type { Bodies, LineOfSight } from './bodies.ts';
import { BodyBox } from './bodyBox.ts';
import { Boxes } from './boxes.ts';
import { COLUMNS, columnBelow, coveredPoints, ROWS } from './coverage.ts';
import { DetectionModel } from './detectionModel.ts';
import { type DetectorParameters, YOLOX_NANO_832 } from './detectors.ts';
import { type CameraFaults, FaultState } from './faults.ts';
import { StaticShadow } from './staticShadow.ts';
import { VisibleBodies } from './visibleBodies.ts';

export interface CameraViewOptions {
  readonly seed: number;
  readonly faults?: CameraFaults;
  /** How its detector errs. Default: YOLOX-Nano at an input of 832 pixels. */
  readonly detector?: DetectorParameters;
}

/** The most people in one picture. */
const MOST_BODIES = 1024;
const EVERY_POINT = -1;
/** A body reaches so far beyond its middle, metres: for leaving out whoever is beside the picture. */
const MARGIN_METRES = 1;
/** A column is hidden where the building hides this share of the body's height. */
const WHOLLY = 0.97;

/** What one camera reports of the people on the floor. Deterministic: the same seed and the same calls give the same boxes. */
export class CameraView {
  readonly camera: TerminalCamera;
  readonly #optics: Optics;
  readonly #box: BodyBox;
  readonly #shadow: StaticShadow;
  readonly #faults: FaultState;
  readonly #model: DetectionModel;
  readonly #visible = new VisibleBodies(MOST_BODIES);
  readonly #boxes = new Boxes();
  readonly #reachSquared: number;
  /** Unit vectors along the two sides of the wedge of floor that the picture shows, inwards. */
  #edge = new Float64Array(4);
  #turned: readonly [number, number] = [0, 0];
  readonly #shares = new Float64Array(COLUMNS);

  constructor(_terminal: Terminal, camera: TerminalCamera, sight: LineOfSight, options: CameraViewOptions) {
    const [x, y] = camera.position;
    this.camera = camera;
    this.#optics = new Optics(camera);
    this.#box = new BodyBox(this.#optics, x, y);
    this.#shadow = new StaticShadow(sight, x, y, camera.heightMetres, camera.reachMetres);
    this.#faults = new FaultState(options.faults ?? {}, new Random(seedFor(options.seed, `faults ${camera.id}`)));
    this.#model = new DetectionModel(
      options.detector ?? YOLOX_NANO_832,
      camera.imageWidth,
      camera.imageHeight,
      seedFor(options.seed, `detector ${camera.id}`),
      MOST_BODIES,
    );
    this.#reachSquared = camera.reachMetres ** 2;
    this.#findWedge(camera.headingDegrees);
  }

  /**
   * One frame.
   *
   * @param timeSeconds of the simulation; grows from call to call. The caller asks as often as the camera takes pictures.
   * @returns the boxes, reused for the next frame; null where the frame is lost.
   */
  see(bodies: Bodies, timeSeconds: number): Boxes | null {
    if (this.#faults.drops(timeSeconds)) return null;
    if (!this.#faults.frozen(timeSeconds)) {
      this.#turn(timeSeconds);
      this.#gather(bodies, timeSeconds);
      this.#visible.hide();
      this.#model.detect(this.#visible, timeSeconds, this.#faults.darkness(timeSeconds), this.#boxes);
    }
    this.#boxes.timeSeconds = this.#faults.clock(timeSeconds);
    return this.#boxes;
  }

  /** What there was to see in the last frame, before the detector: for truth and drawing. */
  get truth(): VisibleBodies {
    return this.#visible;
  }

  #turn(timeSeconds: number): void {
    const [heading, pitch] = this.#faults.turnedBy(timeSeconds);
    if (heading === this.#turned[0] && pitch === this.#turned[1]) return;
    this.#turned = [heading, pitch];
    this.#optics.aim(this.camera.headingDegrees + heading, this.camera.pitchDegrees + pitch);
    this.#findWedge(this.camera.headingDegrees + heading);
  }

  /** The widest angles to both sides at which the picture shows floor. Steep cameras see all around: no wedge then. */
  #findWedge(headingDegrees: number): void {
    const { imageWidth, imageHeight, position } = this.camera;
    const heading = (headingDegrees * Math.PI) / 180;
    let widest = 0;
    for (let k = 0; k <= 16; k += 1) {
      for (const u of [0, imageWidth]) {
        if (!this.#optics.toFloor(u, (imageHeight * k) / 16)) continue;
        const angle = Math.atan2(this.#optics.floorY - position[1], this.#optics.floorX - position[0]) - heading;
        widest = Math.max(widest, Math.abs(Math.atan2(Math.sin(angle), Math.cos(angle))));
      }
    }
    // A head is seen where its feet are below the picture: a little more than the floor says.
    const half = widest + 0.1;
    if (widest === 0 || half >= Math.PI / 2) {
      this.#edge.fill(0);
      return;
    }
    this.#edge[0] = Math.sin(half - heading);
    this.#edge[1] = Math.cos(half - heading);
    this.#edge[2] = Math.sin(half + heading);
    this.#edge[3] = -Math.cos(half + heading);
  }

  #gather(bodies: Bodies, timeSeconds: number): void {
    const visible = this.#visible;
    const [cameraX, cameraY] = this.camera.position;
    const [ax, ay, bx, by] = this.#edge as unknown as [number, number, number, number];
    visible.clear();
    for (let i = 0; i < bodies.count; i += 1) {
      const dx = (bodies.x[i] as number) - cameraX;
      const dy = (bodies.y[i] as number) - cameraY;
      if (dx * dx + dy * dy > this.#reachSquared) continue;
      if (ax * dx + ay * dy < -MARGIN_METRES || bx * dx + by * dy < -MARGIN_METRES) continue;
      this.#takeIn(bodies, i, timeSeconds);
    }
  }

  #takeIn(bodies: Bodies, i: number, timeSeconds: number): void {
    const box = this.#box;
    const { imageWidth, imageHeight } = this.camera;
    const id = bodies.id[i] as number;
    const x = bodies.x[i] as number;
    const y = bodies.y[i] as number;
    // The golden ratio spreads the gaits of people who came one after the other.
    const phase = (id * 0.618_034) % 1;
    const there = box.of(
      x,
      y,
      bodies.headingRadians[i] as number,
      bodies.speed[i] as number,
      bodies.heightMetres[i] as number,
      bodies.seated[i] === 1,
      phase,
      timeSeconds,
    );
    if (!there) return;
    const { left, top, right, bottom } = box;
    if (right <= 0 || left >= imageWidth || bottom <= 0 || top >= imageHeight) return;
    const hidden =
      ~coveredPoints(left, top, right, bottom, 0, 0, imageWidth, imageHeight) | this.#hiddenByBuilding(x, y);
    if (hidden === EVERY_POINT) return;
    const place = this.#visible.push(id, left, top, right, bottom, box.depthMetres, hidden);
    if (place >= 0) this.#cut(place);
  }

  /** The points of the lattice that walls and obstacles hide; the share of each column goes to `#shares`. */
  #hiddenByBuilding(x: number, y: number): number {
    const { widthMetres, heightMetres } = this.#box;
    const { rightX, rightY } = this.#optics;
    let hidden = 0;
    for (let column = 0; column < COLUMNS; column += 1) {
      const aside = ((column + 0.5) / COLUMNS - 0.5) * widthMetres;
      const lowest = this.#shadow.lowestVisible(x + aside * rightX, y + aside * rightY);
      const share = Math.min(1, lowest / heightMetres);
      this.#shares[column] = share;
      // Row r lies at (r + 0.5) / ROWS from the top.
      if (share > 0) hidden |= columnBelow(column, Math.ceil((1 - share) * ROWS - 0.5));
    }
    return hidden;
  }

  /** What is left of a box after the building and the picture's edge, as a detector would see it: a foot point that is wrong. */
  #cut(place: number): void {
    const visible = this.#visible;
    const { left, top, right, bottom } = this.#box;
    let first = 0;
    let last = COLUMNS - 1;
    while (first < last && (this.#shares[first] as number) >= WHOLLY) first += 1;
    while (last > first && (this.#shares[last] as number) >= WHOLLY) last -= 1;
    let least = 1;
    for (let column = first; column <= last; column += 1) least = Math.min(least, this.#shares[column] as number);
    const width = right - left;
    visible.shownLeft[place] = Math.max(0, left + (first * width) / COLUMNS);
    visible.shownRight[place] = Math.min(this.camera.imageWidth, left + ((last + 1) * width) / COLUMNS);
    visible.shownTop[place] = Math.max(0, top);
    visible.shownBottom[place] = Math.min(this.camera.imageHeight, bottom - least * (bottom - top));
  }
}
