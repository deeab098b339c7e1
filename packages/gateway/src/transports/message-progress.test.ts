import { describe, expect, it } from 'vitest';
import { MessageProgress } from './message-progress.ts';

const frame = (flags: number, bytes: number, header = 2): Buffer => {
  const mask = Buffer.from([1, 2, 3, 4]);
  const size = Buffer.alloc(header - 1);
  if (header === 2) size[0] = 0x80 | bytes;
  else if (header === 4) size.writeUInt16BE(bytes, 1);
  else size.writeBigUInt64BE(BigInt(bytes), 1);
  if (header > 2) size[0] = 0x80 | (header === 4 ? 126 : 127);
  return Buffer.concat([Buffer.from([flags]), size, mask, Buffer.alloc(bytes)]);
};
const TEXT = 0x81;
const FIRST = 0x01;
const MIDDLE = 0x00;
const LAST = 0x80;
const PING = 0x89;

describe('a WebSocket message', () => {
  it.each([
    ['short', frame(TEXT, 5)],
    ['empty', frame(TEXT, 0)],
    ['of 16-bit length', frame(TEXT, 300, 4)],
    ['of 64-bit length', frame(TEXT, 70_000, 10)],
    [
      'in fragments, with a ping between them',
      Buffer.concat([frame(FIRST, 3), frame(PING, 2), frame(MIDDLE, 0), frame(LAST, 1)]),
    ],
  ])('%s is unfinished after each byte but the last', (_, bytes) => {
    const progress = new MessageProgress();
    expect(progress.isUnfinished).toBe(false);
    for (const byte of bytes.subarray(0, -1)) {
      progress.read(Uint8Array.of(byte));
      expect(progress.isUnfinished).toBe(true);
    }
    expect(progress.completed).toBe(0);
    progress.read(bytes.subarray(-1));
    expect([progress.isUnfinished, progress.completed]).toEqual([false, 1]);
  });

  it('ends where its frame ends, when several arrive in one chunk', () => {
    const progress = new MessageProgress();
    progress.read(Buffer.concat([frame(TEXT, 5), frame(PING, 0), frame(TEXT, 200, 4)]));
    expect([progress.isUnfinished, progress.completed]).toEqual([false, 2]);
    progress.read(Buffer.concat([frame(TEXT, 5), Buffer.from([TEXT])]));
    expect([progress.isUnfinished, progress.completed]).toEqual([true, 3]);
  });
});
