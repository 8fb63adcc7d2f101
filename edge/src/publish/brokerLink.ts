/** The connection to the broker: made again whenever it is lost, with its last will, its subscriptions and its status. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CameraAddress,
  ClockAnswer,
  checker,
  commandTopic,
  countsTopic,
  DeviceCommand,
  type DeviceHealth,
  type DeviceStatus,
  healthTopic,
  type PrivacyLevel,
  Receipt,
  receiptsTopic,
  statusTopic,
  tracksTopic,
} from '@safe-passage/contract';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { Type } from 'typebox';
import { type BrokerConfig, DEFAULTS } from '../config.ts';
import { backoffMs } from '../frames/backoff.ts';
import type { OutboxRow } from '../outbox/outbox.ts';
import type { BrokerSecrets } from '../siteFiles.ts';
import { type ConnectionProblem, tellProblem } from './brokerProblems.ts';
import type { Send } from './delivery.ts';

export interface BrokerLinkOptions {
  readonly broker: BrokerConfig;
  /** Asked for each connection: a certificate that was renewed is used from the next one on. */
  readonly secrets: () => Promise<BrokerSecrets>;
  readonly address: CameraAddress;
  /** Where reports go: to the topic of tracks or of counts. */
  readonly level: PrivacyLevel;
  /** The retention of tracks, milliseconds: what an MQTT 5 broker may keep at most. */
  readonly maxAgeMs: number;
  readonly status: (state: DeviceStatus['state']) => DeviceStatus;
  readonly connected: (send: Send) => void;
  readonly disconnected: () => void;
  readonly receipt: (epoch: string, sequences: readonly number[]) => void;
  readonly command: (command: DeviceCommand['command']) => void;
  /** What the hub's clock said when it had the health message of that time. */
  readonly clock: (askedMs: number, hubMs: number) => void;
  readonly log: Logger;
}

const CONNECT_TIMEOUT_MS = 10_000;
const KEEPALIVE_SECONDS = 15;
const GOODBYE_MS = 2_000;
/** How long a broker keeps receipts and commands for a device that is away. */
const SESSION_SECONDS = 86_400;
/** A connection that stood for so long was a good one: the next attempt follows at once. */
const STEADY_MS = 10_000;
/** Two agents of one name end each other's connection whenever they try again, which is twice a minute at least. */
const SHORT_MS = 60_000;
const SHORT_ONES_TOLD = 3;

const checkAnswer = checker(Type.Union([Receipt, ClockAnswer]));
const checkCommand = checker(DeviceCommand);

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}

export class BrokerLink {
  readonly #options: BrokerLinkOptions;
  #client: MqttClient | null = null;
  #failures = 0;
  #shortOnes = 0;

  constructor(options: BrokerLinkOptions) {
    this.#options = options;
  }

