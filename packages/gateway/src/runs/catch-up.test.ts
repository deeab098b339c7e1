import type { ConversationId, LoggedEventBody, Message, Part } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { sampleAnswer } from '../testing/samples.ts';
import { createCatchUp } from './catch-up.ts';
import { Reply } from './reply.ts';

const text = (value: string): Part => ({ type: 'text', text: value });
const conversationId = 'c_catchup01' as ConversationId;

/** A reply that is read again, of which viewers have these parts. */
function readAgain(...parts: Part[]) {
  const answer = sampleAnswer();
  const viewer = new Reply(conversationId, { ...answer, parts });
  const reply = new Reply(conversationId, answer);
  const catchUp = createCatchUp(() => reply.message, { ...answer, parts });
  const see = (events: readonly LoggedEventBody[]) => {
    for (const event of events) viewer.fold(event);
    return events.map(({ type }) => type);
  };
  return {
    write: (piece: string) => see(catchUp.missing(reply.add({ type: 'text-delta', text: piece }))),
    think: (piece: string) => see(catchUp.missing(reply.add({ type: 'reasoning-delta', text: piece }))),
    log: (event: LoggedEventBody) => see(catchUp.missing([event])),
    end: (reason: Parameters<typeof catchUp.rest>[0]) => see(catchUp.rest(reason)),
    shown: (): Message['parts'] => viewer.message.parts,
  };
}

describe('a reply that is read again', () => {
  it('sends nothing that viewers have, and then what follows, where the pieces end at the same place', () => {
    const reply = readAgain(text('One two'));
    expect([reply.write('One'), reply.write(' two'), reply.write(' three')]).toEqual([
      [],
      [],
      ['text-delta'],
    ]);
    expect(reply.shown()).toEqual([text('One two three')]);
  });

  it('sends the text once, whole, where a piece goes on beyond what viewers have', () => {
    const reply = readAgain(text('One tw'));
    expect([reply.write('One two '), reply.write('three')]).toEqual([['message-updated'], ['text-delta']]);
    expect(reply.shown()).toEqual([text('One two three')]);
  });

  it('shows what it has become when it is another one', () => {
    const reply = readAgain(text('One two'));
    reply.think('Hm');
    expect(reply.write('Uno dos tres')).toEqual(['message-updated']);
    expect(reply.shown()).toEqual([{ type: 'reasoning', text: 'Hm' }, text('Uno dos tres')]);
  });

  it('says at once what is not about its text', () => {
    const waiting: LoggedEventBody = {
      type: 'run-waiting',
      runId: sampleAnswer().run?.id ?? never(),
      why: null,
    };
    expect(readAgain(text('One')).log(waiting)).toEqual(['run-waiting']);
  });

  it.each(['aborted', 'interrupted', 'error'] as const)(
    'keeps what viewers have when it ends as %s',
    (reason) => {
      const reply = readAgain(text('One two'));
      reply.write('One');
      reply.end(reason);
      expect(reply.shown()).toEqual([text('One two')]);
    },
  );

  it.each(['stop', 'length', 'blocked', 'tool'] as const)('is what counts when it ends as %s', (reason) => {
    const reply = readAgain(text('One two'));
    reply.write('One');
    reply.end(reason);
    expect(reply.shown()).toEqual([text('One')]);
  });

  it('sends nothing at its end when viewers have all of it', () => {
    const reply = readAgain(text('One'));
    reply.write('One');
    expect(reply.end('stop')).toEqual([]);
  });
});

function never(): never {
  throw new Error('a sample answer has a run');
}
