/** `edge.yaml`: where the agent stands, what it looks at and where it reports to. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { checker, Identifier, PrivacyLevel } from '@safe-passage/contract';
import { type Static, type TSchema, Type } from 'typebox';
import { describeFeedAddress, parseFeedAddress } from './detect/feed/address.ts';
import { EMBEDDED_MODEL } from './detect/findModel.ts';
import { parseYaml, type YamlDocument } from './yamlDocument.ts';

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1, maxLength: 4096 });
const Speed = Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 1000 }), Type.Literal('max')]);
const FramesPerSecond = Type.Number({ exclusiveMinimum: 0, maximum: 1000 });

/** Real pixels. `source: TEXT` is short for `source: { from: TEXT }`. */
export const SourceConfig = Type.Object(
  {
    /** A video file, a folder of images, rtsp://…, http(s)://…, udp://… or /dev/videoN. */
    from: Text,
    /** 1 plays a file in real time, `max` as fast as the detector goes. */
    speed: Type.Optional(Speed),
    loop: Type.Optional(Type.Boolean()),
    /** For a folder of images, whose files carry no time. */
    framesPerSecond: Type.Optional(FramesPerSecond),
  },
  closed,
);
export type SourceConfig = Static<typeof SourceConfig>;

/** Boxes from a MOTChallenge file in place of pixels and detector; everything behind the detector is the same. */
export const DetectionsFileConfig = Type.Object(
  {
    file: Text,
    framesPerSecond: FramesPerSecond,
    imageWidth: Type.Integer({ minimum: 1, maximum: 65_536 }),
    imageHeight: Type.Integer({ minimum: 1, maximum: 65_536 }),
    speed: Type.Optional(Speed),
    loop: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type DetectionsFileConfig = Static<typeof DetectionsFileConfig>;

/** Boxes as they are found elsewhere: a camera that detects people itself, or a simulator. */
export const DetectionsFeedConfig = Type.Object(
  {
    /** The path of a Unix-domain socket, or HOST:PORT of this machine. */
    feed: Text,
  },
  closed,
);
export type DetectionsFeedConfig = Static<typeof DetectionsFeedConfig>;

export const BrokerConfig = Type.Object(
  {
    /** mqtt://host:1883 or mqtts://host:8883 */
    url: Type.String({ pattern: '^(?:mqtts?|tcp|ssl|tls)://[^@/\\s]+/?$' }),
    /** 4 is MQTT 3.1.1, 5 is MQTT 5. */
    protocolVersion: Type.Optional(Type.Union([Type.Literal(4), Type.Literal(5)])),
    username: Type.Optional(Text),
    /** A file that holds the password alone, or an environment variable: never the password itself. */
    passwordFile: Type.Optional(Text),
    passwordVariable: Type.Optional(Text),
    caFile: Type.Optional(Text),
    certificateFile: Type.Optional(Text),
    keyFile: Type.Optional(Text),
  },
  closed,
);
export type BrokerConfig = Static<typeof BrokerConfig>;

const edgeConfig = <T extends TSchema>(detections: T) =>
  Type.Object(
    {
      site: Identifier,
      floor: Identifier,
      device: Identifier,
      camera: Identifier,
      source: Type.Optional(SourceConfig),
      detections: Type.Optional(detections),
      /** A model's name or the path of an .onnx file. */
      model: Type.Optional(Text),
      confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      threads: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
      /** Absent: metres are nominal, good for trying out. */
      calibration: Type.Optional(Text),
      plan: Type.Optional(Text),
      /** What may leave the device. `counts`: numbers of people by zone of the plan and quarter-hour, nothing of anybody. */
      privacyLevel: Type.Optional(PrivacyLevel),
      broker: BrokerConfig,
      outbox: Type.Optional(
        Type.Object(
          {
            /** Ends in .db: a file of another name is never taken for an outbox. */
            path: Type.Optional(Type.String({ pattern: '\\.(?:db|sqlite3?)$', maxLength: 4096 })),
            maxMegabytes: Type.Optional(Type.Number({ minimum: 1, maximum: 1_000_000 })),
            /** The retention of tracks: older reports are destroyed on the device, not delivered late. */
            maxAgeHours: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 8760 })),
            /** Whose word deletes a report: the hub's receipt, or the acknowledgement of a broker whose disk is trusted. */
            confirm: Type.Optional(Type.Union([Type.Literal('hub'), Type.Literal('broker')])),
          },
          closed,
        ),
      ),
      pseudonym: Type.Optional(
        Type.Object({ rotateHours: Type.Optional(Type.Number({ minimum: 0.01, maximum: 168 })) }, closed),
      ),
      log: Type.Optional(
        Type.Object(
          {
            level: Type.Optional(
              Type.Union(['trace', 'debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level))),
            ),
          },
          closed,
        ),
      ),
    },
    closed,
  );

export const EdgeConfig = edgeConfig(Type.Union([DetectionsFileConfig, DetectionsFeedConfig]));
export type EdgeConfig = Static<typeof EdgeConfig>;

// Each kind has a schema of its own, so that a refusal speaks of the one that is meant.
const WithFile = edgeConfig(DetectionsFileConfig);
const WithFeed = edgeConfig(DetectionsFeedConfig);
const kinds = {
  file: { schema: WithFile, check: checker(WithFile) },
  feed: { schema: WithFeed, check: checker(WithFeed) },
} as const;

function hasField(value: unknown, ...[first, ...rest]: string[]): boolean {
  if (first === undefined) return true;
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, first)) return false;
  return hasField((value as Record<string, unknown>)[first], ...rest);
}

