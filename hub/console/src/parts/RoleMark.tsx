import type { Role } from '../../../src/score/movement.ts';
import { DASHES, shapePath } from '../figure/roleMark.ts';

/** The shape and hue of a role, as on the floor plan; with its line where that is wanted. */
export function RoleMark({ role, line = false }: { readonly role: Role; readonly line?: boolean }) {
  const width = line ? 34 : 14;
  return (
    <svg class={`role-mark role-${role}`} width={width} height="14" aria-hidden="true" focusable="false">
      {line ? <line x1="0" x2={width} y1="7" y2="7" stroke-dasharray={DASHES[role].join(' ')} /> : null}
      <path d={shapePath(role, 6)} transform={`translate(${width / 2} 7)`} />
    </svg>
  );
}
