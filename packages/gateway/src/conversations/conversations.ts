/** Accepts messages, edits and regenerations. Keeps the store and the event log in the same order. */
import { createHash } from 'node:crypto';
import {
  ChatError,
  mintRunId,
  type CommandOf,
  type ConversationId,
  type Message,
  type MessageId,
  type RandomBytes,
  type RunId,
  type View,
} from '@rivulet/protocol';
import { emptyAnswer, startEvents, unfinishedStartEvents } from './run-events.ts';
import {
  ownerOf,
  readOwnConversation,
  readOwnStanding,
  readStandingIfAny,
  type ConversationRequest,
} from '../access/owned-conversation.ts';
import type { Principal } from '../auth/auth.ts';
import type { Metrics } from '../base/index.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { Kept } from '../event-logs/event-log.ts';
import type { Moderation } from '../moderation/moderation.ts';
import { MAX_RUNNING, type Site } from '../sites/sites.ts';
import { stopRuns } from './stop-runs.ts';
import type { Acceptance, ConversationRecord, Standing, Store } from '../stores/store.ts';
import type { AcceptedRun } from './accepted-run.ts';
import {
  isAnsweredByAi,
  isStored,
  ownedError,
  storeForPerson,
  type StoredForPerson,
} from './desk-message.ts';
import { tellStarted, type TellStartedOptions } from './tell-started.ts';
import { titleOf } from './title.ts';
import type { Uploads } from './uploads.ts';
import { createQuestionModeration } from './moderate-question.ts';
import { createViewReader, type ViewReader, type ViewReaderOptions } from './view-reader.ts';

export type { AcceptedRun } from './accepted-run.ts';

/** What conversations need. */
export interface ConversationsOptions extends ViewReaderOptions, TellStartedOptions {
  metrics: Pick<Metrics, 'acceptDuration'> & ViewReaderOptions['metrics'];
  /** The source of message and run ids. */
  random: RandomBytes;
  uploads: Uploads;
  budgets: Budgets;
  moderation: Moderation;
}

/** Who sends a command, to which site. */
export interface Sender {
  principal: Principal;
  site: Site;
  /** Whether the session views the conversation, which exists then. Another one is most likely new. */
  isViewing: boolean;
  /**
   * Called with a new run as soon as it has its place in the conversation, before it is on disk, and before anything else can happen to
   * the conversation: the recovery must not find a run that nobody executes.
   */
  start: (run: AcceptedRun) => void;
}

/** The conversations of a gateway. Accepting is serialised per conversation; resolves when the run has started. */
export interface Conversations {
  /** The record of a conversation. @throws {ChatError} not-found when it does not exist or belongs to another principal */
  authorize(request: ConversationRequest): Promise<ConversationRecord>;
  /** The state at the head of the event log. Does not check the owner. @throws {ChatError} not-found */
  read(id: ConversationId): Promise<View>;
  /** The events that the log still keeps. Does not check the owner. */
  readKept(id: ConversationId): Promise<Kept>;
  /**
   * Accepts a user message, and creates the conversation with its first one. While a person answers, it is stored and starts no run.
   * @throws {ChatError} busy when the site's policy allows no further message; quota-exceeded when a budget is used up;
   *   content-blocked when moderation blocks it, upstream-failed when it could not be moderated: it is stored nowhere then;
   *   conflict when the id was used for another body;
   *   not-found for an unknown parent or file, or for another principal's conversation
   */
  acceptMessage(sender: Sender, command: CommandOf<'send-message'>): Promise<AcceptedRun | StoredForPerson>;
  /** Accepts a new version of a user message, as its sibling. @throws {ChatError} busy, conflict, not-found */
  acceptEdit(sender: Sender, command: CommandOf<'edit-message'>): Promise<AcceptedRun>;
  /** Accepts another answer to the same user message. @throws {ChatError} busy, conflict, not-found */
  acceptRegenerate(sender: Sender, command: CommandOf<'regenerate'>): Promise<AcceptedRun>;
  /** Aborts the runs that the command names, on whichever gateway they run or wait. @throws {ChatError} not-found */
  abort(principal: Principal, command: CommandOf<'abort-run'>): Promise<void>;
}

