/** Asks a time server once (SNTP, RFC 4330): how far is this clock from its? */
import { createSocket } from 'node:dgram';

const PACKET_BYTES = 48;
/** No leap warning, version 4, client. */
const CLIENT = 0x23;
/** Seconds from 1900, NTP's epoch, to 1970. */
const NTP_EPOCH_SECONDS = 2_208_988_800;

export interface ClockReading {
  /** How far this machine's clock is ahead of the server's, milliseconds; the true figure lies within ± half the delay. */
  readonly aheadMs: number;
  /** Way there and back, milliseconds. */
  readonly delayMs: number;
}

const toMs = (packet: Buffer, at: number): number =>
  (packet.readUInt32BE(at) - NTP_EPOCH_SECONDS) * 1000 + (packet.readUInt32BE(at + 4) / 2 ** 32) * 1000;

/** What is wrong with a server's answer; null where nothing is. */
function refusal(packet: Buffer, cookie: Buffer): string | null {
  if (packet.length < PACKET_BYTES) return 'the answer is too short';
  if (!packet.subarray(24, 32).equals(cookie)) return 'the answer belongs to another question';
  const stratum = packet.readUInt8(1);
  if (stratum === 0) return `the server refuses (${packet.toString('latin1', 12, 16)})`;
  if (packet.readUInt8(0) >> 6 === 3 || stratum > 15) return 'the server says itself that its clock is not set';
  return null;
}

/**
 * @param nowMs this machine's clock, milliseconds since 1970 with fractions.
 * @throws Error in plain words where there is no answer, or one that is of no use.
 */
export async function askTimeServer(
  host: string,
  port: number,
  timeoutMs: number,
  nowMs: () => number = () => performance.timeOrigin + performance.now(),
): Promise<ClockReading> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
  try {
    return await new Promise<ClockReading>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer within ${Math.round(timeoutMs / 1000)} s`)),
        timeoutMs,
      );
      const fail = (problem: Error) => {
        clearTimeout(timer);
        reject(problem);
      };
      const question = Buffer.alloc(PACKET_BYTES);
      question.writeUInt8(CLIENT, 0);
      // The server repeats it: an answer to another question is known by it. It need not be a time.
      const cookie = Buffer.from(crypto.getRandomValues(new Uint8Array(8)));
      cookie.copy(question, 40);
      let sentAt = 0;
      socket.once('error', fail);
      socket.once('message', (packet) => {
        const receivedAt = nowMs();
        const wrong = refusal(packet, cookie);
        if (wrong !== null) return fail(new Error(wrong));
        clearTimeout(timer);
        const [arrived, left] = [toMs(packet, 32), toMs(packet, 40)];
        resolve({
          aheadMs: -(arrived - sentAt + (left - receivedAt)) / 2,
          delayMs: receivedAt - sentAt - (left - arrived),
        });
      });
      sentAt = nowMs();
      socket.send(question, port, host, (problem) => {
        if (problem) fail(problem);
      });
    });
  } finally {
    socket.close();
  }
}
