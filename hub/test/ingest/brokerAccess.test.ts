import { OperatorError } from '@safe-passage/cli';
import { afterEach, expect, it } from 'vitest';
import { startAedes, type TestBroker } from '../../../test/services/brokers.ts';
import { until } from '../../../test/services/program.ts';
import type { BrokerAccess } from '../../src/config.ts';
import { BrokerConnection } from '../../src/ingest/brokerConnection.ts';

let broker: TestBroker;
let connection: BrokerConnection;
afterEach(async () => {
  await connection.end();
  await broker.stop();
});

/** The hub's files on the disk: each time that they are read, the next of these. */
function connect(...onDisk: (() => BrokerAccess)[]): { states: string[]; problems: string[] } {
  const states: string[] = [];
  const problems: string[] = [];
  const readAgain = async (): Promise<BrokerAccess> => ((onDisk.length > 1 ? onDisk.shift() : onDisk[0]) ?? Object)();
  connection = new BrokerConnection(
    { url: broker.url, clientId: 'hub', username: 'hub', password: 'old', readAgain },
    ['a'],
    {
      onMessage: () => true,
      onLost: () => undefined,
      onState: (state) => states.push(state),
      onProblem: ({ message }) => problems.push(message),
    },
  );
  return { states, problems };
}

const lettingIn = (welcome: string) =>
  startAedes((_client, _username, password, done) => {
    if (password?.toString() === welcome) done(null, true);
    else done(Object.assign(new Error('bad'), { returnCode: 4 as const }), null);
  });

it('a hub takes renewed access to the broker with its next attempt, without a restart', async () => {
  broker = await lettingIn('new');
  const { states, problems } = connect(() => ({ password: 'new' }));
  await until('the connection', 20, () => states.includes('subscribed'));
  expect(problems.join()).toMatch(/Bad username or password/i);
});

it('a hub goes on with the access that it has while a renewal is half copied', async () => {
  broker = await lettingIn('old');
  const { states, problems } = connect(() => {
    throw new OperatorError('broker.key is not the key of broker.cert', 'Copy both.');
  });
  await until('the connection', 20, () => states.includes('subscribed'));
  await broker.kill();
  await broker.start();
  await until('another connection', 20, () => states.filter((state) => state === 'subscribed').length === 2);
  expect(problems).toContain('broker.key is not the key of broker.cert');
});
