import type { ConversationId, LoggedEvent, PartId } from '@rivulet/protocol';
import { describe, expect, it, vi } from 'vitest';
import { MAX_REPLAY_BYTES, MAX_REPLAY_EVENTS, planResume } from './resume.ts';

const conversationId = 'c_resume01' as ConversationId;
const title = (seq: number): LoggedEvent => ({
  type: 'conversation-updated',
  conversationId,
  seq,
  title: `${seq}`,
});
const delta = (seq: number, text = 'x'): LoggedEvent => ({
  type: 'text-delta',
  seq,
  partId: 'm_resume01.0' as PartId,
  at: (seq - 1) * text.length,
  text,
});
const kept = (events: LoggedEvent[]) => ({ head: { epoch: 'e', seq: events.at(-1)?.seq ?? 0 }, events });
const range = (from: number, to: number, make: (seq: number) => LoggedEvent) =>
  Array.from({ length: to - from + 1 }, (_, index) => make(from + index));

describe('planning a resume (invariant 6)', () => {
  it('replays the missing events with adjacent deltas merged', () => {
    const plan = planResume({ epoch: 'e', seq: 2 }, kept(range(1, 1000, delta)));
    expect(plan).toMatchObject({ mode: 'replay', events: [{ seq: 1000, first: 3, at: 2 }] });
  });

  it('replays nothing to a viewer at the head', () => {
    expect(planResume({ epoch: 'e', seq: 3 }, kept(range(1, 3, title)))).toEqual({
      mode: 'replay',
      events: [],
    });
  });

  it.each([
    ['without a cursor', undefined, range(1, 3, title), undefined],
    ['another epoch', { epoch: 'old', seq: 2 }, range(1, 3, title), 'epoch-changed'],
    ['a cursor from the future', { epoch: 'e', seq: 9 }, range(1, 3, title), 'ahead'],
    ['a gap that is no longer kept', { epoch: 'e', seq: 2 }, range(4, 6, title), 'gap-not-kept'],
    ['more than 500 events', { epoch: 'e', seq: 0 }, range(1, MAX_REPLAY_EVENTS + 1, title), 'gap-too-large'],
    ['more than 256 KB', { epoch: 'e', seq: 0 }, [delta(1, 'x'.repeat(300_000))], 'gap-too-large'],
    ['more than 256 KB of UTF-8', { epoch: 'e', seq: 0 }, [delta(1, '語'.repeat(90_000))], 'gap-too-large'],
  ])('%s: a snapshot with its reason', (_name, cursor, events, why) => {
    const plan = planResume(cursor, kept(events));
    expect(plan).toEqual(why === undefined ? { mode: 'snapshot' } : { mode: 'snapshot', why });
  });

  it('replays at the edge of the kept window and at the largest number of events', () => {
    expect(planResume({ epoch: 'e', seq: 3 }, kept(range(4, 6, title)))).toMatchObject({ mode: 'replay' });
    expect(planResume({ epoch: 'e', seq: 0 }, kept(range(1, MAX_REPLAY_EVENTS, title)))).toMatchObject({
      mode: 'replay',
    });
  });

  it('replays exactly 256 KB of UTF-8, and one byte more is a snapshot', () => {
    const sizeOf = (text: string) => Buffer.byteLength(JSON.stringify([delta(1, text)]));
    const largest = '語'.repeat(87_000) + 'x'.repeat(MAX_REPLAY_BYTES - sizeOf('語'.repeat(87_000)));
    expect(sizeOf(largest)).toBe(MAX_REPLAY_BYTES);
    const modeOf = (text: string) => planResume({ epoch: 'e', seq: 0 }, kept([delta(1, text)])).mode;
    expect([largest, `${largest}x`].map(modeOf)).toEqual(['replay', 'snapshot']);
  });

  it('does not serialize a replay whose text alone is too large', () => {
    const stringify = vi.spyOn(JSON, 'stringify');
    const plan = planResume({ epoch: 'e', seq: 0 }, kept([delta(1, 'x'.repeat(MAX_REPLAY_BYTES))]));
    expect(plan).toEqual({ mode: 'snapshot', why: 'gap-too-large' });
    expect(stringify).not.toHaveBeenCalled();
    stringify.mockRestore();
  });
});
