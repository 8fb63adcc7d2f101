/** Connects to the broker under another name than the agent's, so that one that runs is not disturbed. */
import { randomBytes } from 'node:crypto';
import {
  commandTopic,
  countsTopic,
  healthTopic,
  receiptsTopic,
  statusTopic,
  tracksTopic,
} from '@safe-passage/contract';
import mqtt, { type MqttClient } from 'mqtt';
import type { EdgeConfig } from '../config.ts';
import { type ConnectionProblem, tellProblem } from '../publish/brokerProblems.ts';
import type { BrokerSecrets } from '../siteFiles.ts';
import { type Finding, fault, notChecked, ok, warning } from './finding.ts';

const PATIENCE_MS = 8_000;
const NOT_AUTHORISED = 135;
const NO_SUBSCRIBERS = 16;
/** What a broker of MQTT 3.1.1 says to MQTT 5: unacceptable protocol version. */
const OTHER_VERSION = new Set([1, 132]);

/** One attempt, no second one. @throws Error as the library or the network gives it. */
function connect(config: EdgeConfig, secrets: BrokerSecrets, protocolVersion: 4 | 5): Promise<MqttClient> {
  const { broker, site, device } = config;
  return new Promise((resolve, reject) => {
    const client = mqtt.connect(broker.url, {
      ...secrets,
      ...(broker.username !== undefined ? { username: broker.username } : {}),
      protocolVersion,
      clientId: `edge-check-${site}-${device}-${randomBytes(3).toString('hex')}`,
      clean: true,
      connectTimeout: PATIENCE_MS,
      reconnectPeriod: 0,
    });
    let problem: ConnectionProblem = new Error('the broker closed the connection');
    const late = setTimeout(() => {
      problem = new Error(`no answer within ${PATIENCE_MS / 1000} s`);
      client.end(true);
      reject(problem);
    }, PATIENCE_MS);
    client.on('error', (error) => {
      problem = error;
    });
    client.once('close', () => {
      clearTimeout(late);
      client.end(true);
      reject(problem);
    });
    client.once('connect', () => {
      clearTimeout(late);
      resolve(client);
    });
  });
}

/** MQTT 5 wherever the broker speaks it: only there a refused publication is told. */
async function connectBest(
  config: EdgeConfig,
  secrets: BrokerSecrets,
): Promise<{ client: MqttClient; tells: boolean }> {
  try {
    return { client: await connect(config, secrets, 5), tells: true };
  } catch (problem) {
    const { code, message } = problem as ConnectionProblem;
    const other = typeof code === 'number' && OTHER_VERSION.has(code);
    // A broker that knows no MQTT 5 may also close the connection without a word; a second attempt decides.
    if (!other && !/closed the connection|no answer/.test(message)) throw problem;
    return { client: await connect(config, secrets, 4), tells: false };
  }
}

type Publication = 'taken' | 'nobody listens' | 'refused';

/** Reason codes of the acknowledgements by number of the message: the library tells of failures alone, and that nobody listens is none. */
function acknowledgements(client: MqttClient): ReadonlyMap<number, number> {
  const reasons = new Map<number, number>();
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'puback' && packet.messageId !== undefined)
      reasons.set(packet.messageId, packet.reasonCode ?? 0);
  });
  return reasons;
}

/** An empty message, not retained: the hub takes it for no report and keeps nothing of it. */
async function tryPublication(
  client: MqttClient,
  reasons: ReadonlyMap<number, number>,
  topic: string,
): Promise<Publication> {
  try {
    const sent = await client.publishAsync(topic, '', { qos: 1, retain: false });
    return reasons.get(sent?.messageId ?? Number.NaN) === NO_SUBSCRIBERS ? 'nobody listens' : 'taken';
  } catch (problem) {
    if ((problem as ConnectionProblem).code === NOT_AUTHORISED) return 'refused';
    throw problem;
  }
}

async function checkTopics(config: EdgeConfig, client: MqttClient, tells: boolean): Promise<Finding> {
  const subject = 'topics';
  const { site, floor, device, camera } = config;
  const address = { site, floor, device, camera };
  const grants = await client.subscribeAsync([receiptsTopic(address), commandTopic(address)], { qos: 1 });
  const unheard = grants.filter((grant) => grant.qos > 2).map((grant) => grant.topic);
  const reports = config.privacyLevel === 'counts' ? countsTopic(address) : tracksTopic(address);
  const own = [reports, statusTopic(address), healthTopic(address)];
  const reasons = acknowledgements(client);
  const answers = await Promise.all(own.map((topic) => tryPublication(client, reasons, topic)));
  const refused = [...own.filter((_, i) => answers[i] === 'refused'), ...unheard];
  if (refused.length > 0) {
    return fault(
      subject,
      `the broker refuses ${refused.join(', ')}`,
      'The access list goes by the name in the certificate, or the user: it must be the device’s name, and site, floor and device in edge.yaml must be right.',
    );
  }
  if (!tells) {
    return notChecked(subject, 'this broker speaks MQTT 3.1.1 alone, which never tells that a publication was refused');
  }
  if (answers.includes('nobody listens')) {
    return warning(
      subject,
      'may publish its own, but no hub has subscribed to them',
      'Start the hub of this site, and compare site and floor with its hub.yaml; reports wait meanwhile.',
    );
  }
  // A hub's session stays at the broker while it is away, and others may listen: that it runs cannot be told from here.
  return ok(subject, 'may publish and read its own; somebody has subscribed');
}

/** Two findings: whether the broker can be reached and lets this device in, and whether it takes the device's messages. */
export async function checkBroker(config: EdgeConfig, secrets: BrokerSecrets): Promise<readonly Finding[]> {
  const { url } = config.broker;
  let connected: { client: MqttClient; tells: boolean };
  try {
    connected = await connectBest(config, secrets);
  } catch (problem) {
    const { said, remedy } = tellProblem(problem as ConnectionProblem);
    const nowhere = notChecked('topics', 'there is no connection');
    return [fault('broker', `${url}: ${said}`, remedy), nowhere];
  }
  const { client, tells } = connected;
  const late = setTimeout(() => client.end(true), PATIENCE_MS);
  try {
    const topics = await checkTopics(config, client, tells);
    return [ok('broker', `${url} lets this device in`), topics];
  } catch (problem) {
    const reason = problem instanceof Error ? problem.message : String(problem);
    return [
      ok('broker', `${url} lets this device in`),
      fault(
        'topics',
        `the broker broke off: ${reason}`,
        'See the log of the broker: its access list may end the connection.',
      ),
    ];
  } finally {
    clearTimeout(late);
    await client.endAsync(true);
  }
}
