/** What a sign at a camera or a zone says (GDPR articles 12 and 13; EDPB Guidelines 3/2019, first layer). Pure. */
import type { FloorPlan } from '@safe-passage/contract';
import { escaped, page } from '../document/html.ts';
import { cameraLevel, floorLevel } from '../privacy/level.ts';
import { durationText, limitMs, type PrivacyPolicy } from '../privacy/policy.ts';
import type { ZoneClass } from '../privacy/policySchema.ts';
import { zoneLimitMs } from '../privacy/zones.ts';

export interface Notice {
  readonly floor: string;
  readonly place: 'camera' | 'zone';
  readonly id: string;
  /** For people: `Camera at the window`. */
  readonly name: string;
  /** What happens here, in a sentence. */
  readonly what: string;
  readonly purpose: string;
  readonly legalBasis: string;
  /** How long what is kept. */
  readonly kept: readonly { readonly what: string; readonly duration: string }[];
  readonly controller: string;
  readonly contact: string;
  readonly authority: string | null;
  /** What people may ask for. */
  readonly rights: string;
}

const HERE = 'A computer follows the movements of people on the floor, as points without a name.';
const COUNTED =
  'A computer counts how many people are on the floor. It follows them as points while they are in view, then forgets them, and passes on nothing but numbers.';
const NOT = 'No picture is kept. Nobody is recognised: not by face, clothes, age or gender.';

const RIGHTS =
  'You may ask what is kept about you, object, or have it erased, and complain to the authority. The system knows no names: say where you were and when, to the minute.';

/** Nothing of anybody is kept: there is nothing to be looked up, or erased. */
const RIGHTS_OF_COUNTED =
  'What is kept are numbers of people by quarter-hour. Nothing in them is about you alone, and nobody can find you in them. You may object, ask how it works, and complain to the authority.';

const UNNAMED = 'not named: give notice in privacy.yaml';

/** A sheet for every camera and every zone; for blind zones as well, for people want to know where nothing is recorded. */
export function noticesOf(plans: readonly FloorPlan[], policy: PrivacyPolicy, nowMs: number): Notice[] {
  const { tracks, aggregates } = policy.classes;
  const { controller = UNNAMED, contact = UNNAMED, authority = null } = policy.notice ?? {};
  const named = { controller, contact, authority };
  const counted = {
    purpose: aggregates.purpose,
    legalBasis: aggregates.legalBasis,
    kept: [
      {
        what: 'Small numbers, until their day is published',
        duration: `at most ${durationText(limitMs(policy, 'episodes', nowMs))}`,
      },
      {
        what: 'Published numbers, none of them of few people',
        duration: durationText(limitMs(policy, 'aggregates', nowMs)),
      },
    ],
    ...named,
    rights: RIGHTS_OF_COUNTED,
  };
  const tracked = (floor: string, zone: string | null): Omit<Notice, 'floor' | 'place' | 'id' | 'name' | 'what'> => {
    const own = policy.zones?.find((one) => one.floor === floor && one.zone === zone);
    const duration = (name: ZoneClass): string =>
      durationText((own && zoneLimitMs(policy, own, name, nowMs)) ?? limitMs(policy, name, nowMs));
    return {
      ...named,
      rights: RIGHTS,
      purpose: own?.purpose ?? tracks.purpose,
      legalBasis: own?.legalBasis ?? tracks.legalBasis,
      kept: [
        { what: 'Movements', duration: duration('tracks') },
        { what: 'Stays in a place', duration: duration('episodes') },
        { what: 'Prompts to look, and what became of them', duration: duration('alerts') },
      ],
    };
  };
  return plans.flatMap((plan): Notice[] => [
    ...plan.cameras.map(
      ({ id, name }): Notice => ({
        floor: plan.name,
        place: 'camera',
        id,
        name: name ?? `Camera ${id}`,
        ...(cameraLevel(policy, { floor: plan.id, camera: id }) === 'counts'
          ? { what: `${COUNTED} ${NOT}`, ...counted }
          : { what: `${HERE} ${NOT}`, ...tracked(plan.id, null) }),
      }),
    ),
    ...plan.zones.map(({ id, name, kind }): Notice => {
      const blind = 'Nothing is recorded in this place: the camera forgets what it sees here at once.';
      const counting = floorLevel(policy, plan.id) === 'counts';
      const here = counting ? COUNTED : `${HERE} Here it counts how many people stay, and for how long.`;
      return {
        floor: plan.name,
        place: 'zone',
        id,
        name,
        what: kind === 'blind' ? blind : `${here} ${NOT}`,
        ...(counting ? counted : tracked(plan.id, id)),
        ...(kind === 'blind' ? { kept: [] } : {}),
      };
    }),
  ]);
}

const STYLE = `
section.sheet { border: 2px solid #1b1f24; border-radius: 8px; padding: 1.2rem 1.6rem; margin: 1.5rem 0; }
section.sheet h2 { font-size: 1.6rem; margin: 0; } section.sheet .where { font-size: 1rem; margin: 0 0 .8rem; }
section.sheet .what { font-size: 1.25rem; } dt { font-weight: 600; margin-top: .7rem; } dd { margin: 0; }
@media print { h1 { display: none; } section.sheet { border: 0; padding: 0; margin: 0; font-size: 14pt; } }
`;

function sheet(notice: Notice): string {
  const { floor, name, what, purpose, legalBasis, kept, controller, contact, authority, rights } = notice;
  const durations = kept.map((one) => `${one.what}: ${one.duration}`).join('. ');
  const rows: readonly (readonly [string, string])[] = [
    ['For what', purpose],
    ['On what ground', legalBasis],
    ['How long it is kept', kept.length === 0 ? 'Nothing is kept.' : `${durations}.`],
    ['Your rights', rights],
    ['Who answers for it', controller],
    ['Ask', contact],
    ...(authority === null ? [] : [['Complain to', authority] as const]),
  ];
  const list = rows.map(([term, text]) => `<dt>${escaped(term)}</dt><dd>${escaped(text)}</dd>`).join('\n');
  return `<section class="sheet">
<h2>${escaped(name)}</h2>
<p class="where">${escaped(floor)}</p>
<p class="what">${escaped(what)}</p>
<dl>
${list}
</dl>
</section>`;
}

/** One page of A4 for each. */
export const noticesPage = (site: string, notices: readonly Notice[]): string =>
  page(`Notices of ${site}`, notices.map(sheet).join('\n'), STYLE);
