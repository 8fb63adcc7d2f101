import { OperatorError } from '@safe-passage/cli';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configurationDigest, parseConfig } from '../../src/config.ts';

const GOOD = `site: lhx
floor: arrivals
device: gate-4
camera: gate-4-east
source: hall.mp4
broker:
  url: mqtt://127.0.0.1:1883
`;

const parse = (text: string) => parseConfig(text, 'edge.yaml', '/etc/safe-passage');

function refusal(text: string): { message: string; remedy: string } {
  try {
    parse(text);
  } catch (problem) {
    if (problem instanceof OperatorError) return { message: problem.message, remedy: problem.remedy };
    throw problem;
  }
  throw new Error('it was taken');
}

describe('edge.yaml', () => {
  it('is read with paths relative to itself, addresses and devices left alone', () => {
    const config = parse(`${GOOD}calibration: ../calibration.yaml\nplan: /srv/plan.json\nmodel: yolox-nano\n`);
    expect(config).toMatchObject({
      source: { from: '/etc/safe-passage/hall.mp4' },
      calibration: '/etc/calibration.yaml',
      plan: '/srv/plan.json',
      model: 'yolox-nano',
      outbox: { path: '/etc/safe-passage/outbox-gate-4-gate-4-east.db' },
    });
    expect(parse(GOOD.replace('hall.mp4', 'rtsp://user:pass@cam/1')).source?.from).toBe('rtsp://user:pass@cam/1');
    expect(parse(GOOD.replace('hall.mp4', '/dev/video0')).source?.from).toBe('/dev/video0');
    expect(parse(`${GOOD}model: mine/m.onnx\n`).model).toBe('/etc/safe-passage/mine/m.onnx');
  });

  it('knows two privacy levels, and counts in the zones of a plan alone', () => {
    expect(parse(`${GOOD}privacyLevel: counts\nplan: plan.json\n`).privacyLevel).toBe('counts');
    const without = refusal(`${GOOD}privacyLevel: counts\n`);
    expect(without.message).toContain('line 8: privacyLevel is counts and there is no plan');
    expect(without.remedy).toContain('plan');
    const other = refusal(`${GOOD}privacyLevel: faces\n`);
    expect(other.message).toContain('privacyLevel is "faces"');
    expect(other.remedy).toContain('tracks, or counts');
  });

  it('takes a live feed of boxes of this machine in place of a source', () => {
    const withFeed = (feed: string) => parse(GOOD.replace('source: hall.mp4', `detections:\n  feed: ${feed}`));
    expect(withFeed('people.sock').detections).toEqual({ feed: '/etc/safe-passage/people.sock' });
    expect(withFeed('tcp://127.0.0.1:7000').detections).toEqual({ feed: '127.0.0.1:7000' });
  });

  it.each([
    ['feed: 10.0.0.7:7000', 'line 6: detections.feed "10.0.0.7:7000" is no address of this machine', '127.0.0.1:PORT'],
    ['feed: 7000', 'line 6: detections.feed is 7000', 'Unix-domain socket'],
    ['feed: a.sock\n  framesPerSecond: 5', 'line 7: there is no field "detections.framesPerSecond"', 'There are: feed'],
    ['feed: a.sock\n  file: det.txt', 'detections.file and detections.feed are both there', 'Keep one'],
    ['file: det.txt', 'the field detections.framesPerSecond', 'Add'],
  ])('refuses boxes from elsewhere with the remedy: %s', (lines, message, remedy) => {
    const found = refusal(GOOD.replace('source: hall.mp4', `detections:\n  ${lines}`));
    expect(found.message).toContain(message);
    expect(found.remedy).toContain(remedy);
  });

  it.each([
    ['face', 'faces: true'],
    ['embedding', 'embeddings:\n  upload: true'],
    ['picture', 'snapshot: /tmp/x.jpg'],
  ])('has no field for a %s', (_, line) => {
    const { message, remedy } = refusal(`${GOOD}${line}\n`);
    expect(message).toMatch(/^edge\.yaml, line 8: there is no field "/);
    expect(remedy).toContain('There are: site, floor');
  });

  it.each([
    [GOOD.replace('lhx', 'LHX Terminal'), 'line 1: site is "LHX Terminal"', '1 to 63 letters'],
    [GOOD.replace('site: lhx\n', ''), 'the field site is missing', 'Add site'],
    [GOOD.replace(/broker:[\s\S]*/, ''), 'the field broker is missing', 'Add broker'],
    [`${GOOD}threads: many\n`, 'line 8: threads is "many"', 'integer'],
    [`${GOOD}confidence: 1.5\n`, 'line 8: confidence is 1.5', '1'],
    [`${GOOD}outbox:\n  maxMegabytes: 64\n  confirm: nobody\n`, 'line 10: outbox.confirm is "nobody"', 'hub or broker'],
    [`${GOOD}outbox:\n  path: plan.json\n`, 'line 9: outbox.path is "plan.json"', 'ends in .db'],
    [GOOD.replace('mqtt:', 'http:'), 'line 7: broker.url is "http://127.0.0.1:1883"', 'mqtt://HOST:PORT'],
    [GOOD.replace('1883', '99999'), 'line 7: broker.url is "mqtt://127.0.0.1:99999"', 'at most 65535'],
    [GOOD.replace('source: hall.mp4\n', ''), 'neither source nor detections', 'Name one'],
    [
      GOOD.replace('hall.mp4', '\n  from: hall.mp4\n  loop: true\n  speed: 4'),
      'line 7: a loop at speed 4',
      'at most 1',
    ],
    [`${GOOD}  keyFile: key.pem\n`, 'line 8: broker.certificateFile and broker.keyFile go together', 'both'],
    [`${GOOD}site: twice\n`, 'line 8: this is not valid YAML', 'Check'],
    ['site: [', 'this is not valid YAML', 'Check'],
    ['', 'the document is null', 'object'],
  ])('is refused with the field, the value, the line and the remedy: %#', (text, message, remedy) => {
    const found = refusal(text);
    expect(found.message).toContain(message);
    expect(found.remedy).toContain(remedy);
  });

  it('takes no password in the URL, and does not repeat it', () => {
    const { message } = refusal(GOOD.replace('mqtt://', 'mqtt://edge:hunter2@'));
    expect(message).toContain('broker.url');
    expect(message).not.toContain('hunter2');
  });

  it('has a digest that depends on what it says, not on the order of its lines', () => {
    const reordered =
      GOOD.split('\n').filter(Boolean).slice(0, 5).toReversed().join('\n') + GOOD.slice(GOOD.indexOf('\nbroker'));
    expect(configurationDigest(parse(reordered))).toBe(configurationDigest(parse(GOOD)));
    expect(configurationDigest(parse(`${GOOD}threads: 2\n`))).not.toBe(configurationDigest(parse(GOOD)));
    expect(configurationDigest(parse(GOOD))).toMatch(/^[0-9a-f]{12}$/);
  });

  it('is taken or refused with a remedy, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((v) => JSON.stringify(v)),
        ),
        (text) => {
          expect(refusal(text).remedy).not.toBe('');
        },
      ),
    );
  });
});
