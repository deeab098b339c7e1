/** Accepts messages, edits and regenerations, and reads conversations. Keeps the store and the event log in the same order. */
import { createHash } from 'node:crypto';
import {
  ChatError,
  mintMessageId,
  mintRunId,
  type CommandOf,
  type Conversation,
  type ConversationId,
  type LoggedEventBody,
  type Message,
  type MessageId,
  type RandomBytes,
  type RunId,
  type View,
} from '@rivulet/protocol';
import { startEvents, questionOf } from './run-events.ts';
import type { Principal } from '../auth/auth.ts';
import type { Clock, KeyedMutex } from '../base/index.ts';
import type { EventLog, Kept } from '../event-logs/event-log.ts';
import { stateAt } from './snapshot-state.ts';
import type { ProviderTool } from '../providers/provider.ts';
import { MAX_RUNNING, type Site } from '../sites/sites.ts';
import { stopRuns } from './stop-runs.ts';
import type { Acceptance, ConversationRecord, Store } from '../stores/store.ts';
import { titleOf } from './title.ts';
import type { Uploads } from './uploads.ts';

/** What conversations need. */
export interface ConversationsOptions {
  store: Store;
  eventLog: EventLog;
  /** Serialises the writes to a conversation's store and log, by conversation id. */
  mutex: KeyedMutex;
  clock: Clock;
  /** The source of message and run ids. */
  random: RandomBytes;
  uploads: Uploads;
}

/** An accepted run: stored and logged, and not yet sent to the upstream. */
export interface AcceptedRun {
  conversationId: ConversationId;
  siteId: string;
  /** The owner of the conversation. */
  ownerId: string;
  /** The user message that the run answers. */
  questionId: MessageId;
  /** The assistant message that the run writes; without parts at first. */
  answer: Message;
  runId: RunId;
  /** The principal that sent the command. */
  principal: Principal;
  /** Tools that the page of the sender performs. */
  clientTools?: readonly ProviderTool[];
  /** `repeated`: the same command was accepted before, so the run exists already and must not be started again. */
  kind: 'new' | 'repeated';
}

/** The conversations of a gateway. Accepting is serialised per conversation. */
export interface Conversations {
  /** The record of a conversation. @throws {ChatError} not-found when it does not exist or belongs to another principal */
  authorize(principal: Principal, id: ConversationId): Promise<ConversationRecord>;
  /** The state at the head of the event log. Does not check the owner. @throws {ChatError} not-found */
  read(id: ConversationId): Promise<View>;
  /** The events that the log still keeps. Does not check the owner. */
  readKept(id: ConversationId): Promise<Kept>;
  /**
   * Accepts a user message, and creates the conversation with its first one.
   * @throws {ChatError} busy when the site's policy allows no further message; conflict when the id was used for another body;
   *   not-found for an unknown parent or file, or for another principal's conversation
   */
  acceptMessage(principal: Principal, command: CommandOf<'send-message'>, site: Site): Promise<AcceptedRun>;
  /** Accepts a new version of a user message, as its sibling. @throws {ChatError} busy, conflict, not-found */
  acceptEdit(principal: Principal, command: CommandOf<'edit-message'>, site: Site): Promise<AcceptedRun>;
  /** Accepts another answer to the same user message. @throws {ChatError} busy, conflict, not-found */
  acceptRegenerate(principal: Principal, command: CommandOf<'regenerate'>, site: Site): Promise<AcceptedRun>;
  /** Aborts the runs that the command names, on whichever gateway they run or wait. @throws {ChatError} not-found */
  abort(principal: Principal, command: CommandOf<'abort-run'>): Promise<void>;
}

