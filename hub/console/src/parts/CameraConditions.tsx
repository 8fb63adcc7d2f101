import type { CameraCondition } from '../words/cameraCondition.ts';
import { Icon } from './Icon.tsx';

export function CameraConditions({ conditions }: { readonly conditions: readonly CameraCondition[] }) {
  if (conditions.length === 0) {
    return <p class="quiet">A camera appears here as soon as its edge agent connects.</p>;
  }
  return (
    <ul class="camera-list">
      {conditions.map((one) => (
        <li key={`${one.camera}${one.name}`}>
          <Icon name={one.ok ? 'check' : 'warn'} />
          <span>
            <strong>{one.name}</strong>
            {one.remedy ? <span class="quiet block">{one.remedy}</span> : null}
          </span>
          <span class="camera-says">{one.says}</span>
        </li>
      ))}
    </ul>
  );
}