export const DEFAULTS = {
  model: EMBEDDED_MODEL,
  privacyLevel: 'tracks',
  threads: 1,
  rotateHours: 12,
  maxMegabytes: 256,
  maxAgeHours: 72,
  confirm: 'hub',
  outboxPath: 'outbox.db',
  protocolVersion: 4,
  logLevel: 'info',
} as const;

/** What a person reads in place of a schema's own words. */
const EXPECTED: Readonly<Record<string, string>> = {
  site: 'a name of 1 to 63 letters a-z, digits and inner hyphens',
  floor: 'a name of 1 to 63 letters a-z, digits and inner hyphens',
  device: 'a name of 1 to 63 letters a-z, digits and inner hyphens',
  camera: 'a name of 1 to 63 letters a-z, digits and inner hyphens',
  'broker.url': 'mqtt://HOST:PORT or mqtts://HOST:PORT, without user and password (they have fields of their own)',
  'broker.protocolVersion': '4 (MQTT 3.1.1) or 5',
  'outbox.path': 'a file name that ends in .db',
  'outbox.confirm': 'hub or broker',
  'source.speed': 'a number above 0, or max',
  'detections.speed': 'a number above 0, or max',
  'detections.feed': 'the path of a Unix-domain socket, or 127.0.0.1:PORT',
  privacyLevel: 'tracks, or counts where nothing but numbers of people may leave the device',
  'log.level': 'trace, debug, info, warn, error or silent',
};

function unknownFields(schema: TSchema, value: unknown, prefix: string): { field: string; allowed: string[] }[] {
  const properties = (schema as { properties?: Record<string, TSchema> }).properties;
  if (!properties || value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = prefix ? `${prefix}.${key}` : key;
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return known ? unknownFields(known, inner, field) : [{ field, allowed: Object.keys(properties) }];
  });
}

function refuse(fileName: string, document: YamlDocument, field: string, what: string, remedy: string): OperatorError {
  return new OperatorError(`${fileName}, line ${document.lineOf(field)}: ${what}`, remedy);
}

function expandShorthand(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const { source, ...rest } = value as Record<string, unknown>;
  if (source === undefined) return value;
  return { ...rest, source: typeof source === 'string' ? { from: source } : source };
}

/** Text that is an address or a device is left alone; everything else is a path relative to the configuration file. */
function located(folder: string, text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || isAbsolute(text) ? text : resolve(folder, text);
}

function detectionsAt(detections: NonNullable<EdgeConfig['detections']>, folder: string) {
  if ('file' in detections) return { ...detections, file: located(folder, detections.file) };
  const address = parseFeedAddress(detections.feed, folder);
  return { feed: 'problem' in address ? detections.feed : describeFeedAddress(address) };
}

function withAbsolutePaths(config: EdgeConfig, folder: string): EdgeConfig {
  const at = (text: string) => located(folder, text);
  const { broker } = config;
  return {
    ...config,
    ...(config.source ? { source: { ...config.source, from: at(config.source.from) } } : {}),
    ...(config.detections ? { detections: detectionsAt(config.detections, folder) } : {}),
    ...(config.model?.endsWith('.onnx') ? { model: at(config.model) } : {}),
    ...(config.calibration ? { calibration: at(config.calibration) } : {}),
    ...(config.plan ? { plan: at(config.plan) } : {}),
    broker: {
      ...broker,
      ...(broker.passwordFile ? { passwordFile: at(broker.passwordFile) } : {}),
      ...(broker.caFile ? { caFile: at(broker.caFile) } : {}),
      ...(broker.certificateFile ? { certificateFile: at(broker.certificateFile) } : {}),
      ...(broker.keyFile ? { keyFile: at(broker.keyFile) } : {}),
    },
    outbox: { ...config.outbox, path: at(config.outbox?.path ?? `outbox-${config.device}-${config.camera}.db`) },
  };
}

