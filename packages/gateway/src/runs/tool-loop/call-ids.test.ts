import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import { createCallIds, mintCallId } from './call-ids.ts';

const idOf = (content: object) => ('callId' in content ? content.callId : undefined);

describe('the id of a tool call', () => {
  it('is nine letters and digits, whatever the random bytes are', () => {
    const ids = Array.from({ length: 2_000 }, () => mintCallId(randomBytes));
    expect(ids.filter((id) => !/^[A-Za-z0-9]{9}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is new for each call, and the same for the pieces of its input', () => {
    const callIds = createCallIds(randomBytes);
    const start = () => callIds.replaceIn({ type: 'tool-call-started', callId: 'call-1', name: 'weather' });
    const piece = () => callIds.replaceIn({ type: 'tool-call-delta', callId: 'call-1', text: '{' });
    const [first, firstPiece, second, secondPiece] = [start(), piece(), start(), piece()].map(idOf);
    expect([firstPiece, secondPiece]).toEqual([first, second]);
    expect(second).not.toBe(first);
  });

  it('is the same in the metadata of the answer', () => {
    const callIds = createCallIds(randomBytes);
    const start = callIds.replaceIn({ type: 'tool-call-started', callId: 'call-1', name: 'weather' });
    const metadata = { origin: 'here', calls: [{ callId: 'call-1', upstreamId: 'call-1' }] };
    const calls = [{ callId: idOf(start), upstreamId: 'call-1' }];
    expect(callIds.replaceInMetadata(metadata)).toEqual({ origin: 'here', calls });
    expect(callIds.replaceInMetadata({ origin: 'here' })).toEqual({ origin: 'here' });
  });

  it('leaves other content as it is', () => {
    const content = { type: 'text-delta', text: 'a' } as const;
    expect(createCallIds(randomBytes).replaceIn(content)).toBe(content);
  });
});
