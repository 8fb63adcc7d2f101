/** For the privacy officer: what is kept and why, what the runs did, who looked; holds; erasing; the proof of the audit. */
import { OperatorError } from '@safe-passage/cli';
import { Type } from 'typebox';
import { auditExport } from '../../audit/signing.ts';
import { RUN_EVERY_SECONDS } from '../../privacy/engine.ts';
import { levelLines } from '../../privacy/level.ts';
import { DATA_PLACES } from '../../privacy/places.ts';
import { DATA_CLASSES, limitMs } from '../../privacy/policy.ts';
import { ZONE_CLASSES } from '../../privacy/policySchema.ts';
import { zoneLimitMs } from '../../privacy/zones.ts';
import { COUNTS_NOTE } from '../../store/privacy/erasure.ts';
import { type App, described, refusals } from '../app.ts';
import { bearerOf } from '../authentication.ts';
import type { ServerDependencies } from '../dependencies.ts';
import { HOLD_EXAMPLE } from '../examples.ts';
import {
  AuditExport,
  ErasureBody,
  ErasureReceipt,
  HoldBody,
  HoldList,
  HoldView,
  LookList,
  PolicyList,
  PrivacyState,
  ReleaseBody,
} from '../privacySchemas.ts';
import { badInput, conflict, notFound } from '../problems.ts';
import { insistOnReason } from '../reason.ts';
import { siteTime } from '../siteTime.ts';
import { floorOf, NO_ALERT } from '../subjects.ts';
import { LEAST_REASON } from '../visible.ts';

const HoldId = Type.Object(
  { id: Type.String({ format: 'uuid', description: 'The hold.' }) },
  { additionalProperties: false },
);

/** The strip of runs goes so far back. */
const RUNS_MS = 6 * 3_600_000;
const MOST_LOOKS = 200;

const LooksQuery = Type.Object(
  {
    subject: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Only what was looked at: an alert, or a floor.' }),
    ),
    actor: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Only what this one looked at.' })),
    before: Type.Optional(
      Type.Integer({ minimum: 1, description: 'For the next page: `number` of the last look of this one.' }),
    ),
  },
  { additionalProperties: false },
);

