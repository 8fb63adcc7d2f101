/** Everything that Grafana is given, as files: built from the code beside this, the same bytes every time. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertReview } from './dashboards/alertReview.ts';
import { fleet } from './dashboards/fleet.ts';
import { liveFloor } from './dashboards/liveFloor.ts';
import { privacy } from './dashboards/privacy.ts';
import { DASHBOARDS, type DashboardName } from './frame.ts';
import { provisioningFiles } from './provisioning.ts';

export const BUILT_FOLDER = join(import.meta.dirname, '../built');

export const dashboards = (): Readonly<Record<DashboardName, Dashboard>> => ({
  alertReview: alertReview(),
  liveFloor: liveFloor(),
  privacy: privacy(),
  fleet: fleet(),
});

/** Text by path below the folder `built`. */
export function builtFiles(): Readonly<Record<string, string>> {
  const models = Object.entries(dashboards()).map(([name, model]) => {
    const { audience, uid } = DASHBOARDS[name as DashboardName];
    return [`dashboards/${audience}/${uid}.json`, `${JSON.stringify(model, null, 2)}\n`] as const;
  });
  const provisioning = Object.entries(provisioningFiles()).map(
    ([path, text]) => [`provisioning/${path}`, text] as const,
  );
  return Object.fromEntries([...models, ...provisioning]);
}

/** Writes them in place of what lies there. @returns their paths. */
export async function build(folder: string = BUILT_FOLDER): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  const files = Object.entries(builtFiles());
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return files.map(([path]) => path);
}
