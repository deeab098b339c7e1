import { mintConversationId, type ConversationId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes, silentLogger } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import type { TypingBroadcast } from '../event-logs/event-log.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type { Frame } from '../transports/frame.ts';
import type { GatewayChannel } from '../transports/transport.ts';
import { createTyping } from './typing.ts';

const conversationId = mintConversationId(randomBytes);
const other = mintConversationId(randomBytes);

async function typists() {
  const clock = createFakeClock();
  const eventLog = createMemoryEventLog({ clock, random: randomBytes });
  const typing = createTyping({ eventLog, clock, logger: silentLogger });
  const sent: TypingBroadcast[] = [];
  await eventLog.listen((message) => {
    if (message.kind === 'typing') sent.push(message);
  });
  const say = (isTyping: boolean, id: ConversationId = conversationId, participantId = 'ann') => {
    typing.broadcast({ kind: 'typing', conversationId: id, participantId, isTyping, sessionId: 'one' });
  };
  return { clock, typing, sent, say, states: () => sent.map(({ isTyping }) => isTyping) };
}

it('one typing state a second is broadcast, and the newest one wins', async () => {
  const { clock, say, states } = await typists();
  for (const isTyping of [true, false, true, false]) say(isTyping);
  expect(states()).toEqual([true]);
  clock.advance(999);
  expect(states()).toEqual([true]);
  clock.advance(1);
  expect(states()).toEqual([true, false]);
  say(true);
  expect(states()).toEqual([true, false]);
  clock.advance(1_000);
  expect(states()).toEqual([true, false, true]);
});

it('a pause of a second is followed at once, and nothing is kept', async () => {
  const { clock, say, states } = await typists();
  say(true);
  clock.advance(1_000);
  expect(clock.pending).toBe(0);
  say(true);
  expect(states()).toEqual([true, true]);
});

it('visitors and conversations do not limit each other', async () => {
  const { say, sent } = await typists();
  say(true);
  say(true, other);
  say(true, conversationId, 'bob');
  expect(sent).toHaveLength(3);
});

it('a state is delivered to the viewers of its conversation, without its own session, until they leave', async () => {
  const { typing } = await typists();
  const got: string[] = [];
  const add = (sessionId: string, id: ConversationId) => {
    const end = new AbortController();
    const send = ({ events }: Frame) => got.push(`${sessionId}: ${events.map(({ type }) => type).join()}`);
    const channel = { send } as unknown as GatewayChannel; // the only method that is used
    typing.addViewer(id, { sessionId, channel, signal: end.signal });
    return end;
  };
  const [, two] = [add('one', conversationId), add('two', conversationId), add('three', other)];
  const state = { kind: 'typing', conversationId, participantId: 'ann', isTyping: true } as const;
  typing.deliver({ ...state, sessionId: 'one' });
  expect(got).toEqual(['two: typing']);
  two.abort();
  typing.deliver({ ...state, sessionId: 'one' });
  expect(got).toEqual(['two: typing']);
});
