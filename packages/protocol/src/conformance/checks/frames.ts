/** Frames and commands: what is read, what is refused, and what a refusal leaves alone. @see PROTOCOL.md §3, §9, §16 */
import { closeReasonOf, type CloseReason, type ErrorCode } from '../../index.ts';
import { expectEqual, expectThat } from '../broken-promise.ts';
import type { Check } from '../check.ts';
import type { Server } from '../server.ts';
import { newConversationId, newMessageId } from '../visitor.ts';

const MAX_FRAME_BYTES = 65_536;
/** What a message about a wrong value must not contain. */
const WRONG_VALUE = 'a value that is not repeated';

/** Sends a frame that has to be refused, with one name for the error and the close. */
async function expectClosing(server: Server, frame: string, code: CloseReason & ErrorCode) {
  const visitor = await server.connect();
  visitor.sendRaw(frame);
  const { error } = await visitor.received('rejected');
  expectEqual(error.code, code, 'the error code');
  const closed = await visitor.untilClosed();
  expectEqual(closeReasonOf(closed.code) ?? closed.code, code, 'the close code');
}

/** The promises of §3, §9 and §16. */
export const FRAMES: readonly Check[] = [
  {
    id: 'no-json',
    section: '§3.4',
    promise: 'A frame that is no JSON is rejected as `bad-frame`, and closed with it.',
    try: (server) => expectClosing(server, '{"type":"ping"', 'bad-frame'),
  },
  {
    id: 'too-large',
    section: '§3.2',
    promise: 'A frame over 65,536 bytes is rejected as `too-large`, and closed with it.',
    try: (server) => {
      const frame = JSON.stringify({ type: 'ping', id: 'q_conformance1', more: 'x'.repeat(MAX_FRAME_BYTES) });
      return expectClosing(server, frame, 'too-large');
    },
  },
  {
    id: 'wrong-field',
    section: '§3.4',
    promise:
      'A command with a wrong field is rejected by its id, without its value, and the session continues.',
    async try(server) {
      const visitor = await server.connect();
      const conversationId = newConversationId();
      const command = { type: 'subscribe', id: 'q_conformance1', conversationId, cursor: WRONG_VALUE };
      visitor.sendRaw(JSON.stringify(command));
      const { error, commandId } = await visitor.received('rejected');
      expectEqual([error.code, commandId], ['bad-frame', 'q_conformance1'], 'the rejection');
      expectThat(!error.message.includes(WRONG_VALUE), 'the message repeats the value');
      await visitor.ping();
    },
  },
  {
    id: 'unknown-command',
    section: '§9',
    promise: 'A command of unknown type is rejected as `unsupported`, and the session continues.',
    async try(server) {
      const visitor = await server.connect();
      visitor.sendRaw(JSON.stringify({ type: 'from-a-later-version', id: 'q_conformance1' }));
      const { error, commandId } = await visitor.received('rejected');
      expectEqual([error.code, commandId], ['unsupported', 'q_conformance1'], 'the rejection');
      await visitor.ping();
    },
  },
  {
    id: 'unknown-field',
    section: '§16.6',
    promise: 'A field that the server does not know is ignored.',
    async try(server) {
      const visitor = await server.connect();
      visitor.sendRaw(JSON.stringify({ type: 'ping', id: 'q_conformance1', later: { version: 9 } }));
      const { commandId } = await visitor.received('pong');
      expectEqual(commandId, 'q_conformance1', 'the command of the `pong`');
    },
  },
  {
    id: 'array',
    section: '§3.1',
    promise: 'An array is the same as its commands, one after the other.',
    async try(server) {
      const visitor = await server.connect();
      const ids = ['q_conformance1', 'q_conformance2', 'q_conformance3'];
      visitor.sendRaw(JSON.stringify(ids.map((id) => ({ type: 'ping', id }))));
      const pongs = () =>
        visitor.recording.events.flatMap((event) =>
          event.type === 'pong' && event.commandId !== undefined ? [event.commandId] : [],
        );
      await visitor.recording.until(() => pongs().length >= ids.length, 'three `pong`s');
      expectEqual(pongs(), ids, 'the order of the answers');
    },
  },
  {
    id: 'one-answer',
    section: '§9',
    promise: 'Each command gets exactly one answer.',
    async try(server) {
      const visitor = await server.connect();
      const conversationId = newConversationId();
      const ids = [
        visitor.send({ type: 'subscribe', conversationId }),
        visitor.send({ type: 'abort-run', conversationId }),
        visitor.send({ type: 'feedback', conversationId, messageId: newMessageId(), value: 'up' }),
      ];
      for (const id of ids) await visitor.answer(id);
      await visitor.ping();
      const answers = visitor.recording.events.flatMap((event) =>
        (event.type === 'accepted' || event.type === 'rejected') && event.commandId !== undefined
          ? [event.commandId]
          : [],
      );
      expectEqual(answers.toSorted(), ids.toSorted(), 'the commands that were answered');
    },
  },
  {
    id: 'blank-message',
    section: '§8.9',
    promise: 'A message of which nobody would see anything is rejected as `bad-frame`.',
    async try(server) {
      const visitor = await server.connect();
      const { code } = await visitor.askForRejection({
        type: 'send-message',
        conversationId: newConversationId(),
        messageId: newMessageId(),
        parts: [{ type: 'text', text: ' \u200B\n' }],
      });
      expectEqual(code, 'bad-frame', 'the error code');
    },
  },
];