/** Creates the conversations of one gateway. */
export function createConversations(given: ConversationsOptions): Conversations {
  const options = { ...given, views: createViewReader(given) };
  const { store, eventLog, mutex } = options;
  const acceptModerated = createQuestionModeration(options);
  const accepting = async <Result>(id: ConversationId, attempt: () => Promise<Result | 'moved'>) => {
    const sinceMs = performance.now();
    const run = await mutex.run(id, () => retryWhileMoved(attempt));
    given.metrics.acceptDuration.observe((performance.now() - sinceMs) / 1000);
    return run;
  };
  return {
    authorize: (request) => readOwnConversation(store, request),
    readKept: (id) => eventLog.read(id),
    read: options.views.read,
    acceptMessage: (sender, command) =>
      acceptModerated(sender, command, () => {
        const scope = { ...options, ...sender };
        let guess = guessStanding(sender, command);
        return accepting(command.conversationId, () => {
          const attempt = acceptMessage(scope, command, guess);
          guess = 'unknown';
          return attempt;
        });
      }),
    acceptEdit: async (sender, command) => {
      await checkBeforeMutex(store, sender, command);
      return acceptModerated(sender, command, () =>
        accepting(command.conversationId, () => acceptEdit({ ...options, ...sender }, command)),
      );
    },
    acceptRegenerate: async (sender, command) => {
      await checkBeforeMutex(store, sender, command);
      return accepting(command.conversationId, () => acceptRegenerate({ ...options, ...sender }, command));
    },
    async abort(principal, { conversationId, runId, messageId }) {
      const { unfinished } = await readOwnStanding(store, { principal, action: 'abort-run', conversationId });
      const named = unfinished
        .map(({ answer }) => answer)
        .filter(
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
async function retryWhileMoved<Result>(attempt: () => Promise<Result | 'moved'>): Promise<Result> {
  for (;;) {
    const outcome = await attempt();
    if (outcome !== 'moved') return outcome;
  }
}

/**
 * Whoever may not see the conversation must not learn from the wait for its mutex that it is being written. A viewer may see it.
 * @throws {ChatError} not-found
 */
async function checkBeforeMutex(
  store: Store,
  { principal, isViewing }: Sender,
  { type: action, conversationId }: CommandOf<'edit-message' | 'regenerate'>,
): Promise<void> {
  if (!isViewing) await readOwnConversation(store, { principal, action, conversationId });
}

interface AcceptScope extends ConversationsOptions, Sender {
  views: Pick<ViewReader, 'addNew'>;
}

/**
 * The first message of a conversation is accepted without a read before it: the store refuses it as `moved` when the conversation has
 * messages, and as `not-found` when it is another visitor's.
 */
function guessStanding(
  { isViewing }: Sender,
  { parentId, parts }: CommandOf<'send-message'>,
): 'new' | 'unknown' {
  // Files are claimed for the conversation before the acceptance, so its owner must be known.
  const hasFiles = parts.some(({ type }) => type === 'file');
  return isViewing || hasFiles || typeof parentId === 'string' ? 'unknown' : 'new';
}

async function acceptMessage(
  accepting: AcceptScope,
  command: CommandOf<'send-message'>,
  guess: 'new' | 'unknown',
): Promise<AcceptedRun | StoredForPerson | 'moved'> {
  const { store, principal, clock, uploads } = accepting;
  const { conversationId, messageId: id } = command;
  const request = { principal, action: 'send-message', conversationId } as const;
  const named = { ...request, messageId: command.parentId ?? undefined };
  const standing = guess === 'new' ? undefined : await readStandingIfAny(store, named);
  if (typeof command.parentId === 'string' && standing?.named === undefined) throw new ChatError('not-found');
  const parentId = command.parentId === undefined ? (standing?.newestId ?? null) : command.parentId;
  const parts = await uploads.claim(principal, conversationId, command.parts);
  const question: Message = { id, role: 'user', parentId, parts, createdAtMs: clock.now() };
  if (standing !== undefined && !isAnsweredByAi(standing.record))
    return storeForPerson(accepting, standing, question);
  // The digest uses the parent as sent: the default parent may be a different message when the command is sent again.
  const body = { parts, parentId: command.parentId };
  const input = { conversationId, standing, question, isNew: true, key: id, body, title: titleOf(parts) };
  const tell = (run: AcceptedRun | 'moved') => tellStarted(accepting, run, standing?.newestId);
  return accept(accepting, input).then(tell, async (error: unknown) => {
    // It was stored while a person answered, and is sent again.
    const isConflict = ChatError.from(error).code === 'conflict';
    if (isConflict && (await isStored(accepting, conversationId, question)))
      return { conversationId, kind: 'stored' };
    throw error;
  });
}

/** The new version becomes a sibling of the old one, with an answer of its own. */
async function acceptEdit(
  accepting: AcceptScope,
  command: CommandOf<'edit-message'>,
): Promise<AcceptedRun | 'moved'> {
  const { store, principal, clock, uploads } = accepting;
  const { conversationId, messageId: id, replacesId } = command;
  const request = { principal, action: 'edit-message', conversationId, messageId: replacesId } as const;
  const standing = await readOwnStanding(store, request);
  const replaced = standing.named?.message;
  if (replaced?.role !== 'user') throw new ChatError('not-found');
  if (!isAnsweredByAi(standing.record)) throw ownedError();
  const parts = await uploads.claim(principal, conversationId, command.parts);
  const { parentId } = replaced;
  const question: Message = { id, role: 'user', parentId, parts, createdAtMs: clock.now() };
  const named = { question, isNew: true, key: id, body: { parts, replacesId } };
  return accept(accepting, { conversationId, standing, ...named });
}

async function acceptRegenerate(
  accepting: AcceptScope,
  command: CommandOf<'regenerate'>,
): Promise<AcceptedRun | 'moved'> {
  const { store, principal } = accepting;
  const { conversationId, runId, messageId } = command;
  const request = { principal, action: 'regenerate', conversationId, messageId } as const;
  const standing = await readOwnStanding(store, request);
  const { message: answer, parent: question } = standing.named ?? {};
  if (answer?.run === undefined || question === undefined) throw new ChatError('not-found');
  if (!isAnsweredByAi(standing.record)) throw ownedError();
  const named = { question, isNew: false, key: runId, body: { regenerate: messageId } };
  return accept(accepting, { conversationId, standing, ...named });
}

interface AcceptInput {
  conversationId: ConversationId;
  /** As read before the acceptance; undefined for a new conversation. */
  standing: Standing | undefined;
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

/** Store first, log second: an accepted message is on disk before a viewer sees it. The caller holds the mutex. */
async function accept(options: AcceptScope, input: AcceptInput): Promise<AcceptedRun | 'moved'> {
  const { principal, site } = options;
  const { conversationId, standing, key, question, isNew } = input;
  const whenBusy = site.whenBusy ?? 'queue';
  const nowMs = options.clock.now();
  const runId = isRunKey(key) ? key : mintRunId(options.random);
  const answer = emptyAnswer(options.random, { question, runId, nowMs });
  const owner = ownerOf(principal);
  const isFirst = (standing?.newestId ?? null) === null;
  const reservation = options.budgets.reservationOf({ site, principal, question, isFirst });
  const run = { conversationId, ...owner, site, question, runId, answer, principal, reservation };
  const acceptance: Acceptance = {
    conversationId,
    owner,
    answer,
    key,
    digest: digestOf(input.body),
    maxRunning: MAX_RUNNING[whenBusy],
    nowMs,
    newestId: standing?.newestId ?? null,
  };
  if (isNew) acceptance.question = question;
  if (input.title !== undefined) acceptance.title = input.title;
  if (reservation !== undefined) acceptance.reservation = reservation;
  const accepted = await options.store.accept(acceptance);
  if (accepted.kind === 'moved' || accepted.kind === 'owned') return 'moved';
  if (accepted.kind === 'repeated') {
    const existing = { answer: { ...answer, id: accepted.answerId }, runId: accepted.runId };
    return { ...run, ...existing, started: Promise.resolve(), isNext: false, kind: 'repeated' };
  }
  if (accepted.kind === 'over-budget') throw options.budgets.refuse(accepted.budget, site.id);
  if (accepted.kind !== 'accepted') throw new ChatError(accepted.kind);
  const started = accepted.durable.then(async () => {
    const before = unfinishedStartEvents(options, standing);
    const events = [...before, ...startEvents(isNew ? question : undefined, answer)];
    const { epoch, seq } = await options.eventLog.append(conversationId, events);
    if (standing === undefined && seq === events.length)
      options.views.addNew({ id: conversationId, title: input.title ?? null, createdAtMs: nowMs }, epoch);
  });
  const unfinished = standing?.unfinished ?? [];
  const startedRun: AcceptedRun = { ...run, started, isNext: unfinished.length === 0, kind: 'new' };
  options.start(startedRun);
  await started;
  // The standing was read before the new run was stored, so it is not among those that are stopped.
  if (whenBusy === 'interrupt') {
    const answers = unfinished.map(({ answer: before }) => before);
    await stopRuns(options.eventLog, conversationId, answers);
  }
  return startedRun;
}

const isRunKey = (key: MessageId | RunId): key is RunId => key.startsWith('r_');
const digestOf = (body: object) => createHash('sha256').update(JSON.stringify(body)).digest('base64url');
