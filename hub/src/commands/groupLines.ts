/** Group scoring of recorded trajectories, as lines of JSON. */
import type { PartitionOptions } from '../score/groups/components.ts';
import { type GroupEvent, reasonsForGroup } from '../score/groups/event.ts';
import type { EvidenceOptions } from '../score/groups/evidence.ts';
import { GroupScorer } from '../score/groups/groups.ts';
import { GroupMovements } from '../score/groups/movement.ts';
import type { Grouping } from '../score/groups/windows.ts';
import { sceneOptionsFor, type Tick } from '../score/scene/scene.ts';
import type { CompiledZone } from '../score/zones.ts';
import { movementLine } from './movementLine.ts';

/** Length of a window, and how long after its end it is decided, seconds. */
export const WINDOW_SECONDS = 10;
export const SETTLE_SECONDS = 10;

export interface GroupLineOptions {
  /** The usual time between two rows of a person. */
  readonly sampleSeconds: number;
  readonly windowSeconds: number;
  readonly settleSeconds: number;
  readonly zones: readonly CompiledZone[];
  /** Other parameters than those that are shipped, for measuring. */
  readonly evidence?: Partial<EvidenceOptions>;
  readonly partition?: Partial<PartitionOptions>;
  /** Told each tick of the scene, for another scorer. */
  readonly onTick?: (tick: Tick) => void;
}

const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));
const seconds = (timeMs: number): number => timeMs / 1000;

/** {"kind":"grouping","from","to","groups":[[ids]...]} */
function groupingLine({ fromMs, toMs, groups }: Grouping): string {
  return `${JSON.stringify({ kind: 'grouping', from: seconds(fromMs), to: seconds(toMs), groups })}\n`;
}

/** {"kind":"group","event":"formed|joined|...","group","at","members",...} */
function groupEventLine(event: GroupEvent): string {
  const { bond } = event;
  const line = {
    kind: event.kind,
    event: event.event,
    group: event.group,
    at: seconds(event.timeMs),
    members: event.members,
    changed: event.changed,
    gone: event.gone,
    others: event.others,
    bond: bond && {
      metres: rounded(bond.metres),
      relativeSpeed: rounded(bond.relativeSpeed),
      seconds: rounded(bond.seconds, 1),
      logOdds: rounded(bond.logOdds, 2),
    },
    apartMetres: event.apartMetres === null ? null : rounded(event.apartMetres),
    joins: event.joins.map(({ earlier, later, probability }) => ({
      earlier,
      later,
      probability: rounded(probability, 4),
    })),
    reasons: reasonsForGroup(event),
  };
  return `${JSON.stringify(line)}\n`;
}

/** The scorer of `hub score`: rows in order of time in, lines out. A movement is told when it is over. */
export class GroupLines {
  readonly #scorer: GroupScorer;
  readonly #movements: GroupMovements;
  readonly #write: (line: string) => void;
  windows = 0;
  /** Lines of regroupings and coordinators. */
  movements = 0;

  constructor(options: GroupLineOptions, write: (line: string) => void) {
    this.#write = write;
    this.#movements = new GroupMovements(options.zones);
    this.#scorer = new GroupScorer(
      {
        scene: sceneOptionsFor(options.sampleSeconds),
        ...(options.evidence ? { evidence: options.evidence } : {}),
        ...(options.partition ? { partition: options.partition } : {}),
        ...(options.onTick ? { onTick: options.onTick } : {}),
        window: { windowMs: options.windowSeconds * 1000, settleMs: options.settleSeconds * 1000 },
        onGrouping: (grouping) => {
          this.#drain();
          this.windows++;
          write(groupingLine(grouping));
        },
      },
      options.zones,
    );
  }

  observe(timeMs: number, person: string, x: number, y: number, sigmaMetres: number): void {
    this.#scorer.observe({ timeMs, person, x, y, sigmaMetres, measured: true });
    this.#drain();
  }

  finish(): void {
    this.#scorer.finish();
    this.#drain();
  }

  #drain(): void {
    const events = this.#scorer.take();
    if (events.length === 0) return;
    for (const event of events) if (event.kind === 'group') this.#write(groupEventLine(event));
    for (const { kind, episode } of this.#movements.take(events)) {
      if (kind !== 'closed') continue;
      this.movements++;
      this.#write(movementLine(episode));
    }
  }
}
