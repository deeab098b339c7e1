import { ConversationSchema, decodeEvents, type ChatEvent } from '@rivulet/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { follow, NOTHING_READ } from './live-reading.ts';

const ids = { conversationId: 'c_0123456789abcdef', epoch: 'e1' };
const question = (id: string) => ({
  ...{ id, role: 'user', parentId: null, createdAtMs: 1 },
  parts: [{ type: 'text', id: `${id}:0`, text: id }],
});
const page = (number: number, isLast: boolean, messages: unknown[]) => ({
  ...{ type: 'snapshot', ...ids, seq: 4, page: number, isLast },
  conversation: { id: ids.conversationId, title: null, createdAtMs: 1, participants: [], messages },
});
const titled = (seq: number, title: string) => ({
  ...{ type: 'conversation-updated', conversationId: ids.conversationId, seq },
  title,
});
const events = (...frame: unknown[]): ChatEvent[] => decodeEvents(JSON.stringify(frame)).items;
const read = (...frame: unknown[]) => events(...frame).reduce(follow, NOTHING_READ);
const FIRST = question('m_0123456789abcdef');
const SECOND = question('m_0123456789abcdeg');

describe('reading along', () => {
  it('shows nothing before the last page of the snapshot', () => {
    expect(read(page(0, false, [FIRST])).view).toBeUndefined();
    const { view } = read(page(0, false, [FIRST]), page(1, true, [SECOND]));
    expect(view?.conversation.messages.map(({ id }) => id)).toEqual([FIRST.id, SECOND.id]);
    expect(v.is(ConversationSchema, view?.conversation)).toBe(true);
  });

  it('applies each event once, and none after a gap', () => {
    const state = read(page(0, true, [FIRST]), titled(5, 'a'), titled(5, 'again'), titled(9, 'far ahead'));
    expect(state.view?.conversation.title).toBe('a');
    expect(state.view?.position.seq).toBe(5);
  });

  it('begins anew with the snapshot after a reset', () => {
    const state = read(page(0, true, [FIRST]), titled(5, 'a'), { ...page(0, true, [SECOND]), epoch: 'e2' });
    expect(state.view?.conversation.messages.map(({ id }) => id)).toEqual([SECOND.id]);
  });
});
