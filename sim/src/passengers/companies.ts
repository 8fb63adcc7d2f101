/**
 * Who travels together. Sizes follow the zero-truncated Poisson of free-forming groups (James 1953; Moussaïd et al. 2010
 * observe it with a mean parameter near 1 in shopping streets); which kinds of company make up a terminal is an assumption,
 * set below and configurable, for no public count of them by kind was found.
 */
import type { Random } from '../random.ts';
import { below, normalWithin, pickWeighted } from './streams.ts';

export const COMPANY_KINDS = [
  'single',
  'couple',
  'friends',
  'family',
  'business',
  'tour',
  'school-class',
  'crew',
  'assistance',
] as const;
export type CompanyKind = (typeof COMPANY_KINDS)[number];

/** How they walk: side by side, two by two, behind somebody in front, or with one pushed ahead. */
export type Formation = 'abreast' | 'column' | 'guided' | 'pushed';

export interface Member {
  readonly role: string;
  readonly heightMetres: number;
  readonly radiusMetres: number;
  /** Walking speed when free, metres per second. */
  readonly speed: number;
}

export interface Composition {
  readonly kind: string;
  readonly formation: Formation;
  /** The first one leads the way. */
  readonly members: readonly Member[];
}

/** Share of companies (not of people) by kind. */
export type Shares = Readonly<Record<CompanyKind, number>>;

/** Assumed: three companies of five are one person alone; the rest mixed for holiday and business traffic. */
export const DEFAULT_SHARES: Shares = {
  single: 0.6,
  couple: 0.16,
  friends: 0.055,
  family: 0.1,
  business: 0.045,
  tour: 0.004,
  'school-class': 0.002,
  crew: 0.008,
  assistance: 0.026,
};

/**
 * Free walking speed 1.34 ± 0.26 m/s (Weidmann 1993); each one more in a company takes 0.04 m/s off (Moussaïd et al. 2010,
 * figure 2). Luggage is in the spread.
 */
const FREE_SPEED = { mean: 1.34, sigma: 0.26 };
const SLOWER_PER_COMPANION = 0.04;

export function adult(random: Random, role = 'member', { companions = 0, speed = FREE_SPEED.mean } = {}): Member {
  return {
    role,
    heightMetres: normalWithin(random, 1.7, 0.095, 1.45, 2.02),
    radiusMetres: normalWithin(random, 0.23, 0.02, 0.19, 0.28),
    speed: normalWithin(random, speed - SLOWER_PER_COMPANION * companions, FREE_SPEED.sigma, 0.6, 2),
  };
}

/** From about 4 to 14 years; small ones are slow. */
export function child(random: Random, role = 'child'): Member {
  const heightMetres = random.between(1.0, 1.55);
  return {
    role,
    heightMetres,
    radiusMetres: 0.14 + 0.05 * (heightMetres - 1),
    speed: normalWithin(random, 0.75 + 0.75 * (heightMetres - 1), 0.12, 0.6, 1.4),
  };
}

/** Sits, and is pushed or rolls beside: the head of somebody seated. */
export function seatedTraveller(random: Random): Member {
  return {
    role: 'in-wheelchair',
    heightMetres: normalWithin(random, 1.3, 0.05, 1.18, 1.42),
    radiusMetres: 0.34,
    speed: normalWithin(random, 1.05, 0.12, 0.8, 1.3),
  };
}

/** Sizes of two and more from the zero-truncated Poisson. */
function sizeOfSeveral(random: Random, least: number, most: number): number {
  const mean = 1.11;
  // Weights of n people, mean^n / n!.
  const sizes: { size: number; weight: number }[] = [];
  let weight = 1;
  for (let size = 1; size <= most; size += 1) {
    weight *= mean / size;
    if (size >= least) sizes.push({ size, weight });
  }
  return pickWeighted(random, sizes, (of) => of.weight).size;
}

function several(count: number, make: (index: number) => Member): Member[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Everybody at the pace of the slowest, with what little each differs. */
function atOnePace(random: Random, members: readonly Member[]): Member[] {
  const slowest = Math.min(...members.map((member) => member.speed));
  return members.map((member) => ({ ...member, speed: slowest * random.between(0.98, 1.04) }));
}

/** One company of this kind. */
export function composeCompany(random: Random, kind: CompanyKind): Composition {
  switch (kind) {
    case 'single':
      return { kind, formation: 'abreast', members: [adult(random, 'single')] };
    case 'couple':
      return {
        kind,
        formation: 'abreast',
        members: atOnePace(
          random,
          several(2, () => adult(random, 'partner', { companions: 1 })),
        ),
      };
    case 'friends': {
      const size = sizeOfSeveral(random, 3, 6);
      return {
        kind,
        formation: 'abreast',
        members: atOnePace(
          random,
          several(size, () => adult(random, 'friend', { companions: 2 })),
        ),
      };
    }
    case 'family': {
      const parents = random.chance(0.75) ? 2 : 1;
      const children = pickWeighted(random, [1, 2, 3, 4], (count) => [0, 0.45, 0.38, 0.13, 0.04][count] ?? 0);
      const members = [
        ...several(parents, () => adult(random, 'parent', { companions: 1 })),
        ...several(children, () => child(random)),
      ];
      return { kind, formation: 'abreast', members: atOnePace(random, members) };
    }
    case 'business': {
      const speed = 1.45;
      return {
        kind,
        formation: 'abreast',
        members: atOnePace(
          random,
          several(2, () => adult(random, 'colleague', { speed, companions: 1 })),
        ),
      };
    }
    case 'tour': {
      const size = 8 + below(random, 15);
      const members = [
        adult(random, 'guide', { speed: 1.15 }),
        ...several(size, () => adult(random, 'tourist', { speed: 1.2 })),
      ];
      return { kind, formation: 'guided', members: atOnePace(random, members).map(notTooSlow) };
    }
    case 'school-class': {
      const pupils = 14 + below(random, 11);
      const members = [
        adult(random, 'teacher', { speed: 1.2 }),
        ...several(pupils, () => child(random, 'pupil')),
        adult(random, 'teacher', { speed: 1.2 }),
      ];
      return { kind, formation: 'column', members: atOnePace(random, members).map(notTooSlow) };
    }
    case 'crew': {
      const speed = normalWithin(random, 1.45, 0.08, 1.3, 1.6);
      const size = 2 + below(random, 6);
      const members = several(size, () => ({ ...adult(random, 'crew'), speed }));
      return { kind, formation: 'column', members };
    }
    case 'assistance': {
      const traveller = seatedTraveller(random);
      return {
        kind,
        formation: 'pushed',
        members: [traveller, { ...adult(random, 'assistant'), speed: traveller.speed }],
      };
    }
  }
}

/** Large companies wait for their slowest instead of creeping. */
function notTooSlow(member: Member): Member {
  return { ...member, speed: Math.max(0.85, member.speed) };
}

/** A company, its kind drawn by the shares. */
export function drawCompany(random: Random, shares: Shares): Composition {
  return composeCompany(
    random,
    pickWeighted(random, COMPANY_KINDS, (kind) => shares[kind]),
  );
}
