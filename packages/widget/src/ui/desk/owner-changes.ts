/** Pure: where in the transcript it is said that somebody else answers. */
import type { Conversation, ConversationOwner, Message, MessageId } from '@rivulet/protocol';

/** Somebody else answers from here on. */
export interface OwnerChange {
  kind: ConversationOwner['kind'];
  /** Name of the person; empty when it is none, or not known. */
  name: string;
}

/** The changes of one conversation. */
export interface OwnerChanges {
  /** By the id of the first message after the change. */
  before: ReadonlyMap<MessageId, OwnerChange>;
  /** The change after the last message. */
  end: OwnerChange | undefined;
}

/** Who answers, as a walk through the messages finds it: `ai`, or the id of a person. */
type Speaker = string;
const AI: Speaker = 'ai';

/**
 * The place of the newest change is known by its time. The log keeps no earlier ones for long, so they are found by who wrote the messages:
 * a person has joined before their first message, and the model was back before the question that it answered. O(messages).
 */
export function ownerChanges({ messages, owner }: Pick<Conversation, 'messages' | 'owner'>): OwnerChanges {
  const before = new Map<MessageId, OwnerChange>();
  if (owner === undefined) return { before, end: undefined };
  const newest: OwnerChange = { kind: owner.kind, name: owner.person?.name ?? '' };
  const changeAt = messages.findIndex(({ createdAtMs }) => createdAtMs > owner.sinceMs);
  let speaker = AI;
  for (const [index, message] of messages.entries()) {
    if (index === changeAt) {
      before.set(message.id, newest);
      speaker = owner.person?.id ?? AI;
    }
    const next = speakerOf(message) ?? speaker;
    if (next !== speaker) before.set(startOf(messages, index), changeTo(message));
    speaker = next;
  }
  return { before, end: changeAt < 0 ? newest : undefined };
}

function speakerOf({ role, author }: Message): Speaker | undefined {
  if (role === 'user') return undefined;
  return role === 'agent' ? (author?.id ?? '') : AI;
}

const changeTo = ({ author }: Message): OwnerChange => ({
  kind: author === undefined ? 'ai' : 'person',
  name: author?.name ?? '',
});

/** The model was back before the question: it answers none that a person has read. */
function startOf(messages: readonly Message[], index: number): MessageId {
  const [question, message] = [messages[index - 1], messages[index]] as [Message | undefined, Message]; // the caller's own index
  return message.role === 'assistant' && question?.role === 'user' ? question.id : message.id;
}
