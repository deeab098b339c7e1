/** Pure: which messages of a conversation are shown, where a question was answered or asked anew. */
import type { Message, MessageId } from '@rivulet/protocol';
import type { ChatSnapshot } from '../client/chat.ts';

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

const NO_SIBLINGS: Branch['siblings'] = new Map();

const placeOf = ({ parentId, role }: Message): string => `${parentId ?? ''} ${role}`;

/**
 * The branch in which the chosen message is, otherwise the newest one, down to its newest end. O(messages); one that goes on
 * in a line, as most do, costs a comparison each.
 */
export function branchOf(messages: readonly Message[], choice?: BranchChoice): Branch {
  const newestId = messages.at(-1)?.id;
  if (newestId === undefined || isLine(messages)) return { messages, siblings: NO_SIBLINGS };
  const { newest, versions } = findVersions(messages);
  if (versions.size === 0) return { messages, siblings: NO_SIBLINGS };
  const tipId = choice?.newestId === newestId ? newestBelow(messages, choice.messageId) : newestId;
  for (const message of pathTo(messages, tipId)) newest.set(placeOf(message), message.id);
  const siblings = new Map<MessageId, readonly MessageId[]>();
  const hidden = new Set<MessageId | null>();
  const shown = messages.filter((message) => {
    const place = placeOf(message);
    const isShown = newest.get(place) === message.id && !hidden.has(message.parentId);
    const all = versions.get(place);
    if (!isShown) hidden.add(message.id);
    else if (all !== undefined) siblings.set(message.id, all);
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

const isLine = (messages: readonly Message[]): boolean =>
  messages.every(({ parentId }, index) => parentId === (messages[index - 1]?.id ?? null));

/** By place: the newest message there, and all of them where there are several. */
function findVersions(messages: readonly Message[]) {
  const newest = new Map<string, MessageId>();
  const versions = new Map<string, MessageId[]>();
  for (const message of messages) {
    const place = placeOf(message);
    const before = newest.get(place);
    if (before !== undefined) {
      const all = versions.get(place) ?? [before];
      all.push(message.id);
      versions.set(place, all);
    }
    newest.set(place, message.id);
  }
  return { newest, versions };
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

/** From a message up to the first one; a damaged store's loop is gone round once. */
function pathTo(messages: readonly Message[], id: MessageId): Set<Message> {
  const byId = new Map<MessageId | null, Message>(messages.map((message) => [message.id, message]));
  const path = new Set<Message>();
  for (let at = byId.get(id); at !== undefined && !path.has(at); at = byId.get(at.parentId)) path.add(at);
  return path;
}
