/** Conversations as the gateway's commands change them and its viewers read them: store and log in step, one at a time. */
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
import { beginning, questionOf } from './run-events.ts';
import type { Principal } from '../auth/auth.ts';
import type { Clock } from '../base/clock.ts';
import type { EventLog, Kept } from '../event-logs/event-log.ts';
import { stateAt } from './snapshot-state.ts';
import type { ProviderTool } from '../providers/provider.ts';
import type { KeyedMutex } from '../base/keyed-mutex.ts';
import { MAX_RUNNING, type Site } from '../sites/sites.ts';
import { stopRuns } from './stop-runs.ts';
import type { Acceptance, ConversationRecord, Store } from '../stores/store.ts';
import { titleOf } from './title.ts';
import type { Uploads } from './uploads.ts';

export interface ConversationsOptions {
  store: Store;
  eventLog: EventLog;
  mutex: KeyedMutex;
  clock: Clock;
  random: RandomBytes;
  uploads: Uploads;
}

/** A reply that was accepted: on disk and in the log, not yet asked of the upstream. */
export interface AcceptedRun {
  conversationId: ConversationId;
  siteId: string;
  ownerId: string;
  questionId: MessageId;
  answer: Message;
  runId: RunId;
  /** On whose behalf it is written. */
  principal: Principal;
  /** What the page that asked can do for the model. */
  clientTools?: readonly ProviderTool[];
  /** `repeated`: the command came before; its run is, or was, already on its way. */
  kind: 'new' | 'repeated';
}

export interface Conversations {
  /** @throws {ChatError} not-found: there is none, or it is not the principal's. */
  authorize(principal: Principal, id: ConversationId): Promise<ConversationRecord>;
  /** The state at the head of the log. @throws {ChatError} not-found */
  read(id: ConversationId): Promise<View>;
  /** The kept window. */
  readKept(id: ConversationId): Promise<Kept>;
  /** @throws {ChatError} busy, conflict, not-found */
  acceptMessage(principal: Principal, command: CommandOf<'send-message'>, site: Site): Promise<AcceptedRun>;
  /** @throws {ChatError} busy, conflict, not-found */
  acceptEdit(principal: Principal, command: CommandOf<'edit-message'>, site: Site): Promise<AcceptedRun>;
  /** @throws {ChatError} busy, conflict, not-found */
  acceptRegenerate(principal: Principal, command: CommandOf<'regenerate'>, site: Site): Promise<AcceptedRun>;
  /** Stops the runs that the command names, wherever they are written or wait. @throws {ChatError} not-found */
  abort(principal: Principal, command: CommandOf<'abort-run'>): Promise<void>;
}

export function createConversations(options: ConversationsOptions): Conversations {
  const { store, eventLog, mutex } = options;

  return {
    authorize: (principal, id) => authorize(store, principal, id),
    readKept: (id) => eventLog.read(id),
    read: (id) => mutex.run(id, () => readView(options, id)),
    acceptMessage: (principal, command, site) =>
      mutex.run(command.conversationId, () =>
        untilInPlace(() => acceptMessage({ ...options, principal, site }, command)),
      ),
    acceptEdit: (principal, command, site) =>
      mutex.run(command.conversationId, () =>
        untilInPlace(() => acceptEdit({ ...options, principal, site }, command)),
      ),
    acceptRegenerate: (principal, command, site) =>
      mutex.run(command.conversationId, () =>
        untilInPlace(() => acceptRegenerate({ ...options, principal, site }, command)),
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

/** Another gateway may add a message between the reading and the writing: then it is read again. Somebody gets through each time. */
async function untilInPlace(attempt: () => Promise<AcceptedRun | 'moved'>): Promise<AcceptedRun> {
  for (;;) {
    const outcome = await attempt();
    if (outcome !== 'moved') return outcome;
  }
}

/** On whose behalf something is accepted. */
interface Accepting extends ConversationsOptions {
  principal: Principal;
  site: Site;
}

/** @throws {ChatError} not-found: there is none, or it is not the principal's. */
export async function authorize(
  store: Store,
  principal: Principal,
  id: ConversationId,
): Promise<ConversationRecord> {
  const record = await store.readConversation(id);
  // Invariant 9: another visitor's conversation is not there.
  if (record?.siteId !== principal.siteId || record.ownerId !== principal.id)
    throw new ChatError('not-found');
  return record;
}

async function acceptMessage(
  accepting: Accepting,
  command: CommandOf<'send-message'>,
): Promise<AcceptedRun | 'moved'> {
  const { store, principal, clock, uploads } = accepting;
  const { conversationId, messageId: id } = command;
  // A conversation that is not there is created by its first message; one of another visitor stays unseen.
  if ((await store.readConversation(conversationId)) !== undefined)
    await authorize(store, principal, conversationId);
  const messages = await store.readMessages(conversationId);
  const newest = messages.findLast((message) => message.id !== id)?.id ?? null;
  const parentId = command.parentId === undefined ? newest : command.parentId;
  if (parentId !== null && !messages.some((message) => message.id === parentId))
    throw new ChatError('not-found');
  const parts = await uploads.claim(principal, conversationId, command.parts);
  const question: Message = { id, role: 'user', parentId, parts, createdAtMs: clock.now() };
  // Without the parent that was filled in: it has moved on when the command comes again.
  const body = { parts, parentId: command.parentId };
  const title = titleOf(parts);
  return accept(accepting, { conversationId, messages, question, isNew: true, key: id, body, title });
}

/** A fork: the new version stands beside the old one, with an answer of its own. */
async function acceptEdit(
  accepting: Accepting,
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
  accepting: Accepting,
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
  /** A new message of the visitor, or an earlier one that is answered again. */
  question: Message;
  isNew: boolean;
  key: MessageId | RunId;
  /** What the idempotency key stands for. */
  body: object;
  /** Of the conversation, if this creates it. Nobody can view it before, so no event says so. */
  title?: string | undefined;
}

/** Store first, then the log: an accepted message is on disk before anybody sees it. Runs inside the section. */
async function accept(options: Accepting, input: AcceptInput): Promise<AcceptedRun | 'moved'> {
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
    const before = input.messages.find(({ id }) => id === accepted.answerId);
    return { ...run, answer: before ?? answer, runId: accepted.runId, kind: 'repeated' };
  }
  await options.eventLog.append(conversationId, [
    ...earlier(options, input),
    ...beginning(isNew ? question : undefined, answer),
  ]);
  // Those before it, and not it.
  if (whenBusy === 'interrupt') await stopRuns(options.eventLog, conversationId, input.messages);
  return { ...run, kind: 'new' };
}

/**
 * Another gateway may have stored a message and not logged it yet, or have died before: what is not over is told again before
 * the new message, so that the log has the order of the store. Where it is known it changes nothing.
 */
function earlier({ eventLog }: Accepting, { messages }: AcceptInput): LoggedEventBody[] {
  if (!eventLog.isShared) return [];
  return messages
    .filter(({ run }) => run?.state === 'running')
    .flatMap((answer) => beginning(questionOf(messages, answer), answer));
}

/** Store first, then the log: then the store is never behind what the log has dropped. */
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
