import type { ConversationId, LoggedEventBody, Message, MessageId, RunId } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { MAX_PARTS, Reply, type Content } from './reply.ts';
import { createRunWriter } from './run-writer.ts';

const answer: Message = {
  id: 'm_answer01' as MessageId,
  role: 'assistant',
  parentId: null,
  parts: [],
  createdAtMs: 0,
  run: { id: 'r_run00001' as RunId, state: 'running', startedAtMs: 0 },
};
const create = (maxChars: number) => {
  const appended: LoggedEventBody[] = [];
  const reply = new Reply('c_reply001' as ConversationId, answer);
  const append = (events: LoggedEventBody[]) => {
    appended.push(...events);
  };
  return {
    ...createRunWriter({
      reply,
      append,
      maxChars,
      onGrowth: () => Infinity,
      onFirstContent: () => undefined,
    }),
    appended,
  };
};
const text = (value: string): Content => ({ type: 'text-delta', text: value });
const source: Content = { type: 'source', sourceId: 's', title: 'Source' };

describe('the writer of a run', () => {
  it('keeps the rounds with what the upstream attached to them, up to a limit', () => {
    const writer = create(100);
    writer.beginRound();
    writer.write([text('1234')]);
    const metadata = { origin: 'here', fields: { signature: 's' } };
    expect(writer.addMetadata(metadata)).toBe('kept');
    writer.beginRound();
    expect(writer.addMetadata({ origin: 'here', fields: { signature: 's'.repeat(300_000) } })).toBe(
      'too-large',
    );
    expect(writer.rounds).toEqual([{ at: 0, metadata }, { at: 1 }]);
  });

  it('says that the length is reached with the first content that does not fit, wherever in a batch it is', () => {
    // A source counts as JSON.
    const writer = create(4 + JSON.stringify(source).length);
    expect(writer.write([text('1234')])).toBeUndefined();
    expect(writer.write([source, text('5'), text('6')])).toBe('max-answer-chars');
    expect(writer.read().parts).toMatchObject([{ text: '1234' }, { type: 'source' }]);
  });

  it('says that the parts are too many beyond 10,000, and logs all that the reply has', () => {
    const writer = create(1_000_000);
    expect(writer.write(Array.from({ length: MAX_PARTS - 1 }, () => source))).toBeUndefined();
    expect(writer.write([text('a'), text('b')])).toBeUndefined();
    expect(writer.write([source, source])).toBe('max-parts');
    expect(writer.read().parts).toHaveLength(MAX_PARTS);
    expect(writer.appended.at(-1)).toMatchObject({ type: 'text-delta', text: 'b' });
  });
});
