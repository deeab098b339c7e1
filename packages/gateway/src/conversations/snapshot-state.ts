/** The state of a conversation at the head of its log, out of what is stored and what is kept of the log. Pure. */
import {
  fold,
  splitPartId,
  type Conversation,
  type LoggedEvent,
  type Message,
  type RunId,
} from '@rivulet/protocol';

/**
 * The store is never behind what the log has dropped, and it may be ahead of the log: an end is stored first, and a checkpoint may
 * hold words that are on their way to a log in another process. So an answer of which everything is kept is made of the log
 * alone: two viewers at one position have one state (invariant 5). What is stored of the others is folded on, which passes over
 * what it holds already.
 */
export function stateAt(stored: Conversation, kept: readonly LoggedEvent[]): Conversation {
  const begun = new Set(kept.flatMap((event) => (event.type === 'run-started' ? [event.runId] : [])));
  const messages =
    begun.size === 0 ? stored.messages : stored.messages.map((one) => rewound(one, begun, kept));
  return kept.reduce(fold, { ...stored, messages });
}

/** The message as it was when its run began, if the log has all that came since. */
function rewound(message: Message, begun: ReadonlySet<RunId>, kept: readonly LoggedEvent[]): Message {
  const { run } = message;
  if (run === undefined || !begun.has(run.id) || !isWhole(message, kept)) return message;
  return { ...message, parts: [], run: { id: run.id, state: 'running', startedAtMs: run.startedAtMs } };
}

/** A beginning is told again now and then, also when the first words are kept no longer: they decide. */
function isWhole({ id, parts }: Message, kept: readonly LoggedEvent[]): boolean {
  for (const event of kept) {
    if (event.type === 'message-updated' && event.messageId === id) return true;
    if (!('partId' in event) || !event.partId.startsWith(id)) continue;
    const { messageId, index } = splitPartId(event.partId);
    if (messageId === id) return event.type === 'part-started' && index === 0;
  }
  return parts.length === 0;
}
