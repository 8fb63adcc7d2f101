import { describe, expect, it } from 'vitest';
import { ENCOUNTER_DEFAULTS, type Encounter, Encounters } from '../../../src/score/groups/encounters.ts';
import type { Life } from '../../../src/score/groups/lives.ts';
import { CompiledZone } from '../../../src/score/zones.ts';
import { rectangle } from '../walks.ts';

interface Standing {
  readonly number?: number;
  readonly x?: number;
  readonly y?: number;
  /** Since when, seconds. */
  readonly since?: number;
  readonly came?: readonly [number, number];
}
/** Somebody as an encounter sees them. */
const life = ({ number = 1, x = 20, y = 10, since = 0, came = [x, y] }: Standing): Life =>
  ({ number, x, y, standingMs: since * 1000, cameX: came[0], cameY: came[1], encounters: 0, gone: false }) as Life;
const queue = new CompiledZone(rectangle('queue', [0, 0, 5, 5], { kind: 'queue' }));
const control = new CompiledZone(rectangle('control', [5, 0, 8, 5], { kind: 'control' }));
const shop = new CompiledZone(rectangle('shop', [30, 0, 40, 5], { kind: 'retail' }));

/** Two who stand together each second, and then are where they go. */
class Meeting {
  readonly encounters = new Encounters(ENCOUNTER_DEFAULTS, [queue, control, shop]);
  readonly over: Encounter[] = [];
  readonly host: Life;
  readonly guest: Life;
  readonly alone: () => boolean;

  constructor(host: Life, guest: Life, alone: () => boolean = () => true) {
    this.host = host;
    this.guest = guest;
    this.alone = alone;
  }

  together(fromSeconds: number, toSeconds: number): this {
    for (let t = fromSeconds; t <= toSeconds; t++) {
      this.encounters.stand(this.host, this.guest, t * 1000, this.alone);
      this.settle(t);
    }
    return this;
  }
  settle(seconds: number): this {
    this.encounters.settle(seconds * 1000, (one) => this.over.push(one));
    return this;
  }
  /** The guest walks away by so much in x and y. */
  walk(dx: number, dy = 0): this {
    this.guest.x += dx;
    this.guest.y += dy;
    return this;
  }
  get open(): number[] {
    return [this.host.encounters, this.guest.encounters];
  }
}
const host = (standing: Standing = {}) => life({ number: 1, ...standing });
const guest = (standing: Standing = {}) => life({ number: 2, x: 21, since: 100, came: [26, 10], ...standing });
const met = (meeting: Meeting): boolean => meeting.together(101, 102).open.some((open) => open > 0);

