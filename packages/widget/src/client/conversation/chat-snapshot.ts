/** Builds the public snapshot from the state of the parts of the client. */
import { runningMessages, type ErrorBody, type EventOf, type RunId } from '@rivulet/protocol';
import type { ChatSnapshot } from '../chat.ts';
import { refusalOf, statusOf } from '../connection/chat-status.ts';
import type { ConnectionState } from '../connection/connection-state.ts';
import type { CurrentConversation } from './current-conversation.ts';
import { isAnsweredByAi } from './is-answered-by-ai.ts';
import { shownEntries } from '../outbox/outbox-entry.ts';
import type { Outbox } from '../outbox/outbox.ts';

/** The parts of a chat session that the snapshot is made of. */
export interface ChatParts {
  /** The connection, for the status. */
  connection: { readonly state: ConnectionState };
  /** The conversation on screen. */
  current: Pick<CurrentConversation, 'conversation' | 'isLoading'>;
  /** The messages that the gateway has not accepted. */
  outbox: Pick<Outbox, 'entries'>;
  /** Runs that were requested and are not in the conversation yet. */
  awaited: ReadonlySet<RunId>;
  /** undefined without a token function. While it fetches a token, the connection is not closed for good. */
  renewal: { readonly isFetching: boolean } | undefined;
  /** The newest `welcome`; undefined before the first. */
  welcome: Pick<EventOf<'welcome'>, 'files' | 'disabled' | 'isResumable' | 'capabilities'> | undefined;
}

/** Returns the state now. Lists may be new objects with equal content: SnapshotSource keeps the former ones. */
export function describeChat(parts: ChatParts): ChatSnapshot {
  const { connection, current, outbox, awaited, renewal, welcome } = parts;
  const { conversation } = current;
  const pending = shownEntries(outbox.entries, conversation, 'others');
  const status = statusOf(connection.state);
  // Without a connection a waiting message has not been sent, so no answer is expected and the visitor may write more.
  const isFirstAttempt = connection.state.kind === 'connecting' && connection.state.failures === 0;
  const isDisconnected =
    status !== 'idle' && status !== 'online' && !(status === 'connecting' && isFirstAttempt);
  return {
    status,
    closedBecause: renewal?.isFetching === true ? null : (refusalOf(connection.state) ?? disabledBy(welcome)),
    conversation,
    isLoading: current.isLoading,
    pending,
    queued: shownEntries(outbox.entries, conversation, 'queued'),
    isAnswering:
      awaited.size > 0 ||
      // A person reads the message, and answers when they do: there is nothing to wait for, or to stop.
      (isAnsweredByAi(conversation) &&
        pending.some(({ state }) => state === 'sending' || (state === 'waiting' && !isDisconnected))) ||
      runningMessages(conversation).length > 0,
    files: welcome && (welcome.files ?? null),
    capabilities: welcome?.capabilities,
    isResumable: welcome?.isResumable,
  };
}

function disabledBy(welcome: ChatParts['welcome']): ErrorBody | null {
  const { disabled } = welcome ?? {};
  return disabled === undefined
    ? null
    : { code: 'site-disabled', message: disabled.text ?? '', retry: 'new' };
}
