/** What `docker compose` would be told. No container engine is needed, and none is asked: see docs/deployment.md. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadHubConfig } from '@safe-passage/hub/config.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { opensslBinary } from '../../test/services/machine.ts';
import { DEPLOY } from './mosquitto.ts';

const run = promisify(execFile);
const ROOT = resolve(DEPLOY, '..');

interface ComposeService {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy: { readonly resources: { readonly limits: Readonly<Record<string, unknown>> } };
  readonly privileged?: boolean;
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(await readFile(join(DEPLOY, 'compose.yaml'), 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);

describe('compose.yaml', () => {
  it.each(services)('%s runs as nobody special, changes nothing of its image, and is bounded', (_name, service) => {
    expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.privileged).toBeUndefined();
    expect(Object.keys(service.deploy.resources.limits).sort()).toEqual(['cpus', 'memory', 'pids']);
    expect(service.image).toMatch(/:\d+\.\d+/);
  });

  it.each(services)('%s tells how it is, and waits for what can be waited for', (name, service) => {
    if (name === 'migrate') expect(service.healthcheck?.disable).toBe(true);
    else expect(service.healthcheck?.test?.length).toBeGreaterThan(1);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(other);
      expect(condition).toBe(other === 'migrate' ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  it('opens the door of the devices to the network, console and Grafana to the machine, and nothing else', () => {
    const ports = services.flatMap(([name, service]) => (service.ports ?? []).map((port) => `${name} ${port}`));
    expect(ports.sort()).toEqual(['broker 8883:8883', 'grafana 127.0.0.1:3000:3000', 'hub 127.0.0.1:8080:8080']);
    expect(compose.networks.inside?.internal).toBe(true);
    for (const name of ['database', 'backup', 'migrate']) expect(compose.services[name]?.networks).toEqual(['inside']);
  });

  it('has its secrets in files, each used, and none in the environment', () => {
    const used = new Set(services.flatMap(([, service]) => service.secrets ?? []));
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
    for (const [, service] of services) {
      for (const [name, value] of Object.entries(service.environment ?? {})) {
        if (/PASSWORD|SECRET|_KEY|_URL|PGPASS/.test(name)) expect(value, name).toMatch(/^\/run\/secrets\//);
        const secret = /^\/run\/secrets\/(\w+)$/.exec(String(value))?.[1];
        if (secret) expect(service.secrets).toContain(secret);
      }
    }
  });

  it('names volumes and networks that there are, and mounts files that there are', () => {
    for (const [name, service] of services) {
      for (const network of service.networks) expect(Object.keys(compose.networks), name).toContain(network);
      for (const volume of service.volumes ?? []) {
        const source = volume.replace(/\$\{SITE:-([^}]+)\}/, '$1').split(':')[0] ?? '';
        if (!source.startsWith('.')) expect(Object.keys(compose.volumes), volume).toContain(source);
        else if (!source.startsWith('./site/') && !source.startsWith('../dashboards/')) {
          expect(existsSync(join(DEPLOY, source)), volume).toBe(true);
        }
      }
    }
  });
});

describe.skipIf(!opensslBinary)('deploy/prepare (needs openssl)', () => {
  let site: string;
  beforeAll(async () => {
    site = await mkdtemp(join(tmpdir(), 'safe-passage-site-'));
    await run(join(DEPLOY, 'prepare'), ['--site', 'lhx', '--broker', 'broker.example,192.0.2.7', '--dir', site]);
  });
  afterAll(() => rm(site, { recursive: true, force: true }));

  it('makes every secret and every file that compose.yaml names, secrets for their reader alone', async () => {
    for (const { file } of Object.values(compose.secrets)) {
      const path = join(site, file.replace(/^.*\}\//, ''));
      expect((await stat(path)).mode & 0o777, path).toBe(0o400);
    }
    expect((await readdir(join(site, 'broker'))).sort()).toEqual(['broker.key', 'broker.pem', 'ca.pem', 'crl.pem']);
    expect((await stat(join(site, 'broker/broker.key'))).mode & 0o077).toBe(0);
    const { stdout } = await run('openssl', [
      'x509',
      '-in',
      join(site, 'broker/broker.pem'),
      '-noout',
      '-ext',
      'subjectAltName',
    ]);
    expect(stdout).toMatch(/DNS:broker, DNS:broker\.example, IP Address:192\.0\.2\.7/);
  });

  it('writes a hub.yaml that the hub takes', async () => {
    const url = join(site, 'secrets/hub_database_url');
    const config = await loadHubConfig(join(site, 'hub/hub.yaml'), { SAFE_PASSAGE_DATABASE_URL_FILE: url });
    expect(config).toMatchObject({ site: 'lhx', listen: { port: 8080 }, privacyFile: join(site, 'hub/privacy.yaml') });
    expect(config.broker.url).toBe('mqtts://broker:8883');
    expect(config.databaseUrl).toMatch(/^postgres:\/\/hub_login:[0-9a-f]{48}@database:5432\/safe_passage$/);
  });

  it('changes nothing when it is run again', async () => {
    const before = await readFile(join(site, 'secrets/hub_password'), 'utf8');
    await run(join(DEPLOY, 'prepare'), ['--site', 'lhx', '--broker', 'broker.example', '--dir', site]);
    expect(await readFile(join(site, 'secrets/hub_password'), 'utf8')).toBe(before);
  });
});

describe('the images', () => {
  it.each(['hub', 'edge'])(
    '%s: several stages on a slim base, nobody special, from files that there are',
    async (name) => {
      const text = await readFile(join(DEPLOY, `images/${name}.Dockerfile`), 'utf8');
      const bases = [...text.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm)].map((match) => match[1]);
      expect(bases.length).toBeGreaterThanOrEqual(3);
      expect(new Set(bases)).toEqual(new Set(['node:24-bookworm-slim']));
      const last = text.slice(text.lastIndexOf('\nFROM '));
      expect(last).toMatch(/^USER [1-9]\d*:\d+$/m);
      expect(last).not.toMatch(/^RUN (?:npm|apt)/m);
      for (const [, path = ''] of last.matchAll(/^COPY --from=source \/source\/(\S+) [a-z]+$/gm)) {
        expect(existsSync(join(ROOT, path)), path).toBe(true);
      }
      const [, program = ''] = /^ENTRYPOINT \["node", "([^"]+)"\]$/m.exec(last) ?? [];
      expect(existsSync(join(ROOT, program)), program).toBe(true);
      const bake = await readFile(join(DEPLOY, 'images/bake.hcl'), 'utf8');
      expect(bake).toContain('platforms = ["linux/amd64", "linux/arm64"]');
      expect(bake).toContain(`dockerfile = "deploy/images/${name}.Dockerfile"`);
    },
  );

  it.each(['hub', 'edge'])('%s holds every package of ours that its code imports', async (name) => {
    const text = await readFile(join(DEPLOY, `images/${name}.Dockerfile`), 'utf8');
    const copied = new Set([...text.matchAll(/^COPY --from=source \/source\/(\w+) /gm)].map((match) => match[1]));
    const { dependencies } = JSON.parse(await readFile(join(ROOT, name, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const dependency of Object.keys(dependencies)) {
      const [, own] = /^@safe-passage\/(\w+)$/.exec(dependency) ?? [];
      if (own) expect(copied).toContain(own);
    }
  });
});
