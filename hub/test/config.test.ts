import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { OperatorError } from '@safe-passage/cli';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadHubConfig } from '../src/config.ts';

const PLAN = {
  id: 'hall',
  name: 'Hall',
  bounds: [
    [0, 0],
    [10, 10],
  ],
  walls: [],
  zones: [],
  cameras: [],
};

/** Any will do: it is read and not used. */
const CERTIFICATE = rootCertificates[0] as string;

const MINIMAL = `site: demo
timeZone: Europe/Vienna
database:
  url: postgres://hub:geheim@db.example.org/site
broker:
  url: mqtts://broker.example.org
floors:
  - plan: hall.json
`;

describe('hub.yaml', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safe-passage-config-'));
    await writeFile(join(folder, 'hall.json'), JSON.stringify(PLAN));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const load = async (text: string, env: NodeJS.ProcessEnv = {}) => {
    await writeFile(join(folder, 'hub.yaml'), text);
    return await loadHubConfig(join(folder, 'hub.yaml'), env);
  };
  const complaint = async (text: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
    try {
      await load(text, env);
    } catch (problem) {
      if (problem instanceof OperatorError) return `${problem.message}\n${problem.remedy}`;
      throw problem;
    }
    throw new Error('the configuration was taken');
  };

  it('needs a site, a time zone, a database, a broker and a floor, and fills in the rest', async () => {
    expect(await load(MINIMAL)).toEqual({
      site: 'demo',
      timeZone: 'Europe/Vienna',
      databaseUrl: 'postgres://hub:geheim@db.example.org/site',
      broker: { url: 'mqtts://broker.example.org', clientId: 'safe-passage-hub-demo' },
      listen: { host: '127.0.0.1', port: 8080 },
      consoleUrl: 'http://127.0.0.1:8080',
      floors: [PLAN],
      policyFile: null,
      privacyFile: null,
      signIn: { sessionSeconds: 43_200, idleSeconds: 7_200, oidc: null },
      privacyKeyFile: null,
      auditKeyFile: join(folder, 'audit-key.pem'),
      auditPublishMinutes: 5,
      retention: { tracksHours: 72 },
    });
  });

  it('takes secrets from files beside it, and the database from the environment before all', async () => {
    await writeFile(join(folder, 'url'), 'postgres://hub@file.example.org/site\n');
    await writeFile(join(folder, 'password'), 'pw\n');
    await writeFile(join(folder, 'ca.pem'), CERTIFICATE);
    const text = MINIMAL.replace('url: postgres://hub:geheim@db.example.org/site', 'urlFile: url').replace(
      'url: mqtts://broker.example.org',
      'url: mqtts://broker.example.org\n  username: hub\n  passwordFile: password\n  ca: ca.pem',
    );
    const config = await load(text);
    expect(config.databaseUrl).toBe('postgres://hub@file.example.org/site');
    expect(config.broker).toMatchObject({ username: 'hub', password: 'pw', ca: Buffer.from(CERTIFICATE) });
    await writeFile(join(folder, 'password'), 'another\n');
    expect(await config.broker.readAgain?.(), 'what was renewed while the hub runs').toMatchObject({
      password: 'another',
    });
    const env = { SAFE_PASSAGE_DATABASE_URL: 'postgres://hub@env.example.org/site' };
    expect((await load(text, env)).databaseUrl).toBe(env.SAFE_PASSAGE_DATABASE_URL);
    const file = { SAFE_PASSAGE_DATABASE_URL_FILE: join(folder, 'url') };
    expect((await load(MINIMAL, file)).databaseUrl).toBe('postgres://hub@file.example.org/site');
  });

  const OIDC = `signIn:
  sessionHours: 8
  idleMinutes: 30
  oidc:
    name: the airport
    issuer: https://login.example.org/realms/airport
    clientId: safe-passage
    clientSecretFile: oidc.secret
    address: https://safe-passage.example.org/
    roles:
      - { value: sp-reviewers, role: reviewer }
`;

  it('takes how people sign in, with its secret from a file, and sends nobody’s password over plain http', async () => {
    await writeFile(join(folder, 'oidc.secret'), 'hush\n');
    expect((await load(MINIMAL + OIDC)).signIn).toEqual({
      sessionSeconds: 8 * 3600,
      idleSeconds: 1800,
      oidc: {
        name: 'the airport',
        issuer: 'https://login.example.org/realms/airport',
        clientId: 'safe-passage',
        clientSecret: 'hush',
        address: 'https://safe-passage.example.org',
        scopes: ['openid', 'profile'],
        nameClaim: 'preferred_username',
        roleClaim: 'groups',
        roles: [{ value: 'sp-reviewers', role: 'reviewer' }],
        prompt: 'login',
      },
    });
    expect(await complaint(MINIMAL + OIDC.replace('https://login', 'http://login'))).toMatch(
      /oidc\.issuer: .*not an https/,
    );
    expect(await complaint(MINIMAL + OIDC.replace('https://safe', 'http://safe'))).toMatch(
      /oidc\.address: .*not an https/,
    );
    expect(await complaint(MINIMAL + OIDC.replace('role: reviewer', 'role: admin'))).toMatch(
      /signIn\.oidc\.roles\.0\.role/,
    );
  });

  it('names the field, the line, the value and what is wanted', async () => {
    const text = await complaint(`${MINIMAL}retention:\n  tracksHours: 0\nlisten:\n  prot: 80\n`);
    expect(text).toMatch(/retention\.tracksHours \(line 10\): must be >= 1; found 0/);
    expect(text).toMatch(/listen\.prot \(line 12\): is not a known field/);
  });

  it.each(['mqtts://broker.example.org:99999', 'mqtts://:8883'])(
    'refuses the broker %s, which is nowhere',
    async (url) => {
      const text = await complaint(MINIMAL.replace('mqtts://broker.example.org', url));
      expect(text).toMatch(/broker\.url \(line 6\): must be mqtts:\/\/HOST:PORT/);
      expect(text).not.toContain(url);
    },
  );

  it('names the file that is no certificate before a broker is asked', async () => {
    await writeFile(join(folder, 'hub.pem'), 'none');
    await writeFile(join(folder, 'hub.key'), 'none');
    const text = await complaint(
      MINIMAL.replace('mqtts://broker.example.org', 'mqtts://broker.example.org\n  cert: hub.pem\n  key: hub.key'),
    );
    expect(text).toMatch(/broker\.cert .*hub\.pem is no certificate in PEM form/);
  });

  it('says what a text has to look like in words, never as a regular expression', async () => {
    const text = await complaint(MINIMAL.replace('site: demo', 'site: Demo Airport').replace('mqtts:', 'https:'));
    expect(text).toMatch(/site \(line 1\): must be a name of 1 to 63 letters a-z, .*; found "Demo Airport"/);
    expect(text).toMatch(/broker\.url \(line 6\): must be mqtts:\/\/HOST:PORT/);
    expect(text).not.toContain('pattern');
  });

  it('refuses a floor plan with a zone whose outline crosses itself, by the zone, the edges and what to do', async () => {
    const polygon = [
      [0, 0],
      [2, 2],
      [2, 0],
      [0, 2],
    ];
    const zone = { id: 'prayer-room', name: 'Prayer room', kind: 'blind', polygon };
    await writeFile(join(folder, 'hall.json'), JSON.stringify({ ...PLAN, zones: [zone] }));
    const told = await complaint(MINIMAL);
    expect(told).toMatch(
      /hall\.json[\s\S]*zones\.0\.polygon \(line 1\): must not cross itself: give its corners in the order/,
    );
    expect(told).toContain('the edge from corner 1 [0,0] to corner 2 [2,2] crossing the edge from corner 3 [2,0] to');
    expect(told).toContain('of zone "prayer-room"');
  });

  it('says which line is no YAML', async () => {
    expect(await complaint('site: [demo\ntimeZone: UTC\n')).toMatch(/line 2/);
  });

  it('refuses what cannot be: a time zone, a certificate without its key, one id for two floors, no database', async () => {
    expect(await complaint(MINIMAL.replace('Europe/Vienna', 'Europe/Atlantis'))).toMatch(/"Europe\/Atlantis".*IANA/s);
    expect(await complaint(MINIMAL.replace('example.org\nfloors', 'example.org\n  cert: ca.pem\nfloors'))).toMatch(
      /broker\.key is missing/,
    );
    expect(await complaint(`${MINIMAL}  - plan: hall.json\n`)).toMatch(/floors\.1\.plan: .*"hall"/);
    expect(await complaint(MINIMAL.replace('hall.json', 'roof.json'))).toMatch(/roof\.json cannot be read/);
    expect(await complaint(MINIMAL.replace(/database:\n.*\n/, ''))).toMatch(
      /No database is named[\s\S]*SAFE_PASSAGE_DATABASE_URL/,
    );
  });

  it('never shows a password', async () => {
    const broken = MINIMAL.replace('postgres://', 'mysql://');
    expect(await complaint(broken)).not.toMatch(/geheim/);
    expect(await complaint(MINIMAL, { SAFE_PASSAGE_DATABASE_URL: 'host=db password=geheim' })).not.toMatch(/geheim/);
  });
});
