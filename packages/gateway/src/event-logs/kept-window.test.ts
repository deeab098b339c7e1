import { ConversationIdSchema, PartIdSchema, type LoggedEvent } from '@rivulet/protocol';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { range } from '../testing/log-reader.ts';
import { KeptWindow } from './kept-window.ts';

const partId = v.parse(PartIdSchema, 'm_12345678.0');
const delta = (seq: number, text: string): LoggedEvent => ({ type: 'text-delta', partId, at: 0, text, seq });
const seqs = (events: readonly LoggedEvent[]) => events.map(({ seq }) => seq);

it('keeps the newest events and gives those after any of them', () => {
  const window = new KeptWindow({ maxEvents: 3, maxChars: 1_000 });
  for (const last of range(1, 50)) {
    window.add(delta(last, 'x'));
    const floor = Math.max(0, last - 3);
    expect([window.floor, window.head]).toEqual([floor, last]);
    for (const after of range(floor, last))
      expect(seqs(window.after(after).events)).toEqual(range(after + 1, last));
  }
});

it('drops the oldest events when their text exceeds the bound, whatever their number', () => {
  const window = new KeptWindow({ maxEvents: 1_000, maxChars: 100 });
  for (const seq of range(1, 9)) window.add(delta(seq, 'x'.repeat(30)));
  expect(seqs(window.after(window.floor).events)).toEqual([7, 8, 9]);
});

it('counts correctly after it has compacted its arrays, with texts of every size', () => {
  const window = new KeptWindow({ maxEvents: 1_000, maxChars: 100 });
  const sizes: number[] = [];
  for (const seq of range(1, 300)) {
    sizes.push((seq * 37) % 60);
    window.add(delta(seq, 'x'.repeat(sizes.at(-1) ?? 0)));
    const chars = sizes.slice(window.floor).reduce((sum, size) => sum + size, 0);
    const withOneMore = chars + (sizes[window.floor - 1] ?? Infinity);
    expect([chars <= 100, withOneMore > 100]).toEqual([true, true]);
  }
});

it('keeps the newest event even when it exceeds the bound alone', () => {
  const window = new KeptWindow({ maxEvents: 10, maxChars: 100 });
  for (const seq of [1, 2]) window.add(delta(seq, 'x'.repeat(500)));
  expect(seqs(window.after(window.floor).events)).toEqual([2]);
});

it('counts an event that is not a delta by its JSON', () => {
  const conversationId = v.parse(ConversationIdSchema, 'c_12345678');
  const window = new KeptWindow({ maxEvents: 10, maxChars: 100 });
  for (const seq of [1, 2])
    window.add({ type: 'conversation-updated', conversationId, seq, title: 'x'.repeat(60) });
  expect(seqs(window.after(window.floor).events)).toEqual([2]);
});

it('gives readers at the same position the same array until an event is added', () => {
  const window = new KeptWindow({ maxEvents: 10, maxChars: 100 });
  window.add(delta(1, 'x'));
  const batch = window.after(0);
  expect(window.after(0)).toBe(batch);
  window.add(delta(2, 'x'));
  expect(window.after(0)).not.toBe(batch);
  expect(seqs(batch.events)).toEqual([1]);
});

it('merges older deltas, and gives a reader at any position what it has not, without a gap', () => {
  const window = new KeptWindow({ maxEvents: 100, maxChars: 100_000 });
  const text = 'abcdefghij'.repeat(300);
  for (let seq = 1; seq <= text.length; seq += 1)
    window.add({ type: 'text-delta', partId, at: seq - 1, text: text.charAt(seq - 1), seq });
  expect(window.floor).toBe(0);
  expect(window.after(0).events.length).toBeLessThan(40);
  for (const position of range(0, text.length)) {
    const { events } = window.after(position);
    const [first] = events;
    if (first?.type !== 'text-delta') continue;
    expect(first.first ?? first.seq).toBeLessThanOrEqual(position + 1);
    const got = events.map((event) => ('at' in event ? event.text : '')).join('');
    expect(text.slice(0, first.at) + got).toBe(text);
  }
});

it('drops merged deltas when the text exceeds the bound', () => {
  const window = new KeptWindow({ maxEvents: 1_000, maxChars: 10_000 });
  for (const seq of range(1, 2_000))
    window.add({ type: 'text-delta', partId, at: (seq - 1) * 10, text: '0123456789', seq });
  const [oldest] = window.after(window.floor).events;
  expect(oldest?.first).toBe(window.floor + 1);
  const chars = window
    .after(window.floor)
    .events.reduce((sum, event) => sum + ('at' in event ? event.text.length : 0), 0);
  expect([chars <= 10_000, chars > 10_000 - 4_096]).toEqual([true, true]);
});