  /** Connects, and again after each loss, until the signal is aborted; then says goodbye. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now();
      const stood = await this.#session(signal);
      if (signal.aborted) return;
      if (stood) this.#noteEnd(performance.now() - began);
      this.#failures = stood && performance.now() - began > STEADY_MS ? 1 : this.#failures + 1;
      await sleep(backoffMs(this.#failures, Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }

  /** The broker does not say why it ends a connection; that it does so again and again says something. */
  #noteEnd(stoodMs: number): void {
    this.#shortOnes = stoodMs < SHORT_MS ? this.#shortOnes + 1 : 0;
    if (this.#shortOnes < SHORT_ONES_TOLD) return;
    const { site, device, camera } = this.#options.address;
    this.#options.log.warn(
      {
        site,
        device,
        camera,
        times: this.#shortOnes,
        remedy:
          'Look for another agent with the same site, device and camera, and stop it or give it a device of its own; otherwise the log of the broker says why.',
      },
      'the connection to the broker ends again and again soon after it stands',
    );
  }

  /** Best effort: a status that does not arrive is sent again with the next connection. */
  publishStatus(): void {
    this.#publishRetained('online').catch((problem: unknown) =>
      this.#options.log.warn({ problem: String(problem) }, 'the status could not be published'),
    );
  }

  publishHealth(health: DeviceHealth): void {
    // QoS 0: the next one is better than a late one.
    this.#client?.publish(healthTopic(this.#options.address), JSON.stringify(health), { qos: 0 });
  }

  /** One connection, from the attempt to its end. @returns whether it stood. */
  async #session(signal: AbortSignal): Promise<boolean> {
    const { address, broker, log } = this.#options;
    const secrets = await this.#options.secrets();
    if (signal.aborted) return false;
    let client: MqttClient;
    try {
      client = mqtt.connect(broker.url, this.#clientOptions(secrets));
    } catch (problem) {
      // Whatever is wrong with the access: the camera is still seen, and its reports wait.
      log.error({ broker: broker.url, problem: String(problem) }, 'the access to the broker cannot be used');
      return false;
    }
    let stood = false;
    let leave: () => void = () => undefined;
    // Listeners stand before the first packet can arrive: a kept session sends what it held right after CONNACK.
    const over = new Promise<void>((resolve) => {
      leave = resolve;
      client.on('close', resolve);
    });
    let told = '';
    client.on('error', (problem: ConnectionProblem) => {
      const { said, remedy } = tellProblem(problem);
      // The stream and the client both tell of the same failure.
      if (said !== told) log.warn({ broker: broker.url, problem: said, remedy }, 'the connection to the broker failed');
      told = said;
    });
    client.on('message', (topic, payload) => this.#receive(topic, payload));
    client.on('connect', () => {
      stood = true;
      this.#client = client;
      this.#greet(client).catch((problem: unknown) => {
        log.warn({ broker: broker.url, problem: String(problem) }, 'the connection to the broker could not be used');
        leave();
      });
    });
    const goodbye = () => {
      void this.#sayGoodbye(client, stood).finally(leave);
    };
    signal.addEventListener('abort', goodbye, { once: true });
    if (signal.aborted) goodbye();
    await over;
    signal.removeEventListener('abort', goodbye);
    this.#client = null;
    this.#options.disconnected();
    if (stood) log.info({ broker: broker.url, device: address.device }, 'disconnected from the broker');
    // Whatever this client still holds is sent by the next one, from the outbox.
    await client.endAsync(true).catch(() => undefined);
    return stood;
  }

  #clientOptions(secrets: BrokerSecrets): IClientOptions {
    const { address, broker, status } = this.#options;
    const protocolVersion = broker.protocolVersion ?? DEFAULTS.protocolVersion;
    return {
      ...secrets,
      ...(broker.username !== undefined ? { username: broker.username } : {}),
      protocolVersion,
      clientId: `edge-${address.site}-${address.device}-${address.camera}`,
      clean: false,
      ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: SESSION_SECONDS } } : {}),
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      // This class makes each new connection itself, with a client that holds nothing of the last one.
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: {
        topic: statusTopic(address),
        payload: Buffer.from(JSON.stringify(status('offline'))),
        qos: 1,
        retain: true,
      },
    };
  }

  async #greet(client: MqttClient): Promise<void> {
    const { address, broker, log } = this.#options;
    const grants = await client.subscribeAsync([receiptsTopic(address), commandTopic(address)], { qos: 1 });
    for (const { topic, qos } of grants) {
      if (qos > 2) log.error({ topic }, 'the broker refuses this subscription: check its access list');
    }
    await this.#publishRetained('online');
    log.info({ broker: broker.url, device: address.device }, 'connected to the broker');
    this.#options.connected((row) => this.#publishReport(client, row));
  }

  async #publishReport(client: MqttClient, row: OutboxRow): Promise<void> {
    const { address, broker, level, maxAgeMs } = this.#options;
    const topic = level === 'counts' ? countsTopic(address) : tracksTopic(address);
    const secondsLeft = Math.max(1, Math.floor((row.toMs + maxAgeMs - Date.now()) / 1000));
    await client.publishAsync(topic, row.payload, {
      qos: 1,
      // A broker never keeps what the hub would have destroyed.
      ...(broker.protocolVersion === 5 ? { properties: { messageExpiryInterval: secondsLeft } } : {}),
    });
  }

  async #publishRetained(state: DeviceStatus['state']): Promise<void> {
    const { address, status } = this.#options;
    await this.#client?.publishAsync(statusTopic(address), JSON.stringify(status(state)), { qos: 1, retain: true });
  }

  /** A clean end: the last will is not sent then, so the status is. */
  async #sayGoodbye(client: MqttClient, stood: boolean): Promise<void> {
    if (!stood || !client.connected) return;
    const patience = new AbortController();
    try {
      await Promise.race([
        this.#publishRetained('offline').then(() => client.endAsync(false)),
        sleep(GOODBYE_MS, undefined, { signal: patience.signal }),
      ]);
    } catch (problem) {
      this.#options.log.warn({ problem: String(problem) }, 'the status "offline" could not be published');
    } finally {
      patience.abort();
    }
  }

  #receive(topic: string, payload: Buffer): void {
    const { address, log } = this.#options;
    if (topic === receiptsTopic(address)) {
      const checked = checkAnswer(parsed(payload));
      if (!checked.ok) log.warn({ topic, problems: checked.problems }, 'a receipt that is not one was passed over');
      else if (checked.value.camera === address.camera) {
        const answer = checked.value;
        if (answer.schema === 'receipt/1') this.#options.receipt(answer.epoch, answer.sequences);
        else this.#options.clock(answer.askedMs, answer.hubMs);
      }
    } else if (topic === commandTopic(address)) {
      const checked = checkCommand(parsed(payload));
      if (checked.ok) this.#options.command(checked.value.command);
      else log.warn({ topic, problems: checked.problems }, 'a command that is not one was passed over');
    }
  }
}