/** An option of the command line: the interface has fields. */
const COMMAND_OPTION = /--[a-z]/;
const UTC_TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** Why something cannot be erased now and what to do, with times as the wall clock at the site shows them. */
function refusalText({ message, remedy }: OperatorError, timeZone: string): string {
  const what = message.replaceAll(UTC_TIME, (time) => siteTime(Date.parse(time), timeZone));
  const help = COMMAND_OPTION.test(remedy)
    ? 'Ask those who answer for the holds. Then say with `held` what becomes of what they keep: `keep`, or `erase`, which ends them.'
    : remedy;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}. ${help}`;
}

export function privacyRoutes(app: App, dependencies: ServerDependencies): void {
  const { holds, privacyOffice: office, signer, audit, site, timeZone } = dependencies;

  app.route({
    method: 'GET',
    url: '/api/privacy/holds',
    config: { permission: 'holds.read' },
    schema: {
      operationId: 'listHolds',
      tags: ['privacy'],
      summary: 'Evidence that is held past its retention',
      description: 'Who keeps the evidence of which alert, why and until when; the one that ends first in front.',
      querystring: Type.Object(
        {
          state: Type.Optional(
            Type.Union([Type.Literal('lasting'), Type.Literal('all')], {
              description: '`lasting` (the default), or `all` that ever were.',
            }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        200: described(HoldList, 'The holds.', { holds: [HOLD_EXAMPLE] }),
        ...refusals(400, 401),
      },
    },
    handler: async (request) => ({ holds: await holds.list(request.query.state === 'all') }),
  });

  app.route({
    method: 'POST',
    url: '/api/privacy/holds',
    config: { permission: 'holds.change' },
    schema: {
      operationId: 'placeHold',
      tags: ['privacy'],
      summary: 'Keep the evidence of one alert until a day',
      description:
        'Keeps the positions that explain the alert: those of its own people, half a minute around the movement. Nothing else of theirs, and nobody else. The alert stays readable as long. Ends by itself; lasts no longer than class evidence of the policy in force. The audit records it.',
      body: described(HoldBody, 'Which alert, why, who answers for it, until when.', {
        alert: HOLD_EXAMPLE.alert,
        owner: HOLD_EXAMPLE.owner,
        reason: HOLD_EXAMPLE.reason,
        untilMs: HOLD_EXAMPLE.untilMs,
      }),
      response: {
        200: described(HoldView, 'The hold.', HOLD_EXAMPLE),
        ...refusals(400, 401, 403, 404),
      },
    },
    handler: async (request) => {
      const { untilMs } = request.body;
      if (untilMs <= Date.now())
        throw badInput(`The end of the hold, ${siteTime(untilMs, timeZone)}, has passed: give a later one.`, 'untilMs');
      const reason = insistOnReason(request.body.reason, LEAST_REASON);
      const placed = await holds.place({ ...request.body, reason, actor: bearerOf(request).name });
      if (placed.kind === 'absent') throw notFound(NO_ALERT);
      if (placed.kind === 'too-long') {
        throw badInput(
          `The hold would last until ${siteTime(untilMs, timeZone)}. The policy in force keeps evidence until ${siteTime(placed.latestMs, timeZone)} at the latest: give an earlier end.`,
          'untilMs',
        );
      }
      return placed.hold;
    },
  });

  app.route({
    method: 'POST',
    url: '/api/privacy/holds/:id/release',
    config: { permission: 'holds.change' },
    schema: {
      operationId: 'releaseHold',
      tags: ['privacy'],
      summary: 'End a hold now',
      description:
        'What it kept is destroyed at once, unless another hold keeps the same. What is within the retention of tracks stays until its own time is over. The audit records it.',
      params: HoldId,
      body: described(ReleaseBody, 'Why it is not needed any more.', { reason: 'The complaint 2026-14 is settled' }),
      response: {
        200: described(HoldView, 'The hold as it is now.', HOLD_EXAMPLE),
        ...refusals(400, 401, 403, 404, 409),
      },
    },
    handler: async (request) => {
      const reason = insistOnReason(request.body.reason, LEAST_REASON);
      const outcome = await holds.release(request.params.id, bearerOf(request).name, reason);
      if (outcome.kind === 'absent') throw notFound('There is no such hold.');
      if (outcome.kind === 'over') {
        const { endedBy, endedAtMs } = outcome.hold;
        throw conflict(
          `This hold is over: ${endedBy ?? 'somebody'} ended it on ${siteTime(endedAtMs ?? 0, timeZone)}.`,
        );
      }
      return outcome.hold;
    },
  });

  app.route({
    method: 'GET',
    url: '/api/privacy',
    config: { permission: 'policy.read' },
    schema: {
      operationId: 'getPrivacy',
      tags: ['privacy'],
      summary: 'The policy in force, every class against its limit, and the last runs',
      description:
        'For each class of data its purpose, basis, owner and limit, and the oldest row that the last retention run left; every place where personal data lie; the runs of the last six hours; what may be analysed.',
      response: { 200: described(PrivacyState, 'How things stand.'), ...refusals(401, 404) },
    },
    handler: async () => {
      const nowMs = Date.now();
      const [inForce, last, lastInZones, runs] = await Promise.all([
        office.inForce(),
        office.lastOfEach(),
        office.lastInZones(),
        office.runsSince(nowMs - RUNS_MS),
      ]);
      if (!inForce) throw notFound('No privacy policy has been in force yet: a hub takes one when it starts.');
      const { policy, number, digest, fromMs, takenBy } = inForce;
      const { analysis } = policy;
      return {
        policy: { number, version: policy.version, digest, fromMs, takenBy },
        classes: DATA_CLASSES.map((name) => {
          const { purpose, legalBasis, owner, why, justification } = policy.classes[name];
          const run = last.find(({ dataClass }) => dataClass === name);
          return {
            name,
            purpose,
            legalBasis,
            owner,
            why,
            limitSeconds: limitMs(policy, name, nowMs) / 1000,
            justifiedUntil: justification?.until ?? null,
            oldestMs: run?.oldestMs ?? null,
            run: run
              ? { startedMs: run.startedMs, finishedMs: run.finishedMs, rows: run.rows, error: run.error }
              : null,
          };
        }),
        zones: (policy.zones ?? []).map((one) => ({
          floor: one.floor,
          zone: one.zone,
          purpose: one.purpose ?? null,
          legalBasis: one.legalBasis ?? null,
          owner: one.owner ?? null,
          why: one.why,
          limits: ZONE_CLASSES.flatMap((name) => {
            const limit = zoneLimitMs(policy, one, name, nowMs);
            if (limit === null) return [];
            const run = lastInZones.find(
              ({ dataClass, floor, zone }) => dataClass === name && floor === one.floor && zone === one.zone,
            );
            const { startedMs = 0, rows = 0, oldestMs = null, error = null } = run ?? {};
            return [{ name, limitSeconds: limit / 1000, run: run ? { startedMs, rows, oldestMs, error } : null }];
          }),
        })),
        places: DATA_PLACES.map((place) => ({ ...place })),
        runs,
        runEverySeconds: RUN_EVERY_SECONDS,
        privacyLevel: levelLines(policy),
        analysis: analysis
          ? {
              patterns: [...analysis.patterns],
              why: analysis.why,
              places: [
                ...(analysis.floors ?? []).map(({ floor, patterns, why }) => ({ place: floor, patterns, why })),
                ...(analysis.zones ?? []).map(({ floor, zone, patterns, why }) => ({
                  place: `${floor}/${zone}`,
                  patterns,
                  why,
                })),
              ],
            }
          : null,
      };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/privacy/policies',
    config: { permission: 'policy.read' },
    schema: {
      operationId: 'listPolicies',
      tags: ['privacy'],
      summary: 'Every privacy policy that was ever in force, the newest first',
      description:
        'From when to when, who took it into force, in what it was looser, and who agreed to that with which reason.',
      response: { 200: described(PolicyList, 'The policies.'), ...refusals(401) },
    },
    handler: async () => ({
      policies: (await office.history()).map(({ number, policy, fromMs, toMs, takenBy, agreed, looserIn }) => ({
        number,
        version: policy.version,
        fromMs,
        toMs,
        takenBy,
        agreed: [...agreed],
        looserIn: [...looserIn],
      })),
    }),
  });

  app.route({
    method: 'GET',
    url: '/api/privacy/looks',
    config: { permission: 'audit.read' },
    schema: {
      operationId: 'listLooks',
      tags: ['privacy'],
      summary: 'Who looked at what, the newest first',
      description: `Rows of the audit about reads of alerts, tracks and the live view, ${MOST_LOOKS} at most.`,
      querystring: LooksQuery,
      response: { 200: described(LookList, 'The reads.'), ...refusals(400, 401) },
    },
    handler: async (request) => ({
      looks: (await office.looks(MOST_LOOKS, request.query)).map(
        ({ number, atMs, actor, action, subject, purpose }) => ({
          number,
          atMs,
          actor,
          action,
          subject,
          purpose,
        }),
      ),
    }),
  });

  app.route({
    method: 'POST',
    url: '/api/privacy/erasures',
    config: { permission: 'data.erase' },
    schema: {
      operationId: 'erase',
      tags: ['privacy'],
      summary: 'Erase what was seen in a zone in a stretch of time',
      description:
        'Every position in the zone and the time, stays and movements there that overlap it, alerts of it, and counts of dashboards that the stretch is part of. Counts that were published stay, and the receipt says how many. With `tryOnly` it counts and changes nothing. The receipt names nobody; it holds the row of the audit, signed. The stretch must have ended an hour ago. Evidence that a hold keeps stands in the way unless `held` says what becomes of it.',
      body: described(ErasureBody, 'Where, when, and why.', {
        floor: HOLD_EXAMPLE.floor,
        zone: 'table',
        fromMs: HOLD_EXAMPLE.heldAtMs,
        toMs: HOLD_EXAMPLE.heldAtMs + 480_000,
        reason: 'Request 2026-31 of somebody who was there',
        tryOnly: true,
      }),
      response: { 200: described(ErasureReceipt, 'The receipt.'), ...refusals(400, 401, 403, 404, 409) },
    },
    handler: async (request) => {
      const { floor, zone: id, fromMs, toMs, tryOnly, held = 'refuse' } = request.body;
      const reason = insistOnReason(request.body.reason, LEAST_REASON);
      if (toMs < fromMs) {
        throw badInput(
          `The end, ${siteTime(toMs, timeZone)}, is before the beginning, ${siteTime(fromMs, timeZone)}: give a later end.`,
          'toMs',
        );
      }
      const { zones } = floorOf(dependencies, floor);
      const zone = zones.find((one) => one.id === id);
      if (!zone) {
        throw notFound(`There is no such zone on this floor; there are: ${zones.map((one) => one.id).join(', ')}.`);
      }
      const where = { site, floor, zone: id, fromMs, toMs };
      const actor = bearerOf(request).name;
      try {
        const erasure = { ...where, polygon: zone.polygon, reason, actor, held };
        const { rows, holds: met, publishedCounts, audit: row } = await office.erase(erasure, Date.now(), tryOnly);
        return {
          schema: 'erasure-receipt/1' as const,
          ...where,
          reason,
          rows: { ...rows },
          publishedCounts: { kept: publishedCounts, note: COUNTS_NOTE },
          holds: met.map(({ id: hold, alert, untilMs }) => ({
            id: hold,
            alert,
            untilMs,
            ended: held === 'erase' && !tryOnly,
          })),
          audit: row?.entry ?? null,
          seal: row ? signer.seal('audit-checkpoint/1', row, Date.now()) : null,
        };
      } catch (problem) {
        // What cannot be erased now, and why.
        if (problem instanceof OperatorError) throw conflict(refusalText(problem, timeZone));
        throw problem;
      }
    },
  });

  app.route({
    method: 'GET',
    url: '/api/privacy/audit-export',
    config: { permission: 'proof.take' },
    schema: {
      operationId: 'exportAudit',
      tags: ['privacy'],
      summary: 'The signed checkpoints of the audit, to be kept elsewhere',
      description:
        'What `hub audit export` writes: with it `hub audit verify --against` finds out whoever has changed rows since. No personal data. The audit records that it was taken.',
      response: { 200: described(AuditExport, 'Checkpoints and public keys.'), ...refusals(401) },
    },
    handler: async (request) => {
      await audit.record({ atMs: Date.now(), actor: bearerOf(request).name, action: 'audit.exported' });
      const { pruned, checkpoints } = await office.proof();
      return auditExport(checkpoints, pruned);
    },
  });
}
