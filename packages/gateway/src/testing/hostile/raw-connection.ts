/** A raw TCP connection to a gateway: bytes that no client would send, and what comes back. */
import { connect } from 'node:net';

/** An attempt over one connection. */
export interface Attempt {
  name: string;
  /** Sent one after the other, each as its own write. */
  writes: readonly (string | Buffer)[];
  /** What the gateway does, as `attempt` describes it. */
  answer: string;
}

/** Asks whether the connection still works. */
export const PROBE = '{"type":"ping","id":"q_probeprobe"}';
const HANG_MS = 8_000;

/** A frame of a client. All fields can be wrong. */
export function frame(
  payload: string | Buffer,
  { first = 0x81, isMasked = true, length = Buffer.byteLength(payload) } = {},
): Buffer {
  const mask = isMasked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
  const size = length < 126 ? Buffer.from([length]) : Buffer.alloc(length < 65_536 ? 3 : 9);
  if (length >= 65_536) size.writeBigUInt64BE(BigInt(length), 1);
  else if (length >= 126) size.writeUInt16BE(length, 1);
  if (length >= 126) size[0] = length < 65_536 ? 126 : 127;
  size[0] = (size[0] ?? 0) | (isMasked ? 0x80 : 0);
  const body = Buffer.from(payload).map((byte, index) => (isMasked ? byte ^ (mask[index % 4] ?? 0) : byte));
  return Buffer.concat([Buffer.from([first]), size, mask, body]);
}

/** What the text frames and the close frame of a gateway say, from the bytes after the handshake. */
function readFrames(bytes: Buffer): string[] {
  const said: string[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const [length, head] =
      short < 126
        ? [short, 2]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), 4]
          : [Number(bytes.readBigUInt64BE(at + 2)), 10];
    const payload = bytes.subarray(at + head, at + head + length);
    const opcode = (bytes[at] ?? 0) & 0x0f;
    if (opcode === 8) said.push(`close ${payload.length >= 2 ? payload.readUInt16BE(0) : 1005}`);
    if (opcode === 1) said.push(...wordsOf(payload.toString()));
    at += head + length;
  }
  return said;
}

interface Said {
  type: string;
  error?: { code: string };
  commandId?: string;
}

function wordsOf(text: string): string[] {
  const all = [JSON.parse(text) as Said | Said[]].flat();
  return all.flatMap(({ type, error, commandId }) => {
    if (type === 'rejected') return [error?.code ?? 'rejected'];
    return type === 'pong' && commandId === 'q_probeprobe'
      ? ['open']
      : type === 'accepted'
        ? ['accepted']
        : [];
  });
}

/** The status lines and the error codes of HTTP responses; after a 101 the frames. */
function describe(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  const upgrade = text.startsWith('HTTP/1.1 101') ? text.indexOf('\r\n\r\n') + 4 : -1;
  if (upgrade >= 4) return [...new Set(readFrames(bytes.subarray(upgrade)))].join(' ');
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status);
  const codes = [...text.matchAll(/"code":"([a-z-]+)"/g)].map(([, code]) => code);
  return [...statuses, ...new Set(codes)].join(' ');
}

/** Sends the writes. @returns what came back: statuses, codes of errors, `close` codes, `open` when the probe was answered, `hang` */
export function attempt(url: string, writes: Attempt['writes']): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let received = Buffer.alloc(0);
    const end = (suffix: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve([describe(received), suffix].filter((part) => part !== '').join(' ') || 'cut');
    };
    const timer = setTimeout(() => {
      end('hang');
    }, HANG_MS);
    socket.on('error', () => undefined); // a reset is an answer, too
    socket.on('close', () => {
      end('');
    });
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      if (/(^| )(open|close \d+)/.test(describe(received))) end('');
    });
    for (const bytes of writes) socket.write(bytes);
  });
}
