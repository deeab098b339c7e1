/** Commands between visitors and people at the desk, for tests that send every command. */
import type { CommandId, CommandOf, ConversationId } from '@rivulet/protocol';

/** The commands between visitors and people at the desk. @param fresh the conversation, and a new id */
export const deskCommands = (fresh: () => { id: CommandId; conversationId: ConversationId }) => ({
  typing: (): CommandOf<'typing'> => ({ type: 'typing', ...fresh(), isTyping: true }),
  'request-person': (): CommandOf<'request-person'> => ({ type: 'request-person', ...fresh() }),
  'leave-address': (): CommandOf<'leave-address'> => ({
    ...{ type: 'leave-address', email: 'mallory@example.com', consent: true },
    ...fresh(),
  }),
});
