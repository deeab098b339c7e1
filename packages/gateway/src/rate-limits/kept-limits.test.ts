import { mintConversationId } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import type { OwnerKept } from '../stores/store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createKeptLimits } from './kept-limits.ts';
import { rateLimitsOf } from './settings.ts';

const conversationId = mintConversationId(randomBytes);
const message = { site: { id: 'shop' }, visitorId: 'ann', conversationId };
const settled = () => new Promise((resolve) => setImmediate(resolve));

function open(kept: OwnerKept, existing: readonly string[] = []) {
  const clock = createFakeClock();
  const reads: string[] = [];
  const store = {
    readKept: ({ siteId, ownerId }: { siteId: string; ownerId: string }) => {
      reads.push(`${siteId} ${ownerId}`);
      return Promise.resolve({ ...kept });
    },
    // Only whether it exists is read.
    readConversation: (id: string) =>
      Promise.resolve(existing.includes(id) ? ({ id } as unknown as undefined) : undefined),
  };
  const limits = rateLimitsOf({ visitor: { conversations: 3, keptBytes: 1_000 } });
  return { kept, reads, clock, check: createKeptLimits({ store, limitsOf: () => limits, clock }) };
}

describe('what is kept for a visitor', () => {
  it('is read beside the first message and then every ten seconds at most', async () => {
    const { check, reads, clock } = open({ conversations: 1, bytes: 10 });
    for (let times = 0; times < 20; times += 1) await check(message);
    await settled();
    expect(reads).toEqual(['shop ann']);
    clock.advance(10_000);
    await check(message);
    expect(reads).toHaveLength(2);
  });

  it('bounds the conversations, and those that exist may go on', async () => {
    const { check } = open({ conversations: 3, bytes: 10 }, [conversationId]);
    await check(message);
    await settled();
    await check(message);
    const another = { ...message, conversationId: mintConversationId(randomBytes) };
    await expect(check(another)).rejects.toMatchObject({ code: 'quota-exceeded', retry: 'no' });
  });

  it('bounds the bytes, until something is erased', async () => {
    const { check, kept } = open({ conversations: 1, bytes: 1_000 }, [conversationId]);
    await check(message);
    await settled();
    await expect(check(message)).rejects.toThrow('A visitor may keep 1000 bytes of messages');
    kept.bytes = 0;
    await check(message);
  });
});
