/**
 * The hub's one connection to the broker, whose PUBACK is a promise kept late: it is sent when the hub says so, long
 * after the message was handed over, so that many messages share one transaction.
 *
 * mqtt.js takes one QoS 1 message at a time and sends PUBACK when its `handleMessage` calls back; waiting for a commit
 * there would make a transaction of every message. Its documented way out is used instead: a callback with an error sends
 * no PUBACK and goes on to the next message. The PUBACK, four bytes (MQTT 3.1.1, 3.4), is then written to the same
 * socket after the commit, many in one write. Reconnecting, keep-alive, TLS and subscribing stay with mqtt.js, which
 * speaking the protocol by hand over mqtt-packet would have to do again; nothing private of it is touched; and it works
 * with any broker, where shared subscriptions over several connections would not (aedes has none).
 *
 * An acknowledgement belongs to the network connection that brought the message. When that is gone it is dropped: the
 * broker keeps the session, delivers again, and the store knows the message by its key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { BrokerConfig } from '../config.ts';

/** A message, and where its acknowledgement goes. */
export interface Delivery {
  readonly topic: string;
  readonly payload: Buffer;
  /** The network connection that brought it. */
  readonly stream: object;
  /** Absent for QoS 0, which nobody acknowledges. */
  readonly messageId?: number;
}

export interface BrokerEvents {
  /** @returns false where there is no room for a further message: reading stops until {@link BrokerConnection.resume}. */
  readonly onMessage: (delivery: Delivery) => boolean;
  /** A network connection is gone: what it brought and nobody acknowledged will come again. */
  readonly onLost: (stream: object) => void;
  readonly onState: (state: 'connected' | 'subscribed' | 'disconnected') => void;
  /** Something is wrong that passes by itself or that an operator must mend. */
  readonly onProblem: (problem: Error) => void;
}

const KEEP_ALIVE_SECONDS = 30;
const RESUBSCRIBE_MS = 5_000;
const END_MS = 2_000;
const PUBLISH_PATIENCE_MS = 5_000;
const POLL_MS = 100;

/** Told to mqtt.js in place of "handled": go on, and send no PUBACK. */
const ACKNOWLEDGED_LATER = new Error('acknowledged after the commit');

/** PUBACK packets of MQTT 3.1.1 one behind the other. */
function pubacks(messageIds: readonly number[]): Buffer {
  const packets = Buffer.allocUnsafe(messageIds.length * 4);
  for (const [i, id] of messageIds.entries()) {
    packets[i * 4] = 0x40;
    packets[i * 4 + 1] = 2;
    packets.writeUInt16BE(id, i * 4 + 2);
  }
  return packets;
}

function clientOptions(broker: BrokerConfig): IClientOptions {
  return {
    clientId: broker.clientId,
    clean: false,
    protocolVersion: 4,
    keepalive: KEEP_ALIVE_SECONDS,
    reconnectPeriod: 1_000,
    // A refused CONNECT (credentials being changed, broker starting) is tried again like any other failure.
    reconnectOnConnackError: true,
    connectTimeout: 10_000,
    resubscribe: false,
    queueQoSZero: false,
    ...(broker.username ? { username: broker.username } : {}),
    ...(broker.password ? { password: broker.password } : {}),
    ...(broker.ca ? { ca: broker.ca } : {}),
    ...(broker.cert ? { cert: broker.cert } : {}),
    ...(broker.key ? { key: broker.key } : {}),
  };
}

export class BrokerConnection {
  readonly #client: MqttClient;
  readonly #subscriptions: readonly string[];
  readonly #events: BrokerEvents;
  #stream: object | null = null;
  #goOn: (() => void) | null = null;
  #breathing: NodeJS.Timeout | null = null;
  #resubscribing: NodeJS.Timeout | null = null;
  #ending = false;

