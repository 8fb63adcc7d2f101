import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/alert/policy.ts';
import { type DocumentPart, htmlOf, markdownOf } from '../../src/document/document.ts';
import { changesBetween, type FactSources, factsDigest, factsOf } from '../../src/dpia/facts.ts';
import { noticesOf, noticesPage } from '../../src/dpia/notices.ts';
import { sheetOf } from '../../src/dpia/sheet.ts';
import { builtInPolicy, type PrivacyPolicy } from '../../src/privacy/policy.ts';
import { PLAN } from '../api/hubServer.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const POLICY: PrivacyPolicy = {
  ...builtInPolicy(72),
  notice: {
    controller: 'Example Airport Ltd',
    contact: 'privacy@airport.example',
    recipients: ['The airport police <on escalation>'],
  },
};
const SOURCES: FactSources = {
  site: 'demo',
  timeZone: 'Europe/Vienna',
  hubVersion: '0.1.0',
  floors: [PLAN],
  devices: [],
  policy: POLICY,
  alerts: DEFAULT_POLICY,
  roles: { reviewer: 3 },
  brokerUrl: 'mqtts://user:secret@broker.example:8883',
  databaseUrl: 'postgres://hub:secret@db.example/safe_passage',
  listen: { host: '127.0.0.1', port: 8080 },
};
const table = PLAN.zones[0];
if (!table) throw new Error('the plan has no zone');

describe('the facts of a data protection impact assessment', () => {
  it('hold no password', () => {
    expect(JSON.stringify(factsOf(SOURCES))).not.toContain('secret');
    expect(factsOf(SOURCES).flows.database).toBe('postgres://db.example');
  });

  it('are the same for the same configuration', () => {
    expect(changesBetween(factsOf(SOURCES), factsOf(SOURCES))).toEqual([]);
    expect(factsDigest(factsOf(SOURCES))).toBe(factsDigest(factsOf({ ...SOURCES })));
  });

  it('tell what has changed, what is new and what is gone, each by its place', () => {
    const tracks = { ...POLICY.classes.tracks, keep: '24 hours' };
    const after = factsOf({
      ...SOURCES,
      floors: [{ ...PLAN, zones: [{ ...table, dwellLimitSeconds: 600 }], cameras: [] }],
      policy: { ...POLICY, classes: { ...POLICY.classes, tracks } },
      roles: { reviewer: 3, engineer: 1 },
    });
    expect(changesBetween(factsOf(SOURCES), after)).toEqual([
      { what: 'floors.hall.cameras', before: null, after: 'nothing' },
      { what: 'floors.hall.cameras.cam-1', before: 'cam-1', after: null },
      { what: 'floors.hall.zones.table.dwellLimitSeconds', before: '900', after: '600' },
      { what: 'policy.classes.tracks.keep', before: '72 hours', after: '24 hours' },
      { what: 'roles.engineer', before: null, after: '1' },
    ]);
  });

  it('make a sheet that names classes, zones, movements, recipients and changes', () => {
    const before = factsOf({ ...SOURCES, roles: {} });
    const facts = factsOf(SOURCES);
    const previous = { number: 3, atMs: NOW, changes: changesBetween(before, facts) };
    const parts = sheetOf(facts, previous, NOW);
    for (const text of [htmlOf('Sheet', parts), markdownOf('Sheet', parts)]) {
      for (const words of ['72 hours', 'Table by the window', 'escort', 'airport police', 'sheet 3', 'roles.reviewer'])
        expect(text).toContain(words);
      expect(text).not.toContain('<on escalation>');
    }
  });
});

describe('notices for signs', () => {
  const notices = noticesOf(
    [{ ...PLAN, zones: [table, { ...table, id: 'wc', name: 'Washroom', kind: 'blind' }] }],
    POLICY,
    NOW,
  );

  it('are one for each camera and zone, with what the policy says', () => {
    expect(notices.map(({ place, id }) => `${place} ${id}`)).toEqual(['camera cam-1', 'zone table', 'zone wc']);
    expect(notices[1]).toMatchObject({ controller: 'Example Airport Ltd', contact: 'privacy@airport.example' });
    expect(notices[1]?.kept[0]).toEqual({ what: 'Movements', duration: '72 hours' });
  });

  it('have the limits of their zone, its purpose and its ground', () => {
    const why = 'Families wait there';
    const zones = [{ floor: 'hall', zone: 'table', keep: { tracks: '1 hour' }, purpose: 'Help for families', why }];
    const [camera, zone] = noticesOf([PLAN], { ...POLICY, zones }, NOW);
    expect(camera).toMatchObject({ purpose: POLICY.classes.tracks.purpose, kept: [{ duration: '72 hours' }, {}, {}] });
    expect(zone).toMatchObject({
      purpose: 'Help for families',
      legalBasis: POLICY.classes.tracks.legalBasis,
      kept: [{ duration: '1 hour' }, { duration: '30 days' }, { duration: '90 days' }],
    });
    const sheet = markdownOf('Sheet', sheetOf(factsOf({ ...SOURCES, policy: { ...POLICY, zones } }), null, NOW));
    expect(sheet).toMatch(/hall\/table[^\n]*tracks: 1 hour[^\n]*Help for families[^\n]*Families wait there/);
  });

  it('say of a blind zone that nothing is kept', () => {
    expect(notices[2]).toMatchObject({ kept: [], what: expect.stringContaining('Nothing is recorded') });
  });

  it('say that a controller has to be named where none is', () => {
    expect(noticesOf([PLAN], builtInPolicy(72), NOW)[0]?.controller).toContain('not named');
  });

  it('print on a page of their own each, without anything from elsewhere', () => {
    const html = noticesPage('demo', notices);
    expect(html.match(/<section class="sheet">/g)).toHaveLength(3);
    expect(html).toContain('size: A4');
    expect(html).not.toMatch(/<script|<link|<img|https?:/);
  });
});

describe('whatever a text holds', () => {
  const parts = (text: string): DocumentPart[] => [
    { kind: 'heading', text },
    { kind: 'table', head: ['A', 'B'], rows: [[text, text]], empty: '' },
  ];

  it('it is no markup', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const tags = htmlOf('x', parts(text)).match(/<[^>]*>/g)?.length;
        expect(tags).toBe(htmlOf('x', parts('plain')).match(/<[^>]*>/g)?.length);
        // A row stays a row of two cells.
        const row = markdownOf('x', parts(text)).trimEnd().split('\n').at(-1) ?? '';
        expect(row.replace(/\\[\\|]/g, '').split('|')).toHaveLength(4);
      }),
    );
  });
});
