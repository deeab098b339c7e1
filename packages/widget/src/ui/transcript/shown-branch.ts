/** Pure: which messages of a conversation are shown when messages were edited or answers regenerated. */
import type { Message, MessageId } from '@rivulet/protocol';
import type { ChatSnapshot } from '../../client/chat.ts';

/**
 * The version that the visitor switched to. It applies until a newer message arrives, so nothing new is ever hidden.
 */
export interface BranchChoice {
  /** Id of the chosen version. */
  readonly messageId: MessageId;
  /** The newest message of the conversation when the choice was made. */
  readonly newestId: MessageId | undefined;
}

/** The messages of one path through the conversation. */
export interface Branch {
  /** Oldest first; the same array as given if the conversation has no forks. */
  readonly messages: readonly Message[];
  /**
   * Ids of all versions of a message, oldest first, by the id of the shown version. Only messages with several versions
   * have an entry.
   */
  readonly siblings: ReadonlyMap<MessageId, readonly MessageId[]>;
}

/** All messages of one role with the same parent, oldest first. */
interface Fork {
  readonly versions: Message[];
  shown: Message;
}
type Forks = ReadonlyMap<MessageId | null, ReadonlyMap<Message['role'], Fork>>;

/**
 * Returns the branch of the chosen message, or else the branch of the newest message, down to its newest leaf.
 * O(messages); a linear conversation costs one comparison per message.
 *
 * @param known number of leading messages that are known to have no forks
 */
export function branchOf(messages: readonly Message[], choice?: BranchChoice, known = 0): Branch {
  const siblings = new Map<MessageId, readonly MessageId[]>();
  const newestId = messages.at(-1)?.id;
  if (newestId === undefined || isLinear(messages, known)) return { messages, siblings };
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

/**
 * Returns the parent id for a message that is sent now. Undefined means the newest message, which the gateway chooses
 * by itself.
 */
export function parentToFollow(
  { conversation: { messages }, pending }: ChatSnapshot,
  choice: BranchChoice | undefined,
): MessageId | undefined {
  // Pending messages are sent first and become the newest.
  if (choice === undefined || pending.some(({ state }) => state !== 'failed')) return undefined;
  const lastId = branchOf(messages, choice).messages.at(-1)?.id;
  return lastId === messages.at(-1)?.id ? undefined : lastId;
}

/** Whether each message from `start` on has the message before it as its parent. */
function isLinear(messages: readonly Message[], start: number): boolean {
  for (let index = start; index < messages.length; index += 1)
    if (messages[index]?.parentId !== (messages[index - 1]?.id ?? null)) return false;
  return true;
}

/** Finds the messages with several children. Of the children of one role, the newest is shown. */
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

/** Returns the newest descendant of a message, or the message itself. Parents always precede their children. */
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

/** Marks a message and all its ancestors as shown. */
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
