/** The chat as people see it: one snapshot out of what the rooms hold. */
import { runningMessages, type EventOf, type RunId } from '@rivulet/protocol';
import type { ChatSnapshot } from '../chat.ts';
import { refusalOf, statusOf } from '../connection/chat-status.ts';
import type { ConnectionState } from '../connection/connection-state.ts';
import type { CurrentConversation } from './current-conversation.ts';
import type { Outbox } from '../outbox/outbox.ts';

export interface ChatRooms {
  connection: { readonly state: ConnectionState };
  current: Pick<CurrentConversation, 'conversation' | 'isLoading'>;
  outbox: Pick<Outbox, 'shown'>;
  /** Answers that were asked for and are not in the conversation yet. */
  awaited: ReadonlySet<RunId>;
  /** A fresh token may be on its way: then the line is not closed for good. */
  renewal: { readonly isFetching: boolean } | undefined;
  welcome: Pick<EventOf<'welcome'>, 'files'> | undefined;
}

export function describeChat(rooms: ChatRooms): ChatSnapshot {
  const { connection, current, outbox, awaited, renewal, welcome } = rooms;
  const { conversation } = current;
  const pending = outbox.shown(conversation);
  const status = statusOf(connection.state);
  // Without a line nothing was asked yet, and more may be written to go after it.
  const isDisconnected = status === 'reconnecting' || status === 'offline';
  return {
    status,
    closedBecause: renewal?.isFetching === true ? null : refusalOf(connection.state),
    conversation,
    isLoading: current.isLoading,
    pending,
    isAnswering:
      awaited.size > 0 ||
      pending.some(({ state }) => state === 'sending' || (state === 'waiting' && !isDisconnected)) ||
      runningMessages(conversation).length > 0,
    files: welcome && (welcome.files ?? null),
  };
}