/**
 * Checks a configuration. Relative paths in it become absolute.
 *
 * @param text YAML.
 * @param fileName stands in the messages.
 * @param folder what relative paths are relative to.
 * @throws OperatorError that names file, line, field, value and remedy.
 */
export function parseConfig(text: string, fileName: string, folder: string): EdgeConfig {
  const document = parseYaml(text, fileName);
  const value = expandShorthand(document.value);
  if (hasField(value, 'detections', 'feed') && hasField(value, 'detections', 'file')) {
    throw refuse(
      fileName,
      document,
      'detections.feed',
      'detections.file and detections.feed are both there',
      'Keep one of them: file for boxes that were recorded, feed for boxes as they are found.',
    );
  }
  const kind = kinds[hasField(value, 'detections', 'feed') ? 'feed' : 'file'];
  const [unknown] = unknownFields(kind.schema, value, '');
  if (unknown) {
    throw refuse(
      fileName,
      document,
      unknown.field,
      `there is no field "${unknown.field}"`,
      `Remove it or mend its name. There are: ${unknown.allowed.join(', ')}.`,
    );
  }
  const checked = kind.check(value);
  if (!checked.ok) {
    // A union answers for each of its branches: the deepest problem is the one that a person means.
    const problem = checked.problems.reduce((a, b) => (b.field.length > a.field.length ? b : a));
    if (problem.missing) {
      const { field } = problem;
      throw refuse(fileName, document, field, `the field ${field} is missing`, `Add ${field} to ${fileName}.`);
    }
    throw refuse(
      fileName,
      document,
      problem.field,
      // Credentials in a URL are refused, and not repeated either.
      `${problem.field || 'the document'} is ${problem.found.replace(/\/\/[^@]*@/, '//***@')}`,
      `Write ${EXPECTED[problem.field] ?? `a value that ${problem.expected}`}.`,
    );
  }
  const config: EdgeConfig = checked.value;
  if ((config.source === undefined) === (config.detections === undefined)) {
    throw new OperatorError(
      `${fileName}: ${config.source ? 'source and detections are both there' : 'there is neither source nor detections'}`,
      'Name one of them: source for a camera or a video, detections for boxes from a file or a feed.',
    );
  }
  const boxes = config.detections;
  if (boxes && 'feed' in boxes) {
    const address = parseFeedAddress(boxes.feed, folder);
    if ('problem' in address) {
      throw refuse(fileName, document, 'detections.feed', `detections.feed ${address.problem}`, address.remedy);
    }
  }
  if (config.privacyLevel === 'counts' && config.plan === undefined) {
    throw refuse(
      fileName,
      document,
      'privacyLevel',
      'privacyLevel is counts and there is no plan',
      'Name the floor plan (plan): people are counted in its zones, and without zones there is nothing to count.',
    );
  }
  const { speed = 1, loop = false } = config.source ?? (boxes && 'file' in boxes ? boxes : {});
  if (loop && speed !== 1 && (speed === 'max' || speed > 1)) {
    const field = `${config.source ? 'source' : 'detections'}.loop`;
    throw refuse(
      fileName,
      document,
      field,
      `a loop at speed ${speed} runs ahead of the clock`,
      'Take a speed of at most 1.',
    );
  }
  if (!URL.canParse(config.broker.url)) {
    throw refuse(
      fileName,
      document,
      'broker.url',
      `broker.url is "${config.broker.url}"`,
      `Write ${EXPECTED['broker.url']}; a port is at most 65535.`,
    );
  }
  if (config.broker.passwordFile !== undefined && config.broker.passwordVariable !== undefined) {
    throw refuse(
      fileName,
      document,
      'broker.passwordVariable',
      'broker.passwordFile and broker.passwordVariable are both there',
      'Keep one of them.',
    );
  }
  if ((config.broker.certificateFile === undefined) !== (config.broker.keyFile === undefined)) {
    throw refuse(
      fileName,
      document,
      config.broker.keyFile ? 'broker.keyFile' : 'broker.certificateFile',
      'broker.certificateFile and broker.keyFile go together; one of them is missing',
      'Name both, or neither.',
    );
  }
  return withAbsolutePaths(config, folder);
}

/** Reads and checks a configuration file. @throws OperatorError as {@link parseConfig}, or where it cannot be read. */
export async function readConfig(path: string): Promise<EdgeConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new OperatorError(
      `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Check the path after --config and the rights of the file.',
      { cause },
    );
  }
  return parseConfig(text, path, dirname(resolve(path)));
}

/** Fields in the order of their names, so that the digest does not depend on the order in the file. */
function canonical(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

/** First 12 hexadecimal digits of the SHA-256 of the effective configuration. It holds no secret: passwords are named, not written. */
export function configurationDigest(config: EdgeConfig): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(config)))
    .digest('hex')
    .slice(0, 12);
}
