/**
 * The MQTT topics of the contract. Every part between slashes is an {@link Identifier}; the version is part of the path,
 * so that a hub of the next contract can listen to both.
 */
import type { Static } from 'typebox';
import { formedText } from './validate.ts';

/** The first two levels of every topic. */
export const TOPIC_ROOT = 'movement/v1';

const IDENTIFIER = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A name that is safe as one level of a topic, as a file name and in a URL: 1 to 63 of a-z, 0-9 and inner hyphens. */
export const Identifier = formedText(IDENTIFIER.source, 'a name of 1 to 63 letters a-z, digits and inner hyphens');
export type Identifier = Static<typeof Identifier>;

/** Where an edge agent stands. */
export interface DeviceAddress {
  readonly site: string;
  readonly floor: string;
  readonly device: string;
}

/** Which camera a report is about. */
export interface CameraAddress extends DeviceAddress {
  readonly camera: string;
}

const devicePrefix = (a: DeviceAddress): string => `${TOPIC_ROOT}/${a.site}/${a.floor}/${a.device}`;

/** Track and gap reports of one camera: edge to hub, QoS 1. */
export const tracksTopic = (a: CameraAddress): string => `${devicePrefix(a)}/${a.camera}/tracks`;
/** Count and gap reports of one camera of level `counts`: edge to hub, QoS 1. */
export const countsTopic = (a: CameraAddress): string => `${devicePrefix(a)}/${a.camera}/counts`;
/** Online or offline, versions and digests: edge to hub, QoS 1, retained, and the last will. */
export const statusTopic = (a: DeviceAddress): string => `${devicePrefix(a)}/status`;
/** How the device is doing, every 10 s: edge to hub, QoS 0. */
export const healthTopic = (a: DeviceAddress): string => `${devicePrefix(a)}/health`;
/** Orders: hub to edge, QoS 1. */
export const commandTopic = (a: DeviceAddress): string => `${devicePrefix(a)}/command`;
/** Which reports the hub has committed: hub to edge, QoS 1. */
export const receiptsTopic = (a: DeviceAddress): string => `${devicePrefix(a)}/receipts`;
/** Alerts raised, updated and closed: hub to whoever listens, QoS 1. */
export const alertsTopic = (site: string, pattern: string): string => `${TOPIC_ROOT}/${site}/alerts/${pattern}`;

/** Where the audit of a site ends, signed: hub to whoever keeps it, QoS 1, retained. */
export const auditCheckpointTopic = (site: string): string => `${TOPIC_ROOT}/${site}/audit/checkpoint`;

/** What a hub subscribes to for one site, or for one floor of it. */
export const hubSubscriptions = (site: string, floor = '+') =>
  ({
    tracks: `${TOPIC_ROOT}/${site}/${floor}/+/+/tracks`,
    counts: `${TOPIC_ROOT}/${site}/${floor}/+/+/counts`,
    status: `${TOPIC_ROOT}/${site}/${floor}/+/status`,
    health: `${TOPIC_ROOT}/${site}/${floor}/+/health`,
  }) as const;

export type ParsedTopic =
  | ({ readonly kind: 'tracks' } & CameraAddress)
  | ({ readonly kind: 'counts' } & CameraAddress)
  | ({ readonly kind: 'status' | 'health' | 'command' | 'receipts' } & DeviceAddress)
  | { readonly kind: 'alerts'; readonly site: string; readonly pattern: string }
  | { readonly kind: 'auditCheckpoint'; readonly site: string };

/**
 * Takes a topic of the contract apart.
 *
 * @returns null where the topic is not one of the contract's.
 */
export function parseTopic(topic: string): ParsedTopic | null {
  if (!topic.startsWith(`${TOPIC_ROOT}/`)) return null;
  const levels = topic.slice(TOPIC_ROOT.length + 1).split('/');
  if (levels.some((level) => !IDENTIFIER.test(level))) return null;
  const [site, floor, device, camera, last] = levels;
  if (levels.length === 5 && (last === 'tracks' || last === 'counts') && site && floor && device && camera) {
    return { kind: last, site, floor, device, camera };
  }
  if (levels.length === 4 && site && floor && device) {
    if (camera === 'status' || camera === 'health' || camera === 'command' || camera === 'receipts') {
      return { kind: camera, site, floor, device };
    }
  }
  if (levels.length === 3 && floor === 'audit' && device === 'checkpoint' && site)
    return { kind: 'auditCheckpoint', site };
  if (levels.length === 3 && floor === 'alerts' && site && device) return { kind: 'alerts', site, pattern: device };
  return null;
}
