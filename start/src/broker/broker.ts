/** The embedded MQTT broker: aedes on the loopback interface, with a password and a right of its own for everybody. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type DeviceAddress, parseTopic, statusTopic, TOPIC_ROOT } from '@safe-passage/contract';
import { Aedes, type AedesPublishPacket, type AuthenticateError, type Client } from 'aedes';

const BAD_USERNAME_OR_PASSWORD = 4;

type Account = { readonly kind: 'hub' } | { readonly kind: 'device'; readonly address: DeviceAddress };

export interface EmbeddedBroker {
  readonly port: number;
  /** Opens an account and gives its password, which holds for this run alone. */
  account(name: string, account: Account): string;
  /** Resolves once the device has said that it is online. */
  online(address: DeviceAddress, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

function refusal(): AuthenticateError {
  return Object.assign(new Error('wrong name or password'), { returnCode: BAD_USERNAME_OR_PASSWORD });
}

/** A device speaks for itself alone; the hub sends commands, receipts and alerts. */
function mayPublish(account: Account, topic: string): boolean {
  const parsed = parseTopic(topic);
  if (!parsed) return false;
  if (account.kind === 'hub') {
    return (
      parsed.kind === 'alerts' ||
      parsed.kind === 'auditCheckpoint' ||
      parsed.kind === 'receipts' ||
      parsed.kind === 'command'
    );
  }
  const { kind } = parsed;
  if (kind !== 'tracks' && kind !== 'counts' && kind !== 'status' && kind !== 'health') return false;
  const { site, floor, device } = account.address;
  return parsed.site === site && parsed.floor === floor && parsed.device === device;
}

/** A device hears what is meant for it; the hub hears all of the contract. */
function maySubscribe(account: Account, filter: string): boolean {
  if (account.kind === 'hub') return filter.startsWith(`${TOPIC_ROOT}/`);
  const { site, floor, device } = account.address;
  const own = `${TOPIC_ROOT}/${site}/${floor}/${device}/`;
  return filter === `${own}command` || filter === `${own}receipts`;
}

export async function startBroker(): Promise<EmbeddedBroker> {
  const accounts = new Map<string, { readonly password: Buffer; readonly account: Account }>();
  const signedIn = new WeakMap<Client, Account>();
  const broker = await Aedes.createBroker({
    authenticate: (client, username, password, done) => {
      const found = accounts.get(username ?? '');
      const right =
        found !== undefined && password?.length === found.password.length && timingSafeEqual(password, found.password);
      if (!right) return done(refusal(), false);
      signedIn.set(client, found.account);
      done(null, true);
    },
    authorizePublish: (client, packet, done) => {
      const account = client ? signedIn.get(client) : undefined;
      done(
        account && !mayPublish(account, packet.topic) ? new Error(`not allowed to publish to ${packet.topic}`) : null,
      );
    },
    authorizeSubscribe: (client, subscription, done) => {
      const account = signedIn.get(client);
      done(null, account && maySubscribe(account, subscription.topic) ? subscription : null);
    },
  });
  // One for each agent that is waited for: many cameras are no leak.
  broker.setMaxListeners(0);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    account: (name, account) => {
      const password = randomBytes(24).toString('base64url');
      accounts.set(name, { password: Buffer.from(password), account });
      return password;
    },
    online: (address, signal) =>
      new Promise((resolve, reject) => {
        const topic = statusTopic(address);
        const stop = () => {
          broker.removeListener('publish', onPublish);
          signal.removeEventListener('abort', onAbort);
        };
        const onAbort = () => {
          stop();
          reject(signal.reason);
        };
        const onPublish = (packet: AedesPublishPacket) => {
          if (packet.topic !== topic || !packet.payload.toString().includes('"online"')) return;
          stop();
          resolve();
        };
        broker.on('publish', onPublish);
        signal.addEventListener('abort', onAbort, { once: true });
      }),
    close: async () => {
      await new Promise<void>((resolve) => broker.close(resolve));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
