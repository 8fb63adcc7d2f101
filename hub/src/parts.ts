/** What a hub runs beside receiving and storing. */
import { scoringPart } from './alert/part.ts';
import { LiveBus } from './api/live.ts';
import { apiPart } from './api/part.ts';
import { PresenceBoard } from './api/presence.ts';
import type { StartPart } from './hub.ts';
import { summaryPart } from './summary/part.ts';

/** Scoring first, so that it is up to date when the interface opens its door. */
export function parts(): readonly StartPart[] {
  /** What scoring and reviewers say reaches the screens through this. */
  const live = new LiveBus();
  const presence = new PresenceBoard();
  return [
    scoringPart({
      onAlerts: (news) => {
        for (const { alert } of news) live.publish('alert', alert);
      },
      onPersons: (segments) => presence.observe(segments, Date.now()),
      onGroups: (floor, groups) => presence.together(floor, groups),
    }),
    apiPart({ live, presence }),
    summaryPart(),
  ];
}
