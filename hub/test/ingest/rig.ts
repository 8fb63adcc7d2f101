/** A broker, a database, and an ingest between them whose connections can be watched and cut. */

import { type CameraAddress, type Receipt, receiptsTopic, tracksTopic } from '@safe-passage/contract';
import { connectAsync, type MqttClient } from 'mqtt';
import type pg from 'pg';
import { pino } from 'pino';
import { type BrokerKind, startBroker, type TestBroker } from '../../../test/services/brokers.ts';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from '../../../test/services/database.ts';
import { PATIENCE } from '../../../test/services/program.ts';
import { type Relay, startRelay } from '../../../test/services/relay.ts';
import { type Ingest, type IngestOptions, startIngest } from '../../src/ingest/ingest.ts';
import { type Located, migrate, openDatabase, openStore, type Store } from '../../src/store/index.ts';

export const SITE = 'demo';
export const address = (camera = 'cam-1', device = 'edge-1'): CameraAddress => ({
  site: SITE,
  floor: 'hall',
  device,
  camera,
});

/** Waits until something holds. @throws with the last value when it does not within the time. */
export async function until<T>(read: () => T | Promise<T>, holds: (value: T) => boolean, seconds = 15): Promise<T> {
  const deadline = performance.now() + PATIENCE * seconds * 1000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(value)} after ${PATIENCE * seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const PUBACK = 4;

/** Reads the types of MQTT packets (MQTT 3.1.1, 2.2) off a stream of bytes. */
function packetTypes(seen: (type: number) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      let length = 0;
      let at = 1;
      for (; at < rest.length; at++) {
        length += ((rest[at] ?? 0) & 0x7f) * 128 ** (at - 1);
        if (((rest[at] ?? 0) & 0x80) === 0) break;
      }
      if (at >= rest.length || rest.length < at + 1 + length) return;
      seen((rest[0] ?? 0) >> 4);
      rest = rest.subarray(at + 1 + length);
    }
  };
}

export interface Rig {
  readonly broker: TestBroker;
  readonly brokerRelay: Relay;
  readonly databaseRelay: Relay;
  /** Straight to the database, for looking and locking. */
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  /** PUBACK packets that the hub has sent so far. */
  readonly pubacks: () => number;
  readonly handedOver: Located[];
  /** What the ingest has said, line by line. */
  readonly logged: string[];
  readonly store: Store;
  start(options?: Partial<IngestOptions>): Promise<Ingest>;
  /** A client that plays an edge agent. */
  edge(): Promise<MqttClient>;
  stop(): Promise<void>;
}

export async function createRig(brokerKind: BrokerKind, databaseKind: DatabaseKind): Promise<Rig> {
  const broker = await startBroker(brokerKind);
  const database: TestDatabase = await createTestDatabase(databaseKind);
  await migrate(database.url);
  const target = new URL(database.url);
  const databaseRelay = await startRelay({ host: target.hostname, port: Number(target.port) });
  const throughRelay = new URL(database.url);
  throughRelay.port = String(databaseRelay.port);
  let pubacks = 0;
  const brokerRelay = await startRelay(
    { host: '127.0.0.1', port: Number(new URL(broker.url).port) },
    {
      upstream: () =>
        packetTypes((type) => {
          if (type === PUBACK) pubacks++;
        }),
    },
  );
  const store = openStore({
    url: throughRelay.href,
    site: SITE,
    tracksHours: 72,
    zoneName: (floor, zone) => zone ?? floor,
  });
  const pool = openDatabase(database.url, { connections: 4 });
  const handedOver: Located[] = [];
  const logged: string[] = [];
  const clients: MqttClient[] = [];
  const ingests: Ingest[] = [];
  return {
    broker,
    brokerRelay,
    databaseRelay,
    pool,
    databaseUrl: database.url,
    pubacks: () => pubacks,
    handedOver,
    logged,
    store,
    start: async (options = {}) => {
      let subscribed: () => void = () => undefined;
      const ready = new Promise<void>((resolve) => {
        subscribed = resolve;
      });
      const logger = pino(
        { level: 'info' },
        {
          write: (line: string) => {
            logged.push(line);
            if (line.includes('"subscribed"')) subscribed();
          },
        },
      );
      const ingest = startIngest({
        site: SITE,
        broker: { url: `mqtt://127.0.0.1:${brokerRelay.port}`, clientId: 'hub-demo' },
        store,
        tracksHours: 72,
        logger,
        onReports: (reports) => void handedOver.push(...reports),
        ...options,
      });
      ingests.push(ingest);
      await ready;
      return ingest;
    },
    edge: async () => {
      const client = await connectAsync(broker.url, { protocolVersion: 4 });
      clients.push(client);
      return client;
    },
    stop: async () => {
      databaseRelay.mend();
      brokerRelay.mend();
      await Promise.all(ingests.map((ingest) => ingest.stop()));
      await Promise.all(clients.map((client) => client.endAsync(true)));
      await store.close();
      await pool.end();
      await Promise.all([databaseRelay.stop(), brokerRelay.stop()]);
      await broker.stop();
      await database.drop();
    },
  };
}

export const sendReport = (
  edge: MqttClient,
  report: { readonly camera: string; readonly sequence: number },
  device = 'edge-1',
): Promise<unknown> =>
  edge.publishAsync(tracksTopic(address(report.camera, device)), JSON.stringify(report), { qos: 1 });

/** Collects the sequences that the hub has receipted to a device. */
export async function collectReceipts(edge: MqttClient, device = 'edge-1'): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  const topic = receiptsTopic(address('any', device));
  edge.on('message', (at, payload) => {
    if (at === topic) receipts.push(JSON.parse(payload.toString()) as Receipt);
  });
  await edge.subscribeAsync(topic, { qos: 1 });
  return receipts;
}

export const receipted = (receipts: readonly Receipt[]): number[] =>
  receipts.flatMap((receipt) => receipt.sequences).sort((a, b) => a - b);

export async function storedSequences(pool: pg.Pool): Promise<number[]> {
  const result = await pool.query<{ sequence: string }>('SELECT sequence FROM track_report ORDER BY sequence');
  return result.rows.map((row) => Number(row.sequence));
}

/** Keeps writers out of the table until it is let go. */
export async function lockReports(pool: pg.Pool): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE track_report IN ACCESS EXCLUSIVE MODE');
  return async () => {
    await client.query('COMMIT');
    client.release();
  };
}
