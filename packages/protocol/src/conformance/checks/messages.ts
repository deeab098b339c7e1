/** Messages: accepted once, and kept; and whose they are. @see PROTOCOL.md §6.6, §8 */
import type { ErrorBody } from '../../index.ts';
import { askAndWait, askUntilText, untilOver } from '../answers.ts';
import { expectEqual } from '../broken-promise.ts';
import type { Check } from '../check.ts';
import { newConversationId, newMessageId, type NewCommand } from '../visitor.ts';

/** `ref` differs for each refusal, and says nothing. */
const withoutRef = ({ code, message, retry }: ErrorBody) => ({ code, message, retry });

/** The promises of §8, and of §6.6. */
export const MESSAGES: readonly Check[] = [
  {
    id: 'repeat',
    section: '§8.2',
    promise: 'The same message again gets the same answer, and changes nothing, also in mid-answer.',
    async try(server) {
      const asked = await askUntilText(server);
      const { command, accepted, conversationId } = asked;
      const again = await asked.visitor.ask(command);
      expectEqual(
        again.type === 'accepted' && [again.messageId, again.runId],
        [accepted.messageId, accepted.runId],
        'the answer to the repeat',
      );
      await untilOver(asked.visitor, asked);
      const later = await (await server.connect()).ask(command);
      expectEqual(later.type === 'accepted' && later.runId, accepted.runId, 'the run of a later repeat');
      const reader = await server.connect();
      await reader.subscribe(conversationId);
      const roles = reader.recording.views.get(conversationId)?.conversation.messages.map(({ role }) => role);
      expectEqual(roles, ['user', 'assistant'], 'the messages');
    },
  },
  {
    id: 'conflict',
    section: '§8.2',
    promise: 'The id of a message with another body is rejected as `conflict`.',
    async try(server) {
      const { command, visitor } = await askAndWait(server);
      const parts = [{ type: 'text' as const, text: 'Another question.' }];
      const { code } = await visitor.askForRejection({ ...command, parts });
      expectEqual(code, 'conflict', 'the error code');
    },
  },
  {
    id: 'kept',
    section: '§8.1',
    promise: 'Every accepted message is there for who comes later, once, in order.',
    async try(server) {
      const first = await askAndWait(server);
      const second = await first.visitor.askQuestion(first.conversationId);
      await untilOver(first.visitor, second);
      const reader = await server.connect();
      await reader.subscribe(first.conversationId);
      const messages = reader.recording.views.get(first.conversationId)?.conversation.messages ?? [];
      expectEqual(
        messages.filter(({ role }) => role === 'user').map(({ id }) => id),
        [first.messageId, second.messageId],
        'the questions',
      );
      expectEqual(
        messages,
        first.visitor.recording.views.get(first.conversationId)?.conversation.messages,
        'the messages of who comes later',
      );
    },
  },
  {
    id: 'strangers',
    section: '§6.6',
    promise: 'The conversation of somebody else is answered as one that does not exist.',
    async try(server) {
      const { conversationId, answer, messageId } = await askAndWait(server);
      const stranger = await server.connectStranger();
      const commands = (of: typeof conversationId): NewCommand[] => [
        { type: 'subscribe', conversationId: of },
        { type: 'abort-run', conversationId: of },
        { type: 'feedback', conversationId: of, messageId: answer.id, value: 'up' },
        {
          ...{ type: 'edit-message', conversationId: of, messageId: newMessageId(), replacesId: messageId },
          parts: [{ type: 'text', text: 'Mine.' }],
        },
      ];
      const missing = commands(newConversationId());
      for (const command of commands(conversationId)) {
        const error = await stranger.askForRejection(command);
        expectEqual(error.code, 'not-found', `the answer to \`${command.type}\``);
        const other = await stranger.askForRejection(missing.shift() ?? command);
        expectEqual(withoutRef(error), withoutRef(other), `the answers to \`${command.type}\``);
      }
    },
  },
  {
    id: 'strangers-write-nothing',
    section: '§6.6',
    promise: 'Nobody writes into the conversation of somebody else.',
    async try(server) {
      const { conversationId, visitor } = await askAndWait(server);
      const stranger = await server.connectStranger();
      const parts = [{ type: 'text' as const, text: server.question }];
      const { code } = await stranger.askForRejection({
        ...{ type: 'send-message', conversationId, messageId: newMessageId(), parts },
      });
      expectEqual(code, 'not-found', 'the error code');
      await visitor.ping();
      expectEqual(
        visitor.recording.views.get(conversationId)?.conversation.messages.length,
        2,
        'the number of messages',
      );
    },
  },
];
