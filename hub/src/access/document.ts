/** The table of rights as a page. Pure. */
import type { Address } from '../api/addresses.ts';
import {
  grantOf,
  PERMISSION_NAMES,
  PERMISSIONS,
  ROLE_WORDS,
  ROLES,
  type Role,
  roleName,
  whoMay,
} from './permissions.ts';

const MARKS = { yes: 'yes', 'with-purpose': 'with a reason', no: '' } as const;

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function whoUses({ access, permission }: Address): string {
  if (access === 'public') return 'anybody';
  const who = permission === null ? 'nobody' : whoMay(permission);
  return access === 'loopback' ? `this machine; elsewhere ${who}` : who;
}

/** Markdown. @param addresses of the interface. */
export function rolesDocument(addresses: readonly Address[]): string {
  const shown = addresses
    .filter(({ method, url }) => method !== 'HEAD' && !/\/docs\/./.test(url))
    .toSorted((a, b) => a.url.localeCompare(b.url, 'en') || a.method.localeCompare(b.method, 'en'));
  return `# Roles and rights

Written by \`hub roles\` from the table that the hub goes by (\`hub/src/access/permissions.ts\`). A right that is not here is nobody's.

${table(
  ['role', ''],
  ROLES.map((role) => [`\`${role}\``, ROLE_WORDS[role]]),
)}

## Rights

*With a reason*: the request says why (header \`X-Purpose\`), and the audit keeps it.

${table(
  ['may', ...ROLES.map(roleName)],
  PERMISSION_NAMES.map((name) => [PERMISSIONS[name].may, ...ROLES.map((role: Role) => MARKS[grantOf(role, name)])]),
)}

## Addresses

${table(
  ['address', 'for'],
  shown.map((address) => [`\`${address.method} ${address.url}\``, whoUses(address)]),
)}
`;
}
