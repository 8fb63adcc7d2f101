/** Reports as real cameras send them: every camera sees the same number of people walking, once a second. */
import type { CameraAddress, TrackReport } from '@safe-passage/contract';

export interface IngestLoad {
  readonly cameras: number;
  readonly seconds: number;
  /** People each camera sees, and positions of each in a report. */
  readonly tracks: number;
  readonly points: number;
  /** 16 hexadecimal digits: reports under another one are other reports. */
  readonly epoch: string;
  /** Capture time of the first report, milliseconds since the epoch. */
  readonly startMs: number;
}

export const positionsOf = (load: IngestLoad): number => load.cameras * load.seconds * load.tracks * load.points;

/** A track lives for so many reports, then another person has its place. */
const TRACK_LIFE_SECONDS = 40;

const pseudonymOf = (camera: number, track: number, life: number): string =>
  Buffer.from(`${String(camera).padStart(5, '0')}${String(track).padStart(3, '0')}${String(life).padStart(4, '0')}`)
    .toString('base64url')
    .slice(0, 16);

/** The report of one camera in one second. */
export function loadReport(
  load: IngestLoad,
  second: number,
  camera: number,
): { readonly address: CameraAddress; readonly report: TrackReport } {
  const name = `camera-${camera}`;
  const tracks = Array.from({ length: load.tracks }, (_, track): TrackReport['tracks'][number] => {
    const phase = camera * 7919 + track * 104_729;
    const life = Math.floor((second + track) / TRACK_LIFE_SECONDS);
    return {
      id: pseudonymOf(camera, track, life),
      state: 'active',
      points: Array.from({ length: load.points }, (_, point): TrackReport['tracks'][number]['points'][number] => {
        const t = second + point / load.points;
        return [
          Math.round((point * 1000) / load.points),
          (phase % 9000) + Math.round(110 * t) - 400,
          ((phase * 31) % 6000) + Math.round(40 * Math.sin(t + track)),
          12 + ((phase + point) % 30),
          (phase + point) % 7 === 0 ? 0 : 1,
        ];
      }),
    };
  });
  return {
    address: { site: 'bench', floor: `floor-${camera % 4}`, device: `edge-${camera}`, camera: name },
    report: {
      schema: 'track-report/1',
      camera: name,
      calibration: 'nominal',
      epoch: load.epoch,
      sequence: second + 1,
      fromMs: load.startMs + second * 1000,
      toMs: load.startMs + second * 1000 + Math.round(((load.points - 1) * 1000) / load.points),
      tracks,
    },
  };
}
