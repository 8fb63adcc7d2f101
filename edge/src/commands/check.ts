import { type Command, defineCommand, EXIT, numberOption, OperatorError, Progress } from '@safe-passage/cli';
import { checkDevice, LOOKS } from '../check/check.ts';
import { type Finding, fault, findingsSummary, findingsTable, notChecked, ok } from '../check/finding.ts';
import { type EdgeConfig, readConfig } from '../config.ts';

const UNREAD = notChecked('the rest', 'rests on the configuration: mend it first');

export const check: Command = defineCommand({
  summary: 'Tells everything that is wrong with this device before it is rolled out.',
  usage: 'npm run -s edge -- check --config edge.yaml [--time-server HOST]',
  description: [
    'One table: camera (opened, one picture taken, its size against the calibration), calibration (there, age, error), floor plan, privacy level,',
    'detector (its digest against its manifest), clock, disk (outbox), certificate, broker and topics. Each fault has its remedy below it.',
    'The agent may run meanwhile: nothing is sent but empty messages that the hub takes for none, under another name than the agent’s.',
    'The clock is measured against --time-server; without one only the word of the operating system is told.',
    'Exit code 0: no fault (warnings may be there). 1: at least one fault. 2: the command line is wrong.',
  ].join('\n'),
  options: {
    config: { type: 'string', short: 'c', value: 'FILE', default: 'edge.yaml', help: 'the configuration of the agent' },
    'time-server': {
      type: 'string',
      value: 'HOST',
      help: 'an NTP server to measure the clock against, HOST or HOST:PORT',
    },
    'wait-seconds': { type: 'string', value: 'SECONDS', default: '15', help: 'how long the first picture may take' },
  },
  examples: [
    'npm run -s edge -- check --config edge.yaml',
    'npm run -s edge -- check -c /etc/safe-passage/edge-a4.yaml --time-server time.airport.example',
  ],
  run: async ({ values, signal }) => {
    const waitSeconds = numberOption('wait-seconds', values['wait-seconds'], { min: 1, max: 300 });
    const timeServer = values['time-server'];
    let config: EdgeConfig;
    try {
      config = await readConfig(values.config);
    } catch (problem) {
      if (!(problem instanceof OperatorError)) throw problem;
      process.stdout.write(findingsTable([fault('configuration', problem.message, problem.remedy), UNREAD]));
      return EXIT.failed;
    }
    const progress = new Progress('Looking', LOOKS);
    const findings: readonly Finding[] = [
      ok('configuration', `${values.config}: ${config.site}/${config.floor}/${config.device}/${config.camera}`),
      ...(await checkDevice(config, {
        ...(timeServer !== undefined ? { timeServer } : {}),
        waitSeconds,
        signal,
        onDone: (done) => progress.update(done),
      })),
    ];
    progress.finish();
    process.stdout.write(`${findingsTable(findings)}\n${findingsSummary(findings)}\n`);
    return findings.some(({ verdict }) => verdict === 'fault') ? EXIT.failed : EXIT.ok;
  },
});
