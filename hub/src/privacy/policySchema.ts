/** The shape of a privacy policy as it is written. */
import { formedText, Identifier, PrivacyLevel } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';
import { PATTERNS, type Pattern } from '../score/movement.ts';

const closed = { additionalProperties: false } as const;

/** Every kind of data that may be personal, wherever it lies. */
export const DATA_CLASSES = [
  'tracks',
  'episodes',
  'alerts',
  'evidence',
  'aggregates',
  'audit',
  'outbox',
  'broker',
  'accessLogs',
  'backups',
] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

const sentence = Type.String({ minLength: 3, maxLength: 1000 });

/** `72 hours`, `30 days`, `90 minutes`. */
export const Duration = formedText(
  '^[1-9][0-9]{0,5} (?:minutes?|hours?|days?)$',
  'a whole number of minutes, hours or days, such as 72 hours',
);

export const Justification = Type.Object(
  {
    /** Why the ordinary limit is not enough. */
    text: Type.String({ minLength: 20, maxLength: 2000 }),
    owner: sentence,
    /** The first day on which it does not hold any more, UTC: `2027-03-01`. */
    until: formedText('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', 'a day, such as 2027-01-31'),
  },
  closed,
);
export type Justification = Static<typeof Justification>;

export const ClassPolicy = Type.Object(
  {
    purpose: sentence,
    legalBasis: sentence,
    owner: sentence,
    keep: Duration,
    /** Why so long and no shorter. */
    why: sentence,
    justification: Type.Optional(Justification),
  },
  closed,
);
export type ClassPolicy = Static<typeof ClassPolicy>;

const AnyPattern = Type.Unsafe<Pattern>(Type.Union(PATTERNS.map((pattern) => Type.Literal(pattern))));
const patterns = Type.Array(AnyPattern, { uniqueItems: true });

/**
 * Which movements may be analysed: at the site, less on a floor, and less again in a zone. What may not is not scored at all.
 * A file that says so has to be signed.
 */
export const Analysis = Type.Object(
  {
    patterns,
    /** On what ground these and no others. */
    why: sentence,
    floors: Type.Optional(Type.Array(Type.Object({ floor: Identifier, patterns, why: sentence }, closed))),
    /** A movement of several people cannot be told from half of them: in a zone it is stays alone, or nothing. */
    zones: Type.Optional(
      Type.Array(
        Type.Object(
          {
            floor: Identifier,
            zone: Identifier,
            patterns: Type.Array(Type.Literal('dwell'), { maxItems: 1 }),
            why: sentence,
          },
          closed,
        ),
      ),
    ),
  },
  closed,
);
export type Analysis = Static<typeof Analysis>;

/** What a zone may have a shorter limit for: data that are told by place. */
export const ZONE_CLASSES = ['tracks', 'episodes', 'alerts', 'evidence'] as const satisfies readonly DataClass[];
export type ZoneClass = (typeof ZONE_CLASSES)[number];

/** A zone in which less is kept than elsewhere. What it does not say is as for the class. */
export const ZonePolicy = Type.Object(
  {
    floor: Identifier,
    zone: Identifier,
    purpose: Type.Optional(sentence),
    legalBasis: Type.Optional(sentence),
    owner: Type.Optional(sentence),
    keep: Type.Object(
      {
        tracks: Type.Optional(Duration),
        episodes: Type.Optional(Duration),
        alerts: Type.Optional(Duration),
        evidence: Type.Optional(Duration),
      },
      closed,
    ),
    /** Why less than elsewhere. */
    why: sentence,
  },
  closed,
);
export type ZonePolicy = Static<typeof ZonePolicy>;

/**
 * What may leave devices: at the site, and counts alone on a floor or from a camera. What is finer is refused by the hub. A file
 * that says so has to be signed.
 */
export const SiteLevel = Type.Object(
  {
    level: PrivacyLevel,
    /** On what ground. */
    why: sentence,
    floors: Type.Optional(
      Type.Array(Type.Object({ floor: Identifier, level: Type.Literal('counts'), why: sentence }, closed)),
    ),
    cameras: Type.Optional(
      Type.Array(
        Type.Object({ floor: Identifier, camera: Identifier, level: Type.Literal('counts'), why: sentence }, closed),
      ),
    ),
  },
  closed,
);
export type SiteLevel = Static<typeof SiteLevel>;

/** Who answers for it all, for signs and for the data protection impact assessment. */
export const Notice = Type.Object(
  {
    /** Name and address. */
    controller: sentence,
    /** How the data protection officer is reached. */
    contact: sentence,
    /** Where a complaint goes. */
    authority: Type.Optional(sentence),
    /** Who is given data, beside those who work with the system. */
    recipients: Type.Optional(Type.Array(sentence, { maxItems: 32 })),
  },
  closed,
);
export type Notice = Static<typeof Notice>;

export const PrivacyPolicy = Type.Object(
  {
    schema: Type.Literal('privacy/1'),
    version: Type.String({ minLength: 1, maxLength: 64 }),
    analysis: Type.Optional(Analysis),
    /** Absent: tracks may leave devices. */
    privacyLevel: Type.Optional(SiteLevel),
    /** Counts from fewer people are not published; absent: 10. */
    leastPeople: Type.Optional(Type.Integer({ minimum: 3, maximum: 1000 })),
    notice: Type.Optional(Notice),
    classes: Type.Object(
      Object.fromEntries(DATA_CLASSES.map((name) => [name, ClassPolicy])) as Record<DataClass, typeof ClassPolicy>,
      closed,
    ),
    zones: Type.Optional(Type.Array(ZonePolicy, { maxItems: 512 })),
  },
  closed,
);
export type PrivacyPolicy = Static<typeof PrivacyPolicy>;
