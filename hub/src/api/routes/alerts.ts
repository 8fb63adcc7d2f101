/** Alerts: the list, one alert, the tracks that explain it, and what a reviewer does with it. */
import { Type } from 'typebox';
import type { ReviewOutcome } from '../../store/store.ts';
import { type App, described, refusals } from '../app.ts';
import { bearerOf } from '../authentication.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { forScreen, MARGIN_MS, OTHER_PATHS } from '../evidence.ts';
import { ALERT_LIST_EXAMPLE, ALERT_VIEW_EXAMPLE, EVIDENCE_EXAMPLE } from '../examples.ts';
import { conflict, notFound } from '../problems.ts';
import { ReadHeaders, recordRead } from '../reading.ts';
import { insistOnReason } from '../reason.ts';
import {
  AcknowledgeBody,
  AlertList,
  type AlertSummary,
  AlertView,
  CloseBody,
  EpochMs,
  Evidence,
  ReopenBody,
} from '../schemas.ts';
import { siteTime } from '../siteTime.ts';
import { AlertId, alertOf, NO_ALERT } from '../subjects.ts';

const MAX_LIMIT = 200;
/** Alerts of one moment that a page may carry beyond its limit. */
const SAME_MOMENT = 100;

const Query = Type.Object(
  {
    state: Type.Optional(
      Type.Union(
        [
          Type.Literal('open'),
          Type.Literal('new'),
          Type.Literal('acknowledged'),
          Type.Literal('closed'),
          Type.Literal('all'),
        ],
        { description: '`open` (the default) is new and acknowledged.' },
      ),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_LIMIT,
        description:
          'How many at most, default 50. A page ends between two moments and never inside one: alerts raised in the same millisecond stay together and may exceed the limit.',
      }),
    ),
    before: Type.Optional(described(EpochMs, 'For the next page: `raisedAtMs` of the last alert of this one.')),
  },
  { additionalProperties: false },
);

/** Cuts a list at the limit, or as soon after it as the moment of raising changes. */
export function page(alerts: readonly AlertSummary[], limit: number): AlertSummary[] {
  const last = alerts[limit - 1];
  if (!last) return [...alerts];
  let end = limit;
  while (alerts[end]?.raisedAtMs === last.raisedAtMs) end++;
  return alerts.slice(0, end);
}

function summaryOf({ detail: _detail, history: _history, ...summary }: AlertView): AlertSummary {
  return summary;
}

const moment = (epochMs: number | null, timeZone: string): string =>
  epochMs === null ? 'an unknown day' : siteTime(epochMs, timeZone);

type Action = 'acknowledge' | 'close' | 'reopen';

/** Says who was first and when, so that nobody has to look for it. */
function refused(action: Action, alert: AlertView, timeZone: string): never {
  if (action === 'reopen') throw conflict('This alert is open already. Reload it to see who opened it again.');
  if (alert.state === 'closed') {
    throw conflict(
      `${alert.closedBy ?? 'Somebody'} closed this alert on ${moment(alert.closedAtMs, timeZone)} as ${alert.disposition ?? 'unknown'}; it cannot be ${action === 'close' ? 'closed again' : 'acknowledged any more'}. Reload it to see the reason.`,
    );
  }
  throw conflict(
    `${alert.acknowledgedBy ?? 'Somebody'} acknowledged this alert on ${moment(alert.acknowledgedAtMs, timeZone)}; it can be closed, not acknowledged again.`,
  );
}