  /** Starts to connect at once and keeps trying. */
  constructor(broker: BrokerConfig, subscriptions: readonly string[], events: BrokerEvents) {
    this.#subscriptions = subscriptions;
    this.#events = events;
    this.#client = connect(broker.url, { ...clientOptions(broker), manualConnect: true });
    this.#client.handleMessage = (packet, callback) => {
      const { stream } = this.#client;
      this.#stream = stream;
      const acknowledgedLater = () => callback(packet.qos === 1 ? ACKNOWLEDGED_LATER : undefined);
      if (this.#ending) {
        acknowledgedLater();
        return;
      }
      const room = events.onMessage({
        topic: packet.topic,
        payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
        stream,
        ...(packet.qos === 1 && packet.messageId !== undefined ? { messageId: packet.messageId } : {}),
      });
      if (room) acknowledgedLater();
      else this.#pause(acknowledgedLater);
    };
    this.#client.on('connect', () => {
      this.#stream = this.#client.stream;
      events.onState('connected');
      this.#subscribe();
    });
    this.#client.on('close', () => {
      this.#lost();
      // Before the next attempt, which is a second away.
      if (!this.#ending) void this.#renewAccess(broker);
    });
    this.#client.on('error', (problem) => events.onProblem(problem));
    this.#client.connect();
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  /** Sends PUBACK for those that came over the connection that stands now; the others will be delivered again. */
  acknowledge(deliveries: readonly Delivery[]): void {
    const { stream } = this.#client;
    if (!this.#client.connected || !stream.writable) return;
    const ids: number[] = [];
    for (const delivery of deliveries) {
      if (delivery.messageId !== undefined && delivery.stream === stream) ids.push(delivery.messageId);
    }
    if (ids.length > 0) stream.write(pubacks(ids));
  }

  /** @param retain the broker keeps it for whoever comes later. @returns when the broker has it. @throws where there is no connection for a few seconds, or this one is closed. */
  async publish(topic: string, text: string, retain = false): Promise<void> {
    for (let waited = 0; !this.#client.connected; waited += POLL_MS) {
      if (waited >= PUBLISH_PATIENCE_MS) throw new Error('there is no connection to the broker');
      await sleep(POLL_MS);
    }
    await this.#client.publishAsync(topic, text, { qos: 1, retain });
  }

  /** For what is of use at once or never: QoS 0, and not at all without a connection. */
  say(topic: string, text: string): void {
    if (this.#client.connected) this.#client.publish(topic, text, { qos: 0 });
  }

  /** There is room again. */
  resume(): void {
    const goOn = this.#goOn;
    this.#goOn = null;
    if (this.#breathing) clearInterval(this.#breathing);
    this.#breathing = null;
    goOn?.();
  }

  /** Takes no further message. Acknowledging goes on until {@link end}. */
  close(): void {
    this.#ending = true;
    this.resume();
  }

  /** Says goodbye; the session stays at the broker. */
  async end(): Promise<void> {
    this.close();
    if (this.#resubscribing) clearTimeout(this.#resubscribing);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), END_MS);
    });
    const goodbye = this.#client.endAsync().then(() => 'done' as const);
    const outcome = await Promise.race([goodbye.catch(() => 'late' as const), patience]);
    clearTimeout(timer);
    if (outcome === 'late') this.#client.end(true);
  }

  #subscribe(): void {
    this.#client.subscribe([...this.#subscriptions], { qos: 1 }, (problem, granted) => {
      const refused = granted?.filter((grant) => grant.qos > 1) ?? [];
      if (!problem && refused.length === 0) {
        this.#events.onState('subscribed');
        return;
      }
      if (this.#ending || !this.#client.connected) return;
      this.#events.onProblem(
        new Error(
          `the broker refuses a subscription (${problem?.message ?? refused.map((grant) => grant.topic).join(', ')}): ` +
            'its access rules must let the hub read tracks, counts, status and health',
        ),
      );
      this.#resubscribing = setTimeout(() => {
        if (this.#client.connected && !this.#ending) this.#subscribe();
      }, RESUBSCRIBE_MS);
    });
  }

  /** What was renewed or mended meanwhile lets the hub in without a restart. */
  async #renewAccess({ readAgain }: BrokerConfig): Promise<void> {
    try {
      // mqtt.js makes each connection of these options, which are its own object.
      if (readAgain) Object.assign(this.#client.options, await readAgain());
    } catch (problem) {
      this.#events.onProblem(problem instanceof Error ? problem : new Error(String(problem)));
    }
  }

  #lost(): void {
    const stream = this.#stream;
    this.#stream = null;
    if (stream) {
      this.#events.onLost(stream);
      this.#events.onState('disconnected');
    }
    this.resume();
  }

  /**
   * Stops reading from the socket. The answers to keep-alive pings are not read then either, so pings are sent here, for
   * the broker to see, and mqtt.js is kept from drawing conclusions; a dead connection shows when writing fails.
   */
  #pause(goOn: () => void): void {
    this.#goOn = goOn;
    this.#breathing ??= setInterval(
      () => {
        if (!this.#client.connected) return;
        this.#client.reschedulePing(true);
        this.#client.sendPing();
      },
      (KEEP_ALIVE_SECONDS * 1000) / 3,
    );
  }
}
