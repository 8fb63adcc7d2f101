/** Group scoring of recorded trajectories, as lines of JSON. */
import type { PartitionOptions } from '../score/groups/components.ts';
import { type GroupScoringEvent, reasonsForGroup } from '../score/groups/event.ts';
import type { EvidenceOptions } from '../score/groups/evidence.ts';
import { GroupScorer } from '../score/groups/groups.ts';
import type { Grouping } from '../score/groups/windows.ts';
import { sceneOptionsFor, type Tick } from '../score/scene/scene.ts';
import type { CompiledZone } from '../score/zones.ts';

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
export function groupingLine({ fromMs, toMs, groups }: Grouping): string {
  return `${JSON.stringify({ kind: 'grouping', from: seconds(fromMs), to: seconds(toMs), groups })}\n`;
}

function body(event: GroupScoringEvent): Record<string, unknown> {
  switch (event.kind) {
    case 'group':
      return {
        kind: event.kind,
        event: event.event,
        group: event.group,
        at: seconds(event.timeMs),
        members: event.members,
        changed: event.changed,
        gone: event.gone,
        others: event.others,
        bond: event.bond && {
          metres: rounded(event.bond.metres),
          relativeSpeed: rounded(event.bond.relativeSpeed),
          seconds: rounded(event.bond.seconds, 1),
          logOdds: rounded(event.bond.logOdds, 2),
        },
        apartMetres: event.apartMetres === null ? null : rounded(event.apartMetres),
      };
    case 'regrouping':
      return {
        kind: event.kind,
        persons: event.persons,
        zone: event.zone,
        from: seconds(event.fromMs),
        to: seconds(event.toMs),
        score: rounded(event.score, 4),
        togetherSeconds: rounded(event.togetherSeconds, 1),
        apartSeconds: rounded(event.apartSeconds, 1),
        apartMetres: rounded(event.apartMetres),
      };
    case 'coordinator':
      return {
        kind: event.kind,
        person: event.person,
        from: seconds(event.fromMs),
        to: seconds(event.toMs),
        score: rounded(event.score, 4),
        contacts: event.contacts.map(({ person, fromMs, toMs }) => ({
          person,
          from: seconds(fromMs),
          to: seconds(toMs),
        })),
      };
  }
}

export const groupEventLine = (event: GroupScoringEvent): string =>
  `${JSON.stringify({ ...body(event), reasons: reasonsForGroup(event) })}\n`;

/** The scorer of `hub score`: rows in order of time in, lines out. An episode that is open is told when it is over. */
export class GroupLines {
  readonly #scorer: GroupScorer;
  readonly #write: (line: string) => void;
  windows = 0;

  constructor(options: GroupLineOptions, write: (line: string) => void) {
    this.#write = write;
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
    for (const event of this.#scorer.take()) {
      if (event.kind !== 'coordinator' || !event.open) this.#write(groupEventLine(event));
    }
  }
}
