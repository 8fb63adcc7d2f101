/**
 * A recording as the cameras of its terminal see it: what a detector would find in their pictures, the edge's own tracker and
 * floor plane, the reports of the contract, the hub's fusion, and all of its scorers. Only broker and database are left out.
 */
import { DetectionBatch } from '@safe-passage/edge/detect/detection.ts';
import { BlindZones } from '@safe-passage/edge/floor/blindZones.ts';
import { readCalibration } from '@safe-passage/edge/floor/calibration.ts';
import { Pseudonymiser } from '@safe-passage/edge/pseudonym/pseudonymiser.ts';
import { FrameReporter } from '@safe-passage/edge/report/frameReporter.ts';
import { DEFAULT_TRACKER_OPTIONS } from '@safe-passage/edge/track/options.ts';
import { createFusion, type FloorNews } from '@safe-passage/hub/fuse/fusion.ts';
import type { ReceivedReport } from '@safe-passage/hub/fuse/receivedReport.ts';
import type { Continuation } from '@safe-passage/hub/fuse/samples.ts';
import { LaneScoring } from '@safe-passage/hub/score/laneScoring.ts';
import type { MovementEpisode, MovementEvent } from '@safe-passage/hub/score/movement.ts';
import { compileZones } from '@safe-passage/hub/score/zones.ts';
import type { Boxes } from '@safe-passage/sim/cameras/boxes.ts';
import { calibrationOf } from '@safe-passage/sim/cameras/calibrationOf.ts';
import { CameraView } from '@safe-passage/sim/cameras/cameraView.ts';
import type { DetectorParameters } from '@safe-passage/sim/cameras/detectors.ts';
import { floorPlanOf } from '@safe-passage/sim/terminal/floorPlan.ts';
import { Sight } from '@safe-passage/sim/terminal/sight.ts';
import type { Terminal } from '@safe-passage/sim/terminal/terminal.ts';
import type { Bodies } from '@safe-passage/sim/world.ts';
import { Column, HERTZ } from './recording.ts';
import { PATTERNS } from './staged.ts';

/** From the end of a report until the hub has it, ms. */
const TRANSPORT_MS = 200;
const SITE = 'simulated';
/** Who shows less of themselves is out of sight, 0 to 1. */
const LEAST_VISIBLE = 0.3;
const WITHOUT_DWELL = new Set(PATTERNS);

/** Everybody whom fusion told, at the frames of the recording. */
export interface FusedRows {
  readonly names: readonly string[];
  /** By row: the frame, the index of the name, metres. */
  readonly frame: Int32Array;
  readonly person: Int32Array;
  /** 1 where a camera measured it. */
  readonly measured: Int32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** What the scorers told last of a movement, and when they first told it. */
export interface SeenMovement {
  readonly atSeconds: number;
  episode: MovementEpisode;
}

/** What came of a floor that was watched to its end. */
export interface Watched {
  readonly movements: readonly SeenMovement[];
  readonly fused: FusedRows;
  readonly continuations: readonly Continuation[];
  /** Of every frame everybody who was in view of a camera. */
  readonly inView: number;
}

/** One camera and the agent beside it. */
class Post {
  readonly #view: CameraView;
  readonly #reporter: FrameReporter;
  readonly #batch = new DetectionBatch();
  #frame = 0;

  constructor(view: CameraView, reporter: FrameReporter) {
    this.#view = view;
    this.#reporter = reporter;
  }

  /** @param inView takes who is in view of this camera. */
  see(bodies: Bodies, seconds: number, inView: Set<number>): void {
    const boxes = this.#view.see(bodies, seconds);
    this.#frame++;
    if (!boxes) return;
    const { count, id, visible } = this.#view.truth;
    for (let i = 0; i < count; i++) if ((visible[i] as number) >= LEAST_VISIBLE) inView.add(id[i] as number);
    this.#fill(boxes);
    this.#reporter.take({
      frame: this.#frame,
      timeMs: Math.round(1000 * boxes.timeSeconds),
      sourceWidth: this.#view.camera.imageWidth,
      sourceHeight: this.#view.camera.imageHeight,
      detections: this.#batch,
    });
  }

  #fill({ count, left, top, width, height, confidence }: Boxes): void {
    this.#batch.clear();
    for (let i = 0; i < count; i++) {
      const [x, y, w, h] = [left[i] as number, top[i] as number, width[i] as number, height[i] as number];
      this.#batch.push(x, y, w, h, confidence[i] as number);
    }
  }

  finish(): void {
    this.#reporter.finish();
  }
}