describe('an encounter', () => {
  it('begins when somebody who walked up to somebody who stands has come to a stop, and is told once one has left', () => {
    const meeting = new Meeting(host(), guest()).together(101, 120);
    expect(meeting.open).toEqual([1, 1]);
    meeting.walk(0, -4).settle(124);
    expect(meeting.over).toEqual([
      { host: meeting.host, guest: meeting.guest, fromMs: 100_000, toMs: 120_000, x: 20.5, y: 10 },
    ]);
    expect(meeting.open).toEqual([0, 0]);
    meeting.settle(130);
    expect(meeting.over).toHaveLength(1);
  });

  it('has for host who stood first, whoever is named first, and is where the two were last', () => {
    const [first, second] = [host(), guest()];
    const meeting = new Meeting(second, first).together(101, 114);
    first.y = second.y = 10.5;
    second.x = 20.4;
    meeting.together(115, 115);
    second.x = 30;
    expect(meeting.settle(119).over).toMatchObject([{ host: first, guest: second, toMs: 115_000, x: 20.2, y: 10.5 }]);
  });

  it('is within arm’s reach, in any direction', () => {
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      const at = (metres: number) => guest({ x: 20 + dx * metres, y: 10 + dy * metres, came: [30, 30] });
      expect(met(new Meeting(host(), at(1.29)))).toBe(true);
      expect(met(new Meeting(host(), at(1.31)))).toBe(false);
    }
    expect(met(new Meeting(host(), guest({ x: 21, y: 11, came: [30, 30] }))), 'across').toBe(false);
  });

  it('is with somebody who has stood for two seconds, and begins within six of coming to a stop', () => {
    expect(met(new Meeting(host({ since: 98 }), guest()))).toBe(true);
    expect(met(new Meeting(host({ since: 98.1 }), guest()))).toBe(false);
    const late = (seconds: number) => new Meeting(host(), guest()).together(seconds, seconds).open;
    expect([late(106), late(107)]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it('is with somebody who was walked up to, from three metres and a half', () => {
    expect(met(new Meeting(host(), guest({ came: [20, 13.5] })))).toBe(true);
    expect(met(new Meeting(host(), guest({ came: [20, 13.4] })))).toBe(false);
    expect(met(new Meeting(host(), guest({ came: [16.5, 10] })))).toBe(true);
    expect(met(new Meeting(host(), guest({ came: [16.6, 10] })))).toBe(false);
  });

  it('is none in a queue or at a control, nor beside others of a group; elsewhere in a zone it is', () => {
    const at = (x: number, y: number) => new Meeting(host({ x, y }), guest({ x: x + 1, y, came: [x + 9, y] }));
    expect([met(at(4, 2)), met(at(5, 2)), met(at(7.6, 2)), met(at(2, 4.9)), met(at(2, 5.1)), met(at(32, 2))]).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
    ]);
    expect(met(new Meeting(host(), guest(), () => false))).toBe(false);
  });

  it('of one with several is kept apart by who the other is', () => {
    const one = new Meeting(host(), guest()).together(101, 120);
    const third = life({ number: 3, x: 20, y: 11, since: 110, came: [20, 20] });
    one.encounters.stand(one.host, third, 111_000, () => true);
    expect([one.host.encounters, one.guest.encounters, third.encounters]).toEqual([2, 1, 1]);
    one.together(121, 121).walk(9).settle(125);
    expect(one.over.map((encounter) => encounter.guest.number)).toEqual([2]);
    expect([one.host.encounters, one.guest.encounters, third.encounters]).toEqual([1, 0, 1]);
    const other = new Meeting(host(), guest()).together(101, 120);
    const fourth = life({ number: 4, x: 20, y: 11, since: 106, came: [20, 20] });
    for (let t = 107; t <= 120; t++) other.encounters.stand(other.host, fourth, t * 1000, () => true);
    fourth.y = 30;
    for (const t of [121, 122, 123, 124]) other.encounters.stand(other.host, other.guest, t * 1000, () => true);
    expect(
      other.settle(124).over.map((encounter) => encounter.guest.number),
      'the first goes on',
    ).toEqual([4]);
  });
});

describe('an encounter is not told', () => {
  const parted = (seconds: number, metres: number, settleAfter = 4) =>
    new Meeting(host(), guest())
      .together(101, 100 + seconds)
      .walk(metres)
      .settle(100 + seconds + settleAfter);

  it('where the two stood together for less than twelve seconds, or for more than three minutes', () => {
    expect([11, 12, 180].map((seconds) => parted(seconds, 5).over.length)).toEqual([0, 1, 1]);
    const long = parted(181, 5);
    expect([long.over.length, long.open]).toEqual([0, [0, 0]]);
    const staying = new Meeting(host(), guest()).together(101, 290);
    expect([staying.over.length, staying.open], 'nor is it waited for').toEqual([0, [0, 0]]);
  });

  it('while they may be together still: three seconds after they were seen so, and until they are four metres apart', () => {
    expect([parted(20, 5, 3).over.length, parted(20, 5, 3.1).over.length]).toEqual([0, 1]);
    const near = parted(20, 2.9, 15);
    expect([near.over.length, near.open]).toEqual([0, [1, 1]]);
    expect(near.walk(0.1).settle(135).over, 'at four').toHaveLength(1);
  });

  it('where they do not part within fifteen seconds, but stay about', () => {
    const about = parted(20, 2, 15.1);
    expect([about.over.length, about.open]).toEqual([0, [0, 0]]);
    expect(about.walk(9).settle(140).over).toEqual([]);
  });

  it('where either is lost from sight, and others are all the same', () => {
    for (const who of ['host', 'guest'] as const) {
      const meeting = new Meeting(host(), guest()).together(101, 120);
      const third = life({ number: 3, x: 20, y: 11, since: 106, came: [20, 20] });
      for (let t = 107; t <= 120; t++) meeting.encounters.stand(meeting.host, third, t * 1000, () => true);
      meeting.walk(9);
      meeting[who].gone = true;
      third.y = 30;
      meeting.settle(124);
      expect(meeting.over.map(({ guest: { number } }) => number)).toEqual(who === 'host' ? [] : [3]);
      expect([meeting.host.encounters, meeting.guest.encounters, third.encounters]).toEqual([0, 0, 0]);
    }
  });
});
