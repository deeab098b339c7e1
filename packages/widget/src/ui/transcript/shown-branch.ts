/** Pure: which messages of a conversation are shown, where a question was answered or asked anew. */
import type { Message, MessageId } from '@rivulet/protocol';
import type { ChatSnapshot } from '../../client/chat.ts';

/** What the visitor has turned to. It holds until something newer comes: nothing new is ever hidden. */
export interface BranchChoice {
  readonly messageId: MessageId;
  /** The newest message of the conversation in the moment of choosing. */
  readonly newestId: MessageId | undefined;
}

export interface Branch {
  /** Oldest first; the same array as given when the conversation has no forks. */
  readonly messages: readonly Message[];
  /** All versions of a message, oldest first, by the version that is shown; only where there are several. */
  readonly siblings: ReadonlyMap<MessageId, readonly MessageId[]>;
}

/** All messages of one role that follow the same one, oldest first. */
interface Fork {
  readonly versions: Message[];
  shown: Message;
}
type Forks = ReadonlyMap<MessageId | null, ReadonlyMap<Message['role'], Fork>>;

/**
 * The branch in which the chosen message is, otherwise the newest one, down to its newest end. O(messages); one that goes on
 * in a line, as most do, costs a comparison each.
 *
 * @param known how many of the first are known to have no forks
 */
export function branchOf(messages: readonly Message[], choice?: BranchChoice, known = 0): Branch {
  const siblings = new Map<MessageId, readonly MessageId[]>();
  const newestId = messages.at(-1)?.id;
  if (newestId === undefined || isLine(messages, known)) return { messages, siblings };
  const forks = findForks(messages);
  if (forks.size === 0) return { messages, siblings };
  const endId = choice?.newestId === newestId ? newestBelow(messages, choice.messageId) : newestId;
  choosePath(messages, endId, forks);
  const hidden = new Set<MessageId | null>();
  const shown = messages.filter((message) => {
    const fork = forks.get(message.parentId)?.get(message.role);
    const isShown = !hidden.has(message.parentId) && (fork === undefined || fork.shown === message);
    if (!isShown) hidden.add(message.id);
    else if (fork !== undefined && fork.versions.length > 1)
      siblings.set(
        message.id,
        fork.versions.map(({ id }) => id),
      );
    return isShown;
  });
  return { messages: shown, siblings };
}

/** What a message that is sent now has to follow; undefined: the newest, as the gateway decides by itself. */
export function parentToFollow(
  { conversation: { messages }, pending }: ChatSnapshot,
  choice: BranchChoice | undefined,
): MessageId | undefined {
  // What waits is sent before, and is then the newest.
  if (choice === undefined || pending.some(({ state }) => state !== 'failed')) return undefined;
  const lastId = branchOf(messages, choice).messages.at(-1)?.id;
  return lastId === messages.at(-1)?.id ? undefined : lastId;
}

/** Whether each from that place on follows the one before it. */
function isLine(messages: readonly Message[], start: number): boolean {
  for (let index = start; index < messages.length; index += 1)
    if (messages[index]?.parentId !== (messages[index - 1]?.id ?? null)) return false;
  return true;
}

/** Where one message has several after it. Of those of one role the newest is shown. */
function findForks(messages: readonly Message[]): Forks {
  const first = new Map<MessageId | null, Message>();
  const forks = new Map<MessageId | null, Map<Message['role'], Fork>>();
  const add = (roles: Map<Message['role'], Fork>, message: Message): void => {
    const fork = roles.get(message.role) ?? { versions: [], shown: message };
    fork.versions.push(message);
    fork.shown = message;
    roles.set(message.role, fork);
  };
  for (const message of messages) {
    const before = first.get(message.parentId);
    if (before === undefined) {
      first.set(message.parentId, message);
      continue;
    }
    const roles = forks.get(message.parentId) ?? new Map<Message['role'], Fork>();
    if (roles.size === 0) add(roles, before);
    add(roles, message);
    forks.set(message.parentId, roles);
  }
  return forks;
}

/** Of what follows a message the last that was added, or itself. A parent is always older. */
function newestBelow(messages: readonly Message[], id: MessageId): MessageId {
  const below = new Set<MessageId | null>([id]);
  let newest = id;
  for (const message of messages)
    if (below.has(message.parentId)) {
      below.add(message.id);
      newest = message.id;
    }
  return newest;
}

/** Shows a message and all that it follows. */
function choosePath(messages: readonly Message[], endId: MessageId, forks: Forks): void {
  let id: MessageId | null = endId;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (message?.id !== id) continue;
    const fork = forks.get(message.parentId)?.get(message.role);
    if (fork !== undefined) fork.shown = message;
    id = message.parentId;
  }
}