export function alertRoutes(app: App, dependencies: ServerDependencies): void {
  const { alerts, persons, live, timeZone } = dependencies;

  function settled(action: Action, outcome: ReviewOutcome): AlertView {
    if (outcome.kind === 'absent') throw notFound(NO_ALERT);
    if (outcome.kind === 'conflict') return refused(action, outcome.alert, timeZone);
    live.publish('alert', summaryOf(outcome.alert));
    return outcome.alert;
  }

  app.route({
    method: 'GET',
    url: '/api/alerts',
    config: { permission: 'alerts.list' },
    schema: {
      operationId: 'listAlerts',
      tags: ['alerts'],
      summary: 'Alerts, the newest first',
      description: 'One page of alerts, and how many there are in each state.',
      querystring: Query,
      response: {
        200: described(AlertList, 'One page, and the counts of all.', ALERT_LIST_EXAMPLE),
        ...refusals(400, 401, 403),
      },
    },
    handler: async (request) => {
      const { state = 'open', limit = 50, before } = request.query;
      const list = await alerts.list({
        state,
        limit: limit + SAME_MOMENT,
        ...(before === undefined ? {} : { beforeMs: before }),
      });
      return { alerts: page(list.alerts, limit), counts: list.counts };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/alerts/:id',
    config: { permission: 'alerts.read' },
    schema: {
      operationId: 'getAlert',
      tags: ['alerts'],
      summary: 'One alert with its reasons and its history',
      description:
        'The detail is what the hub decided at the time; nothing in it is computed again. Reading it is recorded in the audit.',
      params: AlertId,
      headers: ReadHeaders,
      response: { 200: described(AlertView, 'The alert.', ALERT_VIEW_EXAMPLE), ...refusals(400, 401, 403, 404) },
    },
    handler: async (request) => {
      const alert = await alertOf(dependencies, request.params.id);
      await recordRead(dependencies, bearerOf(request), 'read.alert', alert.id, request.headers);
      return alert;
    },
  });

  app.route({
    method: 'GET',
    url: '/api/alerts/:id/evidence',
    config: { permission: 'evidence.read' },
    schema: {
      operationId: 'getEvidence',
      tags: ['alerts'],
      summary: 'The tracks that explain an alert',
      description: `The paths of the story from ${MARGIN_MS / 1000} s before the movement to ${MARGIN_MS / 1000} s after it, and of at most ${OTHER_PATHS} others on the floor; long paths are thinned evenly in time. What has reached the end of its retention is not there any more, unless a hold keeps the evidence of this alert (its own paths, nobody else's): the list may be empty. Reading it is recorded in the audit.`,
      params: AlertId,
      headers: ReadHeaders,
      response: {
        200: described(Evidence, 'Paths on the floor plan.', EVIDENCE_EXAMPLE),
        ...refusals(400, 401, 403, 404),
      },
    },
    handler: async (request) => {
      const alert = await alertOf(dependencies, request.params.id);
      const evidence = await persons.evidence({
        floor: alert.floor,
        persons: alert.detail.persons.map((person) => person.person),
        fromMs: alert.fromMs - MARGIN_MS,
        toMs: alert.toMs + MARGIN_MS,
        maxOthers: OTHER_PATHS,
        alert: alert.id,
      });
      await recordRead(dependencies, bearerOf(request), 'read.evidence', alert.id, request.headers);
      return forScreen(evidence);
    },
  });

  app.route({
    method: 'POST',
    url: '/api/alerts/:id/acknowledge',
    config: { permission: 'alerts.acknowledge' },
    schema: {
      operationId: 'acknowledgeAlert',
      tags: ['alerts'],
      summary: 'Take an alert on',
      description:
        'From new to acknowledged, in the name of whoever is signed in. Of two who try at once one is told 409.',
      params: AlertId,
      body: described(AcknowledgeBody, 'A note for the history, or nothing.', { note: 'On my way to gate B' }),
      response: {
        200: described(AlertView, 'The alert as it is now.', ALERT_VIEW_EXAMPLE),
        ...refusals(400, 401, 403, 404, 409),
      },
    },
    handler: async (request) => {
      const { name } = bearerOf(request);
      const outcome = await alerts.acknowledge(request.params.id, name, request.body.note ?? null, Date.now());
      return settled('acknowledge', outcome);
    },
  });

  app.route({
    method: 'POST',
    url: '/api/alerts/:id/close',
    config: { permission: 'alerts.close' },
    schema: {
      operationId: 'closeAlert',
      tags: ['alerts'],
      summary: 'Close an alert with a disposition',
      description:
        'From new or acknowledged to closed, in the name of whoever is signed in. Of two who try at once one is told 409.',
      params: AlertId,
      body: described(CloseBody, 'What it was, and why.', {
        disposition: 'benign-positive',
        reason: 'Waited for a delayed connection',
        note: 'Flight moved to 14:20',
      }),
      response: {
        200: described(AlertView, 'The alert as it is now.', ALERT_VIEW_EXAMPLE),
        ...refusals(400, 401, 403, 404, 409),
      },
    },
    handler: async (request) => {
      const { name } = bearerOf(request);
      const { disposition, note } = request.body;
      const verdict = { disposition, reason: insistOnReason(request.body.reason), note: note ?? null };
      return settled('close', await alerts.close(request.params.id, name, verdict, Date.now()));
    },
  });

  app.route({
    method: 'POST',
    url: '/api/alerts/:id/reopen',
    config: { permission: 'alerts.reopen' },
    schema: {
      operationId: 'reopenAlert',
      tags: ['alerts'],
      summary: 'Open a closed alert again',
      description:
        'From closed to new, so that somebody looks again. The history keeps who closed it, as what, and why it is open again; the last disposition does not count any more.',
      params: AlertId,
      body: described(ReopenBody, 'Why.', { reason: 'The second camera shows another story' }),
      response: {
        200: described(AlertView, 'The alert as it is now.', ALERT_VIEW_EXAMPLE),
        ...refusals(400, 401, 403, 404, 409),
      },
    },
    handler: async (request) => {
      const { name } = bearerOf(request);
      const reason = insistOnReason(request.body.reason);
      return settled('reopen', await alerts.reopen(request.params.id, name, reason, Date.now()));
    },
  });
}
