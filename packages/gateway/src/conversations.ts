/** Conversations as the gateway's commands change them and its viewers read them: store and log in step, one at a time. */
import { createHash } from 'node:crypto';
import {
  ChatError,
  fold,
  mintMessageId,
  mintRunId,
  type CommandOf,
  type Conversation,
  type ConversationId,
  type Message,
  type MessageId,
  type RandomBytes,
  type RunId,
  type View,
} from '@rivulet/protocol';
import type { Principal } from './auth/auth.ts';
import type { Clock } from './clock.ts';
import type { EventLog, Kept } from './event-logs/event-log.ts';
import type { Sections } from './sections.ts';
import type { Acceptance, ConversationRecord, Store } from './stores/store.ts';

export interface ConversationsOptions {
  store: Store;
  eventLog: EventLog;
  sections: Sections;
  clock: Clock;
  random: RandomBytes;
}

/** A reply that was accepted: on disk and in the log, not yet asked of the upstream. */
export interface AcceptedRun {
  conversationId: ConversationId;
  siteId: string;
  ownerId: string;
  questionId: MessageId;
  answer: Message;
  runId: RunId;
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
  acceptMessage(principal: Principal, command: CommandOf<'send-message'>): Promise<AcceptedRun>;
  /** @throws {ChatError} busy, conflict, not-found */
  acceptRegenerate(principal: Principal, command: CommandOf<'regenerate'>): Promise<AcceptedRun>;
}

export function createConversations(options: ConversationsOptions): Conversations {
  const { store, eventLog, sections } = options;

  return {
    authorize: (principal, id) => authorize(store, principal, id),
    readKept: (id) => eventLog.read(id),
    read: (id) => sections.run(id, () => readView(options, id)),
    acceptMessage: (principal, command) =>
      sections.run(command.conversationId, () => acceptMessage(options, principal, command)),
    acceptRegenerate: (principal, command) =>
      sections.run(command.conversationId, () => acceptRegenerate(options, principal, command)),
  };
}

async function authorize(
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
  options: ConversationsOptions,
  principal: Principal,
  command: CommandOf<'send-message'>,
): Promise<AcceptedRun> {
  const { conversationId, messageId: id, parts } = command;
  // A conversation that is not there is created by its first message; one of another visitor stays unseen.
  if ((await options.store.readConversation(conversationId)) !== undefined) {
    await authorize(options.store, principal, conversationId);
  }
  const messages = await options.store.readMessages(conversationId);
  const newest = messages.findLast((message) => message.id !== id)?.id ?? null;
  const parentId = command.parentId === undefined ? newest : command.parentId;
  if (parentId !== null && !messages.some((message) => message.id === parentId))
    throw new ChatError('not-found');
  const question: Message = { id, role: 'user', parentId, parts, createdAtMs: options.clock.now() };
  // Without the parent that was filled in: it has moved on when the command comes again.
  const body = { parts, parentId: command.parentId };
  return accept(options, { principal, conversationId, messages, question, isNew: true, key: id, body });
}

async function acceptRegenerate(
  options: ConversationsOptions,
  principal: Principal,
  command: CommandOf<'regenerate'>,
): Promise<AcceptedRun> {
  const { conversationId, runId, messageId } = command;
  await authorize(options.store, principal, conversationId);
  const messages = await options.store.readMessages(conversationId);
  const answer = messages.find(({ id }) => id === messageId);
  const question = messages.find(({ id }) => id === answer?.parentId);
  if (answer?.run === undefined || question === undefined) throw new ChatError('not-found');
  const body = { regenerate: messageId };
  return accept(options, { principal, conversationId, messages, question, isNew: false, key: runId, body });
}

interface AcceptInput {
  principal: Principal;
  conversationId: ConversationId;
  messages: readonly Message[];
  /** A new message of the visitor, or an earlier one that is answered again. */
  question: Message;
  isNew: boolean;
  key: MessageId | RunId;
  /** What the idempotency key stands for. */
  body: object;
}

/** Store first, then the log: an accepted message is on disk before anybody sees it. Runs inside the section. */
async function accept(options: ConversationsOptions, input: AcceptInput): Promise<AcceptedRun> {
  const { principal, conversationId, key, question, isNew } = input;
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
  const run = { conversationId, ...owner, questionId: question.id, runId, answer };
  const digest = digestOf(input.body);
  const acceptance: Acceptance = { conversationId, owner, answer, key, digest, maxRunning: 0, nowMs };
  if (isNew) acceptance.question = question;
  const accepted = await options.store.accept(acceptance);
  if (accepted.kind !== 'accepted' && accepted.kind !== 'repeated') throw new ChatError(accepted.kind);
  if (accepted.kind === 'repeated') {
    const before = input.messages.find(({ id }) => id === accepted.answerId);
    return { ...run, answer: before ?? answer, runId: accepted.runId, kind: 'repeated' };
  }
  await options.eventLog.append(conversationId, [
    ...(isNew ? [{ type: 'message-added' as const, message: question }] : []),
    { type: 'run-started', runId, messageId: answer.id, parentId: question.id, startedAtMs: nowMs },
  ]);
  return { ...run, kind: 'new' };
}

/**
 * Store first, then what is kept of the log on top: the store is never behind the kept window, and the fold passes over what
 * it already holds, so the state is exactly that of the head.
 */
async function readView({ store, eventLog }: ConversationsOptions, id: ConversationId): Promise<View> {
  const record = await store.readConversation(id);
  if (record === undefined) throw new ChatError('not-found');
  const { title, createdAtMs } = record;
  const messages = await store.readMessages(id);
  const stored: Conversation = { id, title, createdAtMs, messages, participants: [] };
  const { head, events } = await eventLog.read(id);
  return { position: head, conversation: events.reduce(fold, stored) };
}

const isRunKey = (key: MessageId | RunId): key is RunId => key.startsWith('r_');

const digestOf = (body: object): string =>
  createHash('sha256').update(JSON.stringify(body)).digest('base64url');
