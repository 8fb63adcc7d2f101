/** What may leave a device: what a privacy policy says of it, as ingest, scorers and signs ask. Pure. */
import type { FloorPlan, PrivacyLevel } from '@safe-passage/contract';
import type { PrivacyPolicy } from './policySchema.ts';

type Levels = Pick<PrivacyPolicy, 'privacyLevel'>;

/** A camera of the site, however it is deployed: the level goes by the place and not by the device. */
export interface CameraPlace {
  readonly floor: string;
  readonly camera: string;
}

/** The level of a whole floor; its cameras may have less. A policy that says nothing allows tracks. */
export function floorLevel({ privacyLevel }: Levels, floor: string): PrivacyLevel {
  if (!privacyLevel) return 'tracks';
  if (privacyLevel.level === 'counts' || privacyLevel.floors?.some((one) => one.floor === floor)) return 'counts';
  return 'tracks';
}

/** What a camera may send at most. */
export function cameraLevel(policy: Levels, { floor, camera }: CameraPlace): PrivacyLevel {
  const named = policy.privacyLevel?.cameras?.some((one) => one.floor === floor && one.camera === camera);
  return named ? 'counts' : floorLevel(policy, floor);
}

/** Where tracks may be sent that might not be before: `privacyLevel: tracks may leave the devices of floor hall`. */
export function levelLoosenings(before: Levels, after: Levels): string[] {
  const counts = (level: PrivacyLevel): boolean => level === 'counts';
  // What is named in neither is as the site; no floor has an empty name.
  if (counts(floorLevel(before, '')) && !counts(floorLevel(after, '')))
    return ['privacyLevel: tracks may leave the devices of the site'];
  const { floors = [], cameras = [] } = before.privacyLevel ?? {};
  const free = floors.filter(({ floor }) => !counts(floorLevel(after, floor)));
  return [
    ...free.map(({ floor }) => `privacyLevel: tracks may leave the devices of floor ${floor}`),
    ...cameras
      .filter((one) => !counts(cameraLevel(after, one)) && !free.some(({ floor }) => floor === one.floor))
      .map(({ floor, camera }) => `privacyLevel: tracks may leave the camera ${floor}/${camera}`),
  ];
}

/** Places that a policy names and no plan has: a misspelt name would let tracks through. */
export function unknownLevelPlaces({ privacyLevel }: Levels, plans: readonly FloorPlan[]): string[] {
  const { floors = [], cameras = [] } = privacyLevel ?? {};
  const planOf = (floor: string) => plans.find(({ id }) => id === floor);
  return [
    ...floors.filter(({ floor }) => !planOf(floor)).map(({ floor }) => `floor ${floor}`),
    ...cameras
      .filter(({ floor, camera }) => !planOf(floor)?.cameras.some(({ id }) => id === camera))
      .map(({ floor, camera }) => `camera ${floor}/${camera}`),
  ];
}

/** For people, one place a line, the site first. */
export function levelLines({
  privacyLevel,
}: Levels): { readonly place: string; readonly level: PrivacyLevel; readonly why: string }[] {
  if (!privacyLevel) return [];
  const { level, why, floors = [], cameras = [] } = privacyLevel;
  return [
    { place: 'the site', level, why },
    ...floors.map((one) => ({ place: one.floor, level: 'counts' as const, why: one.why })),
    ...cameras.map((one) => ({ place: `${one.floor}/${one.camera}`, level: 'counts' as const, why: one.why })),
  ];
}
