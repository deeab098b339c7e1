import { ChatError, type ConversationId, type Message, type View } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { finished, sampleAnswer, withText } from '../../testing/samples.ts';
import type { LocalClient, ViewListener } from '../local-client.ts';
import { writeAnswer, type ShownAnswer } from './chat-answer.ts';

const conversationId = 'c_answer0001' as ConversationId; // matches the pattern of ids
const running = sampleAnswer();

/** A client whose states the test shows, and where its chunks go. */
function startWriting(more: Partial<ShownAnswer> = {}) {
  const ended = Promise.withResolvers<ChatError | undefined>();
  let listener: ViewListener = () => undefined;
  const log: string[] = [];
  const client = {
    closed: ended.promise,
    follow: (next: ViewListener) => (listener = next),
    close: () => log.push('close'),
  } as unknown as LocalClient; // writing uses no more of it
  writeAnswer(
    client,
    { find: ({ messages }) => messages.find(({ id }) => id === running.id), ...more },
    {
      sink: {
        write: (chunks) =>
          void log.push(...chunks.map(({ type, delta }) => [type, delta].filter(Boolean).join(':'))),
        end: () => log.push('end'),
        cut: () => log.push('cut'),
      },
      token: undefined,
    },
  );
  return {
    log,
    show: (message: Message) => {
      const conversation = {
        id: conversationId,
        title: null,
        createdAtMs: 1,
        messages: [message],
        participants: [],
      };
      const view: View = { position: { epoch: 'e', seq: 1 }, conversation };
      void listener(view);
    },
    end: async (error: ChatError | undefined) => {
      ended.resolve(error);
      await ended.promise;
    },
  };
}

it('writes what is new of each state, and ends with the run', () => {
  const { log, show } = startWriting();
  show(withText(running, 'Good '));
  show(withText(running, 'Good day.'));
  show(finished(withText(running, 'Good day.')));
  show(finished(withText(running, 'Good day.')));
  expect(log).toEqual(
    [
      'start',
      'start-step',
      'text-start',
      'text-delta:Good ',
      'text-delta:day.',
      'text-end',
      'finish-step',
    ].concat(['finish', 'end', 'close']),
  );
});

it('withdraws what another attempt does not have, and writes that one', () => {
  const { log, show } = startWriting();
  show(withText(running, 'First'));
  show(running);
  show(withText(running, 'Second'));
  expect(log.slice(4)).toEqual(['reset-step', 'text-start', 'text-delta:Second']);
});

it('cuts the connection when the gateway shuts down, because the answer goes on elsewhere', async () => {
  const { log, show, end } = startWriting();
  show(withText(running, 'Good '));
  await end(new ChatError('draining'));
  expect(log.at(-1)).toBe('cut');
  expect(log).not.toContain('end');
});

it('says why when the session ends for another reason, and that is an error', async () => {
  const { log, show, end } = startWriting();
  show(withText(running, 'Good '));
  await end(new ChatError('unauthenticated'));
  expect(log.slice(-2)).toEqual(['error', 'end']);
});

it('writes nothing more when the client has left', async () => {
  const { log, show, end } = startWriting();
  show(withText(running, 'Good '));
  const before = log.length;
  await end(undefined);
  expect(log).toHaveLength(before);
});
