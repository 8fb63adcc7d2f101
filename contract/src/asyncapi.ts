/** The messages between devices, hub and listeners as an AsyncAPI 3.0 document, made of the schemas that both sides check with. */
import type { TSchema } from 'typebox';
import { AuditCheckpoint } from './audit.ts';
import { CountReport } from './counts.ts';
import { AlertNotice, ClockAnswer, DeviceCommand, DeviceHealth, DeviceStatus, Receipt } from './device.ts';
import { GapReport, TrackReport } from './reports.ts';
import {
  alertsTopic,
  auditCheckpointTopic,
  commandTopic,
  countsTopic,
  healthTopic,
  Identifier,
  receiptsTopic,
  statusTopic,
  tracksTopic,
} from './topics.ts';

const MESSAGES: Readonly<Record<string, { readonly schema: TSchema; readonly summary: string }>> = {
  TrackReport: { schema: TrackReport, summary: 'One camera, about a second: who was where, under pseudonyms' },
  CountReport: { schema: CountReport, summary: 'One camera, a quarter-hour: how many people were in which zone' },
  GapReport: { schema: GapReport, summary: 'What an outbox had to forget, and why' },
  DeviceStatus: { schema: DeviceStatus, summary: 'Online or offline, versions and digests' },
  DeviceHealth: { schema: DeviceHealth, summary: 'How a device is doing' },
  DeviceCommand: { schema: DeviceCommand, summary: 'An order to a device' },
  Receipt: { schema: Receipt, summary: 'Which reports are committed: the device may forget them' },
  ClockAnswer: {
    schema: ClockAnswer,
    summary: 'What the hub’s clock says: the device finds out how far its own is off',
  },
  AlertNotice: { schema: AlertNotice, summary: 'An alert was raised, updated or closed' },
  AuditCheckpoint: { schema: AuditCheckpoint, summary: 'Where the audit of a site ends, signed' },
};

const PARAMETERS: Readonly<Record<string, string>> = {
  site: 'The airport, or the part of it with a broker of its own',
  floor: 'Id of the floor plan',
  device: 'The device; the name in its certificate',
  camera: 'The camera',
  pattern: 'What was seen: dwell, escort, handover, and so on',
};

interface Channel {
  readonly address: string;
  readonly title: string;
  readonly messages: readonly string[];
  /** What the hub does with it. */
  readonly action: 'receive' | 'send';
  readonly description: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

// The functions that make topics make these too: braces in place of names.
const place = { site: '{site}', floor: '{floor}', device: '{device}', camera: '{camera}' };

const CHANNELS: Readonly<Record<string, Channel>> = {
  tracks: {
    address: tracksTopic(place),
    title: 'Tracks of a camera',
    messages: ['TrackReport', 'GapReport'],
    action: 'receive',
    description:
      'About one message a second for each camera. Delivered at least once; device, camera, epoch and sequence are the key by which a second delivery is known. An empty message asks whether the device may publish, and is kept nowhere.',
    qos: 1,
    retain: false,
  },
  counts: {
    address: countsTopic(place),
    title: 'Counts of a camera of level counts',
    messages: ['CountReport', 'GapReport'],
    action: 'receive',
    description:
      'A message each quarter-hour for each camera, in place of tracks. Delivered at least once; device, camera, epoch and sequence are the key by which a second delivery is known. An empty message asks whether the device may publish, and is kept nowhere.',
    qos: 1,
    retain: false,
  },
  status: {
    address: statusTopic(place),
    title: 'Status of a device',
    messages: ['DeviceStatus'],
    action: 'receive',
    description: 'Retained. The broker publishes the same with state "offline" as the last will.',
    qos: 1,
    retain: true,
  },
  health: {
    address: healthTopic(place),
    title: 'Health of a device',
    messages: ['DeviceHealth'],
    action: 'receive',
    description: 'Every ten seconds while there is a connection.',
    qos: 0,
    retain: false,
  },
  command: {
    address: commandTopic(place),
    title: 'Orders to a device',
    messages: ['DeviceCommand'],
    action: 'send',
    description: 'Waits at the broker for a device that is away.',
    qos: 1,
    retain: false,
  },
  receipts: {
    address: receiptsTopic(place),
    title: 'Receipts for a device',
    messages: ['Receipt', 'ClockAnswer'],
    action: 'send',
    description:
      'Receipts are sent after the commit; a report without one is sent again. Every health message is answered at once with the hub’s clock, with QoS 0: a late answer tells nothing.',
    qos: 1,
    retain: false,
  },
  alerts: {
    address: alertsTopic(place.site, '{pattern}'),
    title: 'Alerts',
    messages: ['AlertNotice'],
    action: 'send',
    description: 'For whoever listens. Never page anybody for a delayed one.',
    qos: 1,
    retain: false,
  },
  auditCheckpoint: {
    address: auditCheckpointTopic(place.site),
    title: 'End of the audit',
    messages: ['AuditCheckpoint'],
    action: 'send',
    description:
      'Every few minutes, at the start and at the end, retained. For whoever keeps it where no hub can write: a tail that is cut off is found out with it.',
    qos: 1,
    retain: true,
  },
};

const reference = (path: string) => ({ $ref: `#/${path}` });

function channel(name: string, { address, title, messages, description }: Channel) {
  const names = [...address.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  return [
    name,
    {
      address,
      title,
      description,
      messages: Object.fromEntries(messages.map((one) => [one, reference(`components/messages/${one}`)])),
      parameters: Object.fromEntries(names.map((one) => [one, { description: PARAMETERS[one] ?? '' }])),
    },
  ];
}

function operation(name: string, { action, title, messages, qos, retain }: Channel) {
  return [
    `${action}-${name}`,
    {
      action,
      title,
      channel: reference(`channels/${name}`),
      messages: messages.map((one) => reference(`channels/${name}/messages/${one}`)),
      bindings: { mqtt: { qos, retain, bindingVersion: '0.2.0' } },
    },
  ];
}

/** The document as JSON text; the same sources give the same bytes. @param version of the project. */
export function describeMessages(version: string): string {
  const channels = Object.entries(CHANNELS);
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Safe Passage over MQTT',
      version,
      description: `What a hub receives and sends. MQTT 3.1.1 is enough; with MQTT 5 reports expire with the retention of tracks. Every message is JSON in UTF-8 and closed: one with a field more is refused. Each part of a topic is a name: ${String((Identifier as { pattern?: string }).pattern)}`,
    },
    defaultContentType: 'application/json',
    servers: {
      broker: {
        host: 'broker.example:8883',
        protocol: 'secure-mqtt',
        description: 'TLS with client certificates; the access list goes by the name in the certificate.',
        security: [{ type: 'X509' }],
      },
    },
    channels: Object.fromEntries(channels.map(([name, one]) => channel(name, one))),
    operations: Object.fromEntries(channels.map(([name, one]) => operation(name, one))),
    components: {
      messages: Object.fromEntries(
        Object.entries(MESSAGES).map(([name, { schema, summary }]) => [
          name,
          { name, title: name, summary, payload: JSON.parse(JSON.stringify(schema)) as unknown },
        ]),
      ),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