/** Creates the conversations of one gateway. */
export function createConversations(options: ConversationsOptions): Conversations {
  const { store, eventLog, mutex } = options;

  return {
    authorize: (principal, id) => authorize(store, principal, id),
    readKept: (id) => eventLog.read(id),
    read: (id) => mutex.run(id, () => readView(options, id)),
    acceptMessage: (principal, command, site) =>
      mutex.run(command.conversationId, () =>
        retryWhileMoved(() => acceptMessage({ ...options, principal, site }, command)),
      ),
    acceptEdit: (principal, command, site) =>
      mutex.run(command.conversationId, () =>
        retryWhileMoved(() => acceptEdit({ ...options, principal, site }, command)),
      ),
    acceptRegenerate: (principal, command, site) =>
      mutex.run(command.conversationId, () =>
        retryWhileMoved(() => acceptRegenerate({ ...options, principal, site }, command)),
      ),
    async abort(principal, { conversationId, runId, messageId }) {
      await authorize(store, principal, conversationId);
      const messages = await store.readMessages(conversationId);
      const named = messages.filter(
        ({ run, parentId }) =>
          (runId === undefined || run?.id === runId) && (messageId === undefined || parentId === messageId),
      );
      await stopRuns(eventLog, conversationId, named);
    },
  };
}

/**
 * Another gateway may add a message between the read and the write; then the attempt is repeated. The loop ends because at each
 * conflict one of the writers succeeds.
 */
async function retryWhileMoved(attempt: () => Promise<AcceptedRun | 'moved'>): Promise<AcceptedRun> {
  for (;;) {
    const outcome = await attempt();
    if (outcome !== 'moved') return outcome;
  }
}

/** Who sends a command, and to which site. */
interface AcceptScope extends ConversationsOptions {
  principal: Principal;
  site: Site;
}

/** Reads the record of a conversation. @throws {ChatError} not-found when it does not exist or belongs to another principal */
export async function authorize(
  store: Store,
  principal: Principal,
  id: ConversationId,
): Promise<ConversationRecord> {
  const record = await store.readConversation(id);
  // Invariant 9: a conversation of another visitor is reported as one that does not exist.
  if (record?.siteId !== principal.siteId || record.ownerId !== principal.id)
    throw new ChatError('not-found');
  return record;
}

async function acceptMessage(
  accepting: AcceptScope,
  command: CommandOf<'send-message'>,
): Promise<AcceptedRun | 'moved'> {
  const { store, principal, clock, uploads } = accepting;
  const { conversationId, messageId: id } = command;
  // The first message creates the conversation, so it may not exist yet; if it does, it must be the principal's.
  if ((await store.readConversation(conversationId)) !== undefined)
    await authorize(store, principal, conversationId);
  const messages = await store.readMessages(conversationId);
  const newest = messages.findLast((message) => message.id !== id)?.id ?? null;
  const parentId = command.parentId === undefined ? newest : command.parentId;
  if (parentId !== null && !messages.some((message) => message.id === parentId))
    throw new ChatError('not-found');
  const parts = await uploads.claim(principal, conversationId, command.parts);
  const question: Message = { id, role: 'user', parentId, parts, createdAtMs: clock.now() };
  // The digest uses the parent as sent: the default parent may be a different message when the command is sent again.
  const body = { parts, parentId: command.parentId };
  const title = titleOf(parts);
  return accept(accepting, { conversationId, messages, question, isNew: true, key: id, body, title });
}

/** The new version becomes a sibling of the old one, with an answer of its own. */
async function acceptEdit(
  accepting: AcceptScope,
  command: CommandOf<'edit-message'>,
): Promise<AcceptedRun | 'moved'> {
  const { store, principal, clock, uploads } = accepting;
  const { conversationId, messageId: id, replacesId } = command;
  await authorize(store, principal, conversationId);
  const messages = await store.readMessages(conversationId);
  const replaced = messages.find((message) => message.id === replacesId);
  if (replaced?.role !== 'user') throw new ChatError('not-found');
  const parts = await uploads.claim(principal, conversationId, command.parts);
  const question: Message = {
    id,
    role: 'user',
    parentId: replaced.parentId,
    parts,
    createdAtMs: clock.now(),
  };
  const body = { parts, replacesId };
  return accept(accepting, { conversationId, messages, question, isNew: true, key: id, body });
}

async function acceptRegenerate(
  accepting: AcceptScope,
  command: CommandOf<'regenerate'>,
): Promise<AcceptedRun | 'moved'> {
  const { store, principal } = accepting;
  const { conversationId, runId, messageId } = command;
  await authorize(store, principal, conversationId);
  const messages = await store.readMessages(conversationId);
  const answer = messages.find(({ id }) => id === messageId);
  const question = messages.find(({ id }) => id === answer?.parentId);
  if (answer?.run === undefined || question === undefined) throw new ChatError('not-found');
  const body = { regenerate: messageId };
  return accept(accepting, { conversationId, messages, question, isNew: false, key: runId, body });
}

