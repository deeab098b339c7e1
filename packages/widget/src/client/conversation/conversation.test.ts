import {
  emptyConversation,
  mintConversationId,
  mintMessageId,
  mintRunId,
  partIdOf,
  type ChatEvent,
  type EventOf,
} from '@rivulet/protocol';
import { expect, test } from 'vitest';
import {
  cursorOf,
  follow,
  afterDisconnect,
  notFollowed,
  type FollowEvent,
  type Followed,
} from './conversation.ts';

const bytes = (fill: number) => (length: number) => new Uint8Array(length).fill(fill);
const conversationId = mintConversationId(bytes(1));
const messageId = mintMessageId(bytes(2));
const runId = mintRunId(bytes(3));

const subscribed = (mode: 'replay' | 'snapshot', epoch = 'e1'): ChatEvent & FollowEvent => ({
  type: 'subscribed',
  conversationId,
  epoch,
  mode,
});
const synced = (seq: number, epoch = 'e1'): FollowEvent => ({ type: 'synced', conversationId, epoch, seq });
const started = (seq: number): FollowEvent => ({
  type: 'run-started',
  conversationId,
  seq,
  runId,
  messageId,
  parentId: null,
  startedAtMs: 0,
});
const delta = (seq: number, of = messageId): FollowEvent => ({
  type: 'text-delta',
  seq,
  partId: partIdOf(of, 0),
  at: 0,
  text: 'x',
});
const page = (number: number, isLast: boolean): EventOf<'snapshot'> => ({
  type: 'snapshot',
  conversationId,
  epoch: 'e2',
  seq: 9,
  conversation: emptyConversation(conversationId, 0),
  page: number,
  isLast,
});

const after = (from: Followed, ...events: FollowEvent[]): Followed =>
  events.reduce((followed, event) => follow(followed, event, 0), from);
const fresh = notFollowed(conversationId);
const live = after(fresh, subscribed('replay'), started(1), synced(1));

test('after a replay from the start the conversation is live', () => {
  expect(live).toMatchObject({ phase: 'live', view: { position: { epoch: 'e1', seq: 1 } } });
  expect(live.view?.conversation.messages).toHaveLength(1);
});

test('an event of another conversation, or a delta of an unknown message, returns the same object', () => {
  const other = mintConversationId(bytes(9));
  expect(follow(live, { ...started(2), conversationId: other } as FollowEvent, 0)).toBe(live);
  expect(follow(live, delta(2, mintMessageId(bytes(9))), 0)).toBe(live);
});

test('a repeated event returns the same object (invariant 5)', () => {
  expect(follow(live, started(1), 0)).toBe(live);
});

test('an event too far ahead is a gap, and so is a `synced` beyond the last event', () => {
  expect(after(live, delta(3)).phase).toBe('gap');
  expect(after(fresh, subscribed('replay'), started(1), synced(2)).phase).toBe('gap');
});

test('in a gap no event is applied until the client has resubscribed from its cursor', () => {
  const gap = after(live, delta(3));
  expect(follow(gap, delta(2), 0)).toBe(gap);
  expect(cursorOf(gap)).toEqual({ epoch: 'e1', seq: 1 });
  expect(after(gap, subscribed('replay'), delta(2), synced(2)).phase).toBe('live');
});

test.each([
  ['a replay of another log', [subscribed('replay', 'e2')]],
  ['a `synced` of another log', [subscribed('replay'), synced(1, 'e2')]],
  ['a `synced` before the snapshot is complete', [subscribed('snapshot'), page(0, false), synced(9, 'e2')]],
  ['a page without the page before it', [subscribed('snapshot'), page(1, true)]],
] as const)('%s invalidates the cursor and keeps the view', (_name, events) => {
  const invalid = after(live, ...events);
  expect(invalid.phase).toBe('invalid');
  expect(cursorOf(invalid)).toBeUndefined();
  expect(invalid.view).toBe(live.view);
});

test('after a reset the view stays until the last page of the snapshot', () => {
  const half = after(live, { type: 'reset', conversationId, why: 'slow' }, page(0, false));
  expect(half.view).toBe(live.view);
  expect(after(half, delta(2)).view).toBe(live.view);
  const whole = after(half, page(1, true), synced(9, 'e2'));
  expect(whole).toMatchObject({ phase: 'live', view: { position: { epoch: 'e2', seq: 9 } } });
});

test('a lost connection discards an incomplete snapshot and keeps the cursor', () => {
  const lost = afterDisconnect(after(live, subscribed('snapshot'), page(0, false)));
  expect(lost).toMatchObject({ phase: 'off', pages: undefined });
  expect(cursorOf(lost)).toEqual({ epoch: 'e1', seq: 1 });
});
