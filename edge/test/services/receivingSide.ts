/** The other side of the contract as small as it can be: takes reports, remembers them, and sends receipts if it may. */
import {
  type CameraReport,
  CameraReport as CameraReportSchema,
  type ClockAnswer,
  CountMessage,
  checker,
  commandTopic,
  type DeviceAddress,
  type DeviceCommand,
  DeviceHealth,
  DeviceStatus,
  hubSubscriptions,
  parseTopic,
  receiptsTopic,
} from '@safe-passage/contract';
import { connectAsync, type MqttClient } from 'mqtt';

const check = checker(CameraReportSchema);
const checkCounts = checker(CountMessage);
const checkHealth = checker(DeviceHealth);
const checkStatus = checker(DeviceStatus);

export class ReceivingSide {
  readonly reports: (CameraReport | CountMessage)[] = [];
  /** Every message, as it came. */
  readonly heard: { readonly topic: string; readonly payload: string }[] = [];
  readonly statuses: DeviceStatus[] = [];
  readonly health: DeviceHealth[] = [];
  /** How far its clock is ahead of the device's. */
  aheadMs = 0;
  /** Messages that the contract refuses. */
  readonly refused: string[] = [];
  sendsReceipts = true;
  #client: MqttClient | null = null;

  async connect(url: string, site: string): Promise<void> {
    const client = await connectAsync(url, { reconnectPeriod: 100, clientId: `receiving-side-${process.pid}` });
    client.on('error', () => undefined);
    client.on('message', (topic, payload) => this.#take(topic, payload.toString()));
    this.#client = client;
    await client.subscribeAsync(Object.values(hubSubscriptions(site)), { qos: 1 });
  }

  async close(): Promise<void> {
    await this.#client?.endAsync(true);
    this.#client = null;
  }

  async order(address: DeviceAddress, command: DeviceCommand['command']): Promise<void> {
    const message: DeviceCommand = { schema: 'command/1', command };
    await this.#client?.publishAsync(commandTopic(address), JSON.stringify(message), { qos: 1 });
  }

  /** Sequence numbers received, in ascending order, each once. */
  get sequences(): number[] {
    return [...new Set(this.reports.map((report) => report.sequence))].sort((a, b) => a - b);
  }

  /** Numbers from 1 to the highest one received that neither arrived nor are declared in a gap. */
  get missing(): number[] {
    const there = new Set(this.sequences);
    for (const report of this.reports) {
      if (report.schema !== 'gap-report/1') continue;
      for (let n = report.firstSequence; n <= report.lastSequence; n += 1) there.add(n);
    }
    const highest = this.sequences.at(-1) ?? 0;
    return Array.from({ length: highest }, (_, i) => i + 1).filter((n) => !there.has(n));
  }

  #take(topic: string, payload: string): void {
    const place = parseTopic(topic);
    this.heard.push({ topic, payload });
    const document: unknown = JSON.parse(payload);
    if (place?.kind === 'status') {
      const checked = checkStatus(document);
      if (checked.ok) this.statuses.push(checked.value);
      else this.refused.push(payload);
    } else if (place?.kind === 'health') {
      const checked = checkHealth(document);
      if (!checked.ok) {
        this.refused.push(payload);
        return;
      }
      const { camera, timeMs } = checked.value;
      this.health.push(checked.value);
      const answer: ClockAnswer = {
        schema: 'clock-answer/1',
        camera,
        askedMs: timeMs,
        hubMs: Date.now() + this.aheadMs,
      };
      this.#client?.publish(receiptsTopic(place), JSON.stringify(answer), { qos: 0 });
    } else if (place?.kind === 'tracks' || place?.kind === 'counts') {
      const checked = place.kind === 'tracks' ? check(document) : checkCounts(document);
      if (!checked.ok) {
        this.refused.push(payload);
        return;
      }
      const { camera, epoch, sequence } = checked.value;
      this.reports.push(checked.value);
      if (!this.sendsReceipts) return;
      const receipt = { schema: 'receipt/1', camera, epoch, sequences: [sequence] };
      this.#client?.publish(receiptsTopic(place), JSON.stringify(receipt), { qos: 1 });
    }
  }
}