interface AcceptInput {
  conversationId: ConversationId;
  messages: readonly Message[];
  /** The user message to answer: a new one, or an existing one that gets another answer. */
  question: Message;
  isNew: boolean;
  /** The idempotency key of the command. */
  key: MessageId | RunId;
  /** The content of the command. The same key with another body is a conflict. */
  body: object;
  /** The title, if this creates the conversation. It is not logged: the conversation has no viewers yet. */
  title?: string | undefined;
}

/** Store first, log second: an accepted message is stored before a viewer sees it. The caller holds the mutex. */
async function accept(options: AcceptScope, input: AcceptInput): Promise<AcceptedRun | 'moved'> {
  const { principal, site } = options;
  const { conversationId, key, question, isNew } = input;
  const whenBusy = site.whenBusy ?? 'queue';
  const nowMs = options.clock.now();
  const runId = isRunKey(key) ? key : mintRunId(options.random);
  const answer: Message = {
    id: mintMessageId(options.random),
    role: 'assistant',
    parentId: question.id,
    parts: [],
    createdAtMs: nowMs,
    run: { id: runId, state: 'running', startedAtMs: nowMs },
  };
  const owner = { siteId: principal.siteId, ownerId: principal.id };
  const run = { conversationId, ...owner, questionId: question.id, runId, answer, principal };
  const digest = digestOf(input.body);
  const acceptance: Acceptance = {
    conversationId,
    owner,
    answer,
    key,
    digest,
    maxRunning: MAX_RUNNING[whenBusy],
    nowMs,
    newestId: input.messages.at(-1)?.id ?? null,
  };
  if (isNew) acceptance.question = question;
  if (input.title !== undefined) acceptance.title = input.title;
  const accepted = await options.store.accept(acceptance);
  if (accepted.kind === 'moved') return 'moved';
  if (accepted.kind !== 'accepted' && accepted.kind !== 'repeated') throw new ChatError(accepted.kind);
  if (accepted.kind === 'repeated') {
    const existing = input.messages.find(({ id }) => id === accepted.answerId);
    return { ...run, answer: existing ?? answer, runId: accepted.runId, kind: 'repeated' };
  }
  await options.eventLog.append(conversationId, [
    ...unfinishedStartEvents(options, input),
    ...startEvents(isNew ? question : undefined, answer),
  ]);
  // `messages` was read before the new run was stored, so it is not among those that are stopped.
  if (whenBusy === 'interrupt') await stopRuns(options.eventLog, conversationId, input.messages);
  return { ...run, kind: 'new' };
}

/**
 * Another gateway may have stored a message and not logged it yet, or have crashed in between. So on a shared log the starts of
 * all unfinished runs are logged again before the new message: the log keeps the order of the store, and a repeated event does
 * not change the state of a viewer.
 */
function unfinishedStartEvents({ eventLog }: AcceptScope, { messages }: AcceptInput): LoggedEventBody[] {
  if (!eventLog.isShared) return [];
  return messages
    .filter(({ run }) => run?.state === 'running')
    .flatMap((answer) => startEvents(questionOf(messages, answer), answer));
}

/** Reads the store first and the log second, so that events which the log drops in between are in the stored state. */
async function readView({ store, eventLog }: ConversationsOptions, id: ConversationId): Promise<View> {
  const record = await store.readConversation(id);
  if (record === undefined) throw new ChatError('not-found');
  const { title, createdAtMs } = record;
  const messages = await store.readMessages(id);
  const stored: Conversation = { id, title, createdAtMs, messages, participants: [] };
  const { head, events } = await eventLog.read(id);
  return { position: head, conversation: stateAt(stored, events) };
}

const isRunKey = (key: MessageId | RunId): key is RunId => key.startsWith('r_');

const digestOf = (body: object): string =>
  createHash('sha256').update(JSON.stringify(body)).digest('base64url');
