/** A camera that speaks just enough RTSP (RFC 2326): one MPEG-TS stream (RFC 2250), RTP interleaved on the TCP connection. */
import { createServer, type Socket } from 'node:net';

export interface RtspServer {
  readonly url: string;
  /** Requests seen, as "METHOD transport". */
  readonly requests: readonly string[];
  /** Cuts all connections; new ones are accepted. */
  cut(): void;
  close(): Promise<void>;
}

const TS_PACKET = 188;
const PACKETS_PER_RTP = 7;

/** Sends the transport stream packet by packet, `bytesPerSecond` fast. @returns how to stop. */
function play(socket: Socket, stream: Buffer, bytesPerSecond: number): () => void {
  const size = PACKETS_PER_RTP * TS_PACKET;
  const started = Date.now();
  let sequence = 0;
  const timer = setInterval(() => {
    const due = ((Date.now() - started) / 1000) * bytesPerSecond;
    while (sequence * size < Math.min(due, stream.length)) {
      const payload = stream.subarray(sequence * size, (sequence + 1) * size);
      const packet = Buffer.alloc(16);
      packet.write('$', 0);
      packet.writeUInt16BE(12 + payload.length, 2);
      packet.writeUInt8(0x80, 4);
      packet.writeUInt8(33, 5);
      packet.writeUInt16BE(sequence & 0xffff, 6);
      packet.writeUInt32BE((90 * (Date.now() - started)) >>> 0, 8);
      packet.writeUInt32BE(0x5afe, 12);
      socket.write(Buffer.concat([packet, payload]));
      sequence += 1;
    }
  }, 10);
  return () => clearInterval(timer);
}

export async function startRtspServer(stream: Buffer, bytesPerSecond: number): Promise<RtspServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let url = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    let stop: () => void = () => undefined;
    let received = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      stop();
      sockets.delete(socket);
    });
    socket.on('data', (data) => {
      received += data.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const request = received.slice(0, end);
        received = received.slice(end + 4);
        const method = request.slice(request.search(/[A-Z]+ rtsp/)).split(' ')[0] ?? '';
        const transport = /^Transport: (\S+)/im.exec(request)?.[1] ?? '';
        requests.push(`${method} ${transport}`.trim());
        const description =
          'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=hall\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=control:track1\r\n';
        const body = method === 'DESCRIBE' ? description : '';
        socket.write(
          [
            'RTSP/1.0 200 OK',
            `CSeq: ${/^CSeq: (\d+)/im.exec(request)?.[1] ?? 0}`,
            'Session: 7',
            ...(method === 'OPTIONS' ? ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN'] : []),
            ...(method === 'SETUP' ? ['Transport: RTP/AVP/TCP;unicast;interleaved=0-1'] : []),
            ...(body
              ? [`Content-Base: ${url}/`, 'Content-Type: application/sdp', `Content-Length: ${body.length}`]
              : []),
            '',
            body,
          ].join('\r\n'),
        );
        if (method === 'PLAY') stop = play(socket, stream, bytesPerSecond);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `rtsp://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/hall`;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url,
    requests,
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
