import type { MessageId } from '@rivulet/protocol';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api.ts';
import { Outbox } from './outbox.ts';

const textPart = (text: string) => [{ type: 'text' as const, text }];

/** A gateway that answers when the test says so. */
function createGateway() {
  const asked: { id: MessageId; answer: (error?: Error) => void }[] = [];
  const outbox = new Outbox({
    send: ({ messageId: id }) =>
      new Promise<void>((resolve, reject) => {
        const answer = (error?: Error) => {
          if (error === undefined) resolve();
          else reject(error);
        };
        asked.push({ id, answer });
      }),
    explain: (error) => (error as Error).message,
    now: () => 7,
  });
  const kinds = () => outbox.replies.map(({ state }) => state.kind);
  const until = (...expected: string[]) =>
    vi.waitFor(() => {
      expect(kinds()).toEqual(expected);
    });
  return { asked, outbox, until };
}

describe('replies on their way', () => {
  it('are sent one after the other, and stay until the conversation has them', async () => {
    const { asked, outbox, until } = createGateway();
    outbox.add(textPart('one'));
    outbox.add(textPart('two'));
    await until('sending', 'waiting');
    asked[0]?.answer();
    await until('sent', 'sending');
    asked[1]?.answer();
    await until('sent', 'sent');
    expect(outbox.hasUnsent).toBe(false);
    outbox.seen(asked.map(({ id }) => ({ id })));
    expect(outbox.replies).toEqual([]);
  });

  it('that failed are sent again under the same id, before those that were written later', async () => {
    const { asked, outbox, until } = createGateway();
    outbox.add(textPart('one'));
    outbox.add(textPart('two'));
    asked[0]?.answer(new ApiError(0, 'no answer'));
    await until('failed', 'waiting');
    expect([outbox.failed?.state.problem, outbox.hasUnsent]).toEqual(['no answer', true]);
    outbox.again();
    await until('sending', 'waiting');
    expect(asked[1]?.id).toBe(asked[0]?.id);
    asked[1]?.answer();
    await until('sent', 'sending');
  });

  it('that were refused can be written anew, and those after them are sent', async () => {
    const { asked, outbox, until } = createGateway();
    outbox.add(textPart('one'));
    outbox.add(textPart('two'));
    asked[0]?.answer(new ApiError(409, 'Bob has it.'));
    await until('refused', 'waiting');
    expect(outbox.takeBack()).toEqual(textPart('one'));
    await until('sending');
  });

  it('whose answer was lost are not sent again once the conversation has them', async () => {
    const { asked, outbox, until } = createGateway();
    outbox.add(textPart('one'));
    outbox.add(textPart('two'));
    asked[0]?.answer(new ApiError(502, 'a proxy'));
    await until('failed', 'waiting');
    outbox.seen(asked.map(({ id }) => ({ id })));
    await until('sending');
    expect(asked).toHaveLength(2);
  });
});
