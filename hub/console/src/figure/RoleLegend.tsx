import { RoleMark } from '../parts/RoleMark.tsx';
import type { Story } from '../state/story.ts';
import { rolesOf } from '../story/cast.ts';
import { roles } from '../words/terms.ts';

/** What the shapes, hues and lines of this story mean. A stay alone needs none: its dot says how long it lasts. */
export function RoleLegend({ story }: { readonly story: Story }) {
  if (story.dwellOnly.value) return null;
  return (
    <ul class="role-legend" aria-label="Roles in this story">
      {rolesOf(story.cast.value).map((role) => (
        <li key={role} title={roles[role].meaning}>
          <RoleMark role={role} line /> {roles[role].word}
        </li>
      ))}
    </ul>
  );
}
