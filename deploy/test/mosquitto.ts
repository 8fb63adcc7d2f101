/** The broker as it is deployed: its configuration and its access list, with this test's folder and port. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@safe-passage/start/ports.ts';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { mosquittoBinary } from '../../test/services/machine.ts';
import { until } from '../../test/services/program.ts';

const run = promisify(execFile);
export const DEPLOY = resolve(import.meta.dirname, '..');
export const CERTS = join(DEPLOY, 'certs/certs');

/** Runs `certs`. @returns what it said. */
export async function certs(dir: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(CERTS, [...args, '--dir', dir]);
  return stdout;
}

export interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export const credentialPaths = (dir: string, name: string): Credentials => ({
  ca: join(dir, 'ca.pem'),
  cert: join(dir, 'issued', name, `${name}.pem`),
  key: join(dir, 'issued', name, `${name}.key`),
});

async function contents(paths: Credentials): Promise<Credentials> {
  const [ca, cert, key] = await Promise.all([paths.ca, paths.cert, paths.key].map((path) => readFile(path, 'utf8')));
  return { ca: ca ?? '', cert: cert ?? '', key: key ?? '' };
}

export class DeployedBroker {
  readonly folder: string;
  /** The authority's folder. */
  readonly authority: string;
  readonly port: number;
  readonly url: string;
  #child: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.authority = join(folder, 'authority');
    this.port = port;
    this.url = `mqtts://localhost:${port}`;
  }

  /** @param names who is enrolled. */
  static async start(names: readonly string[]): Promise<DeployedBroker> {
    const broker = new DeployedBroker(await mkdtemp(join(tmpdir(), 'safe-passage-broker-')), await freePort());
    const { folder, authority } = broker;
    await certs(authority, 'authority', '--name', 'test');
    await certs(authority, 'enrol', 'broker', '--server', 'localhost,127.0.0.1');
    for (const name of names) await certs(authority, 'enrol', name);
    await mkdir(join(folder, 'data'));
    await mkdir(join(folder, 'certs'));
    await broker.#giveCertificates();
    await cp(join(DEPLOY, 'mosquitto/acl'), join(folder, 'acl'));
    const configuration = (await readFile(join(DEPLOY, 'mosquitto/mosquitto.conf'), 'utf8'))
      .replace('listener 8883', `listener ${broker.port} 127.0.0.1`)
      .replace('/mosquitto/config/acl', join(folder, 'acl'))
      .replaceAll('/mosquitto/', `${folder}/`);
    const user = process.getuid?.() === 0 ? 'user root\n' : '';
    await writeFile(join(folder, 'mosquitto.conf'), `${configuration}${user}`);
    if (!mosquittoBinary) throw new Error('there is no Mosquitto: install it, or set SAFE_PASSAGE_MOSQUITTO');
    const child = spawn(mosquittoBinary, ['-c', join(folder, 'mosquitto.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    broker.#child = child;
    await until(`Mosquitto to listen`, 20, async () => {
      if (child.exitCode !== null) throw new Error(`Mosquitto ended with ${child.exitCode}:\n${said}`);
      const socket = connectTcp(broker.port, '127.0.0.1');
      const open = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'error').then(() => false),
      ]).catch(() => false);
      socket.destroy();
      return open;
    });
    return broker;
  }

  async #giveCertificates(): Promise<void> {
    const { cert, key, ca } = credentialPaths(this.authority, 'broker');
    await cp(ca, join(this.folder, 'certs/ca.pem'));
    await cp(cert, join(this.folder, 'certs/broker.pem'));
    await cp(key, join(this.folder, 'certs/broker.key'));
    await cp(join(this.authority, 'crl.pem'), join(this.folder, 'certs/crl.pem'));
  }

  /** After a revocation: the list as it is now, and a SIGHUP. */
  async reload(): Promise<void> {
    await this.#giveCertificates();
    this.#child?.kill('SIGHUP');
  }

  /** Connects with the certificate of a name. @throws where the broker does not let it in. */
  async connect(name: string, options: IClientOptions = {}): Promise<MqttClient> {
    return await this.connectWith(await contents(credentialPaths(this.authority, name)), options);
  }

  async connectWith(credentials: Partial<Credentials>, options: IClientOptions = {}): Promise<MqttClient> {
    const client = await connectAsync(
      this.url,
      { reconnectPeriod: 0, connectTimeout: 10_000, ...credentials, ...options },
      false,
    );
    client.on('error', () => undefined);
    return client;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
