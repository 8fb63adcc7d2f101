/** A stay that is too long: how far past its limit, why, and its marks on the time line. */
import type { Zone } from '@safe-passage/contract';
import { type DwellEpisode, type EpisodeRecord, presentForMs } from '../score/episode.ts';
import type { KeyMoment, Reason } from '../score/movement.ts';
import type { Policy } from './policySchema.ts';
import { durationText } from './wording.ts';

/** How far past the limit: 0 at it, 1 at twice, 2 at four times; negative below. Time has no natural scale but its ratio. */
export const dwellScore = (seconds: number, limitSeconds: number): number => Math.log2(seconds / limitSeconds);

/** The limit that holds for an episode, seconds; null where presence is never scored. */
export function limitFor(episode: Pick<DwellEpisode, 'zoneKind' | 'zoneLimitSeconds'>, policy: Policy): number | null {
  if (episode.zoneKind === 'blind') return null;
  return episode.zoneLimitSeconds ?? policy.patterns.dwell.limitSeconds[episode.zoneKind];
}

/** `1.4 times the limit`; where that would be once the limit, that it is just past. */
function beyond(times: number): string {
  const told = times < 10 ? Number(times.toPrecision(2)) : Math.round(times);
  return told === 1 ? 'just past the limit' : `${told} times the limit`;
}

/** Why: what was seen, for how long, and what was bridged. */
export function dwellReasons(episode: DwellEpisode, limitSeconds: number): Reason[] {
  const { detail, fromMs, toMs } = episode;
  const reasons: Reason[] = [
    {
      text: `Present at ${episode.zoneName} for ${durationText(episode.seconds)}${episode.open ? ' so far' : ''}; the limit ${episode.zoneLimitSeconds === null ? `for a ${episode.zoneKind} zone` : 'set for this zone'} is ${durationText(limitSeconds)} (${beyond(episode.seconds / limitSeconds)}).`,
      fromMs,
      toMs,
      place: detail.lastPlace,
    },
  ];
  if (detail.visitCount > 1) {
    reasons.push({
      text: `Came ${detail.visitCount} times within ${durationText((toMs - fromMs) / 1000)}; what counts is the time inside, all visits together.`,
      fromMs,
      toMs,
    });
  }
  for (const gap of detail.gaps) {
    const length = durationText((gap.toMs - gap.fromMs) / 1000);
    if (gap.cause === 'outside') {
      reasons.push({ text: `Left for ${length} and came back.`, fromMs: gap.fromMs, toMs: gap.toMs });
    } else if (gap.cause === 'identity') {
      reasons.push({
        text:
          gap.probability === undefined
            ? `Lost from view for ${length}; one track alone began again within reach and was taken to be the same person.`
            : `Lost from view for ${length} and taken to be the same person again, which is ${Math.floor(100 * gap.probability)} % likely.`,
        fromMs: gap.fromMs,
        toMs: gap.toMs,
      });
    }
  }
  return reasons;
}

/** Marks on the time line, in order of time. */
export function dwellMoments(episode: DwellEpisode, limitSeconds: number): KeyMoment[] {
  const { detail, fromMs, toMs, zoneName } = episode;
  /** Under which pseudonym somebody was present then. */
  const at = (atMs: number, label: string): KeyMoment => {
    const member = detail.members.findLast((candidate) => candidate.fromMs <= atMs);
    return { atMs, person: member?.person ?? episode.person, label };
  };
  const moments = [
    at(fromMs, `entered ${zoneName}`),
    at(presentForMs(episode, limitSeconds), `passed the limit of ${durationText(limitSeconds)}`),
  ];
  for (const [i, visit] of detail.visits.entries()) {
    const next = detail.visits[i + 1];
    if (!next) continue;
    moments.push(at(visit.toMs, `left ${zoneName}`), at(next.fromMs, `came back to ${zoneName}`));
  }
  for (const gap of detail.gaps) {
    const length = durationText((gap.toMs - gap.fromMs) / 1000);
    if (gap.cause === 'outside') moments.push(at(gap.fromMs, `outside for ${length}`));
    else if (gap.cause === 'unseen') moments.push(at(gap.fromMs, `not seen for ${length}`));
    else moments.push(at(gap.toMs, `track joined after ${length}`));
  }
  if (!episode.open) moments.push(at(toMs, `last seen inside ${zoneName}`));
  return moments.sort((one, other) => one.atMs - other.atMs);
}

/** The state of a stay that was stored; null where its zone is not on the plan any more. */
export function storedDwell(record: EpisodeRecord, zones: readonly Zone[]): DwellEpisode | null {
  const { person, fromMs, toMs, seconds, open, detail } = record;
  const zone = zones.find(({ id }) => id === record.zone);
  if (!zone) return null;
  return {
    zone: zone.id,
    zoneName: zone.name,
    zoneKind: zone.kind,
    zoneLimitSeconds: zone.dwellLimitSeconds ?? null,
    person,
    fromMs,
    toMs,
    seconds,
    open,
    coastedShare: seconds > 0 ? Math.min(1, detail.coastedMs / (1000 * seconds)) : 0,
    detail,
  };
}