/** Everything between a floor full of people and what is told of them. The same calls give the same movements. */
export class WatchedFloor {
  readonly #posts: Post[];
  readonly #fusion;
  readonly #scoring: LaneScoring;
  readonly #movements = new Map<string, SeenMovement>();
  readonly #indexOf = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #continuations: Continuation[] = [];
  readonly #frame = new Column((length) => new Int32Array(length));
  readonly #person = new Column((length) => new Int32Array(length));
  readonly #measured = new Column((length) => new Int32Array(length));
  readonly #x = new Column((length) => new Float32Array(length));
  readonly #y = new Column((length) => new Float32Array(length));
  #waiting: ReceivedReport[] = [];
  #nowSeconds = 0;
  /** Of every frame everybody who was in view of a camera. */
  #inView = 0;

  /** @param seed of what the detectors err. */
  constructor(terminal: Terminal, seed: number, detector: DetectorParameters) {
    const plan = floorPlanOf(terminal);
    const sight = new Sight(terminal);
    const blind = plan.zones.filter(({ kind }) => kind === 'blind').map(({ polygon }) => polygon);
    const blindZones = new BlindZones(blind);
    this.#posts = terminal.cameras.map((camera, index) => {
      const address = { site: SITE, floor: plan.id, device: camera.id, camera: camera.id };
      let sequence = 0;
      const reporter = new FrameReporter({
        camera: camera.id,
        calibration: readCalibration(calibrationOf(terminal, camera), camera.id),
        blindZones,
        confidence: DEFAULT_TRACKER_OPTIONS.lowConfidence,
        // Keys that are no secret: the same run gives the same names.
        names: new Pseudonymiser(Number.MAX_SAFE_INTEGER, (key) => key.fill(index + 1)),
        emit: (report) => {
          const receivedAtMs = report.toMs + TRANSPORT_MS;
          this.#waiting.push({ address, report: { ...report, sequence: sequence++ }, receivedAtMs });
        },
      });
      return new Post(new CameraView(terminal, camera, sight, { seed, detector }), reporter);
    });
    this.#fusion = createFusion({ site: SITE, plans: [plan] });
    this.#scoring = new LaneScoring(compileZones(plan), {}, { patterns: WITHOUT_DWELL, zones: new Map() });
  }

  see(bodies: Bodies, seconds: number): void {
    this.#nowSeconds = seconds;
    const inView = new Set<number>();
    for (const post of this.#posts) post.see(bodies, seconds, inView);
    this.#inView += inView.size;
    this.#hand();
  }

  #hand(): void {
    if (this.#waiting.length === 0) return;
    const reports = this.#waiting;
    this.#waiting = [];
    for (const news of this.#fusion.onReports(reports)) this.#take(news);
  }

  #take(news: FloorNews): void {
    if (news.late) throw new Error('a camera of a simulated floor is late: its clock is not');
    for (const { timeMs, person, x, y, measured } of news.samples) {
      let index = this.#indexOf.get(person);
      if (index === undefined) {
        index = this.#names.push(person) - 1;
        this.#indexOf.set(person, index);
      }
      this.#frame.push(Math.round((timeMs * HERTZ) / 1000));
      this.#person.push(index);
      this.#measured.push(measured ? 1 : 0);
      this.#x.push(x);
      this.#y.push(y);
    }
    this.#continuations.push(...news.continuations);
    for (const event of this.#scoring.take(news, news.beforeMs)) this.#tell(event as MovementEvent);
  }

  #tell({ episode }: MovementEvent): void {
    const seen = this.#movements.get(episode.key);
    if (seen) seen.episode = episode;
    else this.#movements.set(episode.key, { atSeconds: this.#nowSeconds, episode });
  }

  /** Nobody looks any more: what is open ends. */
  finish(): Watched {
    for (const post of this.#posts) post.finish();
    this.#hand();
    for (const news of this.#fusion.advance(1000 * this.#nowSeconds + 60_000)) this.#take(news);
    for (const event of this.#scoring.finishMovements()) this.#tell(event);
    const cut = <T extends Int32Array | Float32Array>({ values, count }: Column<T>): T => values.slice(0, count) as T;
    return {
      movements: [...this.#movements.values()],
      continuations: this.#continuations,
      inView: this.#inView,
      fused: {
        names: this.#names,
        frame: cut(this.#frame),
        person: cut(this.#person),
        measured: cut(this.#measured),
        x: cut(this.#x),
        y: cut(this.#y),
      },
    };
  }
}
