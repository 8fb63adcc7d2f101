/**
 * Who may do what: the one table that the interface, the command line and the documentation go by. A right that a role is not
 * named for is not given; a route that names no right is closed to all.
 */

export const ROLES = ['reviewer', 'senior-reviewer', 'privacy-officer', 'engineer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  reviewer: 'looks at alerts and closes them',
  'senior-reviewer': 'does the same, opens a closed alert again, and is the second person where two must agree',
  'privacy-officer': 'answers for what is kept: policy, retention, erasure, audit',
  engineer: 'keeps devices and the hub running; sees nobody’s track',
  auditor: 'reads all that gives account, changes nothing, sees nobody’s track',
};

interface Right {
  /** Goes on from "may": `close an alert with a disposition`. */
  readonly may: string;
  readonly roles: readonly Role[];
  /** These may do it where they say why; the reason stands in the audit. */
  readonly withPurpose?: readonly Role[];
}

const REVIEWERS: readonly Role[] = ['reviewer', 'senior-reviewer'];
const ACCOUNTABLE: readonly Role[] = ['privacy-officer', 'auditor'];

const table = {
  'session.own': { may: 'see who is signed in, and sign out', roles: ROLES },
  'interface.read': { may: 'read the description of the interface', roles: ROLES },
  'floors.read': { may: 'see floor plans with their zones', roles: ROLES },
  'cameras.read': { may: 'see cameras and their health', roles: ROLES },
  'live.watch': { may: 'be told of changes, each of what the role sees anyway', roles: ROLES },
  'alerts.list': { may: 'see the queue of alerts', roles: REVIEWERS },
  'alerts.read': { may: 'read one alert with its reasons', roles: REVIEWERS, withPurpose: ['privacy-officer'] },
  'evidence.read': { may: 'see the tracks of one alert', roles: REVIEWERS, withPurpose: ['privacy-officer'] },
  'presence.read': { may: 'see where everybody is now', roles: REVIEWERS, withPurpose: ['privacy-officer'] },
  'floors.counts': {
    may: 'see how full a floor is, how long people wait and which ways they go, and what is usual',
    roles: REVIEWERS,
  },
  'alerts.acknowledge': { may: 'take an alert on', roles: REVIEWERS },
  'alerts.close': { may: 'close an alert with a disposition', roles: REVIEWERS },
  'alerts.reopen': { may: 'open an alert again that was closed', roles: ['senior-reviewer'] },
  'policy.read': { may: 'read the privacy policy in force, its history and the retention runs', roles: ACCOUNTABLE },
  'audit.read': { may: 'read the audit', roles: ACCOUNTABLE },
  'policy.agree': {
    may: 'agree to a looser privacy policy (of the two who must, one is a privacy officer)',
    roles: ['privacy-officer', 'senior-reviewer'],
  },
  'data.erase': { may: 'erase a zone and a stretch of time', roles: ['privacy-officer'] },
  'holds.read': { may: 'see which evidence is held, why and until when', roles: ACCOUNTABLE },
  'holds.change': {
    may: 'hold the evidence of an alert past its retention, and end a hold',
    roles: ['privacy-officer'],
  },
  'proof.take': { may: 'take evidence packs and signed ends of the audit elsewhere', roles: ACCOUNTABLE },
  'reidentification.read': { may: 'read what share of tracks could be singled out', roles: ACCOUNTABLE },
  'aggregates.read': { may: 'read counts of people by zone and time', roles: ROLES },
  'operations.read': {
    may: 'read health and metrics of the hub from another machine',
    roles: ['engineer', 'privacy-officer', 'auditor'],
  },
} as const satisfies Record<string, Right>;

export type Permission = keyof typeof table;
export const PERMISSIONS: Readonly<Record<Permission, Right>> = table;
export const PERMISSION_NAMES = Object.keys(table) as readonly Permission[];

/** `with-purpose`: only with a reason. */
export type Grant = 'yes' | 'with-purpose' | 'no';

export function grantOf(role: Role, permission: Permission): Grant {
  const { roles, withPurpose } = PERMISSIONS[permission];
  if (roles.includes(role)) return 'yes';
  return withPurpose?.includes(role) === true ? 'with-purpose' : 'no';
}

/** What a role may do without being asked why. */
export function permissionsOf(role: Role): Permission[] {
  return PERMISSION_NAMES.filter((permission) => grantOf(role, permission) === 'yes');
}

/** What a role may do where it says why. */
export function permissionsWithReasonOf(role: Role): Permission[] {
  return PERMISSION_NAMES.filter((permission) => grantOf(role, permission) === 'with-purpose');
}

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/** `senior reviewer` */
export const roleName = (role: Role): string => role.replace('-', ' ');

/** `reviewer, senior reviewer` */
const roleNames = (roles: readonly Role[]): string => roles.map(roleName).join(', ');

/** Who has a right, in words: `reviewer, senior reviewer; privacy officer with a reason`. */
export function whoMay(permission: Permission): string {
  const { roles, withPurpose = [] } = PERMISSIONS[permission];
  const those = roles.length === ROLES.length ? 'every role' : roleNames(roles);
  return withPurpose.length === 0 ? those : `${those}; ${roleNames(withPurpose)} with a reason`;
}
