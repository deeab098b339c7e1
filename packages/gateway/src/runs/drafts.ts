/** Drafts: replies that the model suggests to a person at the desk. Nothing of them is stored or logged as a message, or seen by the visitor. */
import { ChatError, mintRunId, type ConversationId, type Message, type Participant } from '@rivulet/protocol';
import { abortable, describeCause, loggerWith } from '../base/index.ts';
import type { Budgets } from '../budgets/budgets.ts';
import { emptyAnswer } from '../conversations/run-events.ts';
import { createLearnedRefusals } from '../providers/learned-refusals.ts';
import type { SecretMask } from '../providers/secret-mask.ts';
import type { VisitorLimits } from '../rate-limits/visitor-limits.ts';
import { disabledError } from '../sites/disabled.ts';
import { maxAnswerCharsOf, type Site } from '../sites/sites.ts';
import { reserveDraft } from './draft-budget.ts';
import { Reply } from './reply.ts';
import { refOf } from './run-ref.ts';
import { recordCharge } from './run-report.ts';
import { createRunWriter } from './run-writer.ts';
import { secretsOfSite } from './secrets-of-site.ts';
import { createLearnedBudgets } from './tool-loop/learned-budgets.ts';
import { createRefusedFiles, withoutRefused } from './tool-loop/refused-files.ts';
import { createFindings } from './tool-loop/findings.ts';
import { withoutRefusedTools } from './tool-loop/refused-tools.ts';
import { answerOrRepeat } from './tool-loop/repeated-round.ts';
import type { Loop, LoopOptions, LoopRun, RunWriter } from './tool-loop/round.ts';
import { scopeOf } from './tool-loop/round-request.ts';
import { contextOf } from './tool-loop/run-context.ts';
import { createUpstreamCaller } from './tool-loop/upstream-caller.ts';

/** What a draft is asked for. */
export interface DraftRequest {
  conversationId: ConversationId;
  site: Site;
  /** Who would send it. */
  person: Participant;
  /** What the person wants it to say; the model is told. */
  instruction?: string | undefined;
}

/** A reply that a person may send, change, or drop. */
export interface Draft {
  text: string;
  /** Whether the model wrote more than `MAX_DRAFT_CHARS`, or its limit ended the text. */
  isCut: boolean;
}

/** The drafts of one gateway. */
export interface Drafts {
  /**
   * Writes a draft of the next reply to the newest message of the visitor. It counts for the limits and the budget of the site.
   * @param signal cancels it; then it rejects with the reason
   * @throws {ChatError} busy while another one is written for this person and conversation; conflict when the visitor has written nothing
   *   since the last reply; not-found; rate-limited, quota-exceeded, site-disabled, content-blocked; the errors of the upstream
   */
  write(request: DraftRequest, signal: AbortSignal): Promise<Draft>;
}

/** What drafts need. */
export interface DraftsOptions extends Omit<
  LoopOptions,
  'refusedFiles' | 'refusedTools' | 'learnedBudgets' | 'mask' | 'mintRef'
> {
  budgets: Budgets;
  visitorLimits: Pick<VisitorLimits, 'admitRun'>;
  currentMask: () => SecretMask;
}

/** A page of text, in UTF-16 code units: longer than what people send in a chat. */
export const MAX_DRAFT_CHARS = 4_000;

/** Follows the prompt of the site. */
const TASK =
  'A member of the team answers this conversation now, in place of the assistant. Write the message that the member could send next: ' +
  'in the language of the visitor, short, ready to be sent, without a placeholder and without a comment about it. Use only what the ' +
  'conversation and these instructions say; where that is not enough, write what the member should ask.';

/** Creates the drafts of one gateway. */
export function createDrafts(given: DraftsOptions): Drafts {
  const options = {
    ...given,
    refusedFiles: createRefusedFiles(given),
    refusedTools: createLearnedRefusals(given.clock),
    learnedBudgets: createLearnedBudgets(given),
  };
  /** By person and conversation. Bounded by the requests that are open. */
  const writing = new Set<string>();
  return {
    async write(request, signal) {
      const key = JSON.stringify([request.person.id, request.conversationId]);
      if (writing.has(key))
        throw new ChatError('busy', { message: 'A draft for this conversation is being written for you.' });
      writing.add(key);
      try {
        return await writeAdmitted(options, request, signal);
      } finally {
        writing.delete(key);
      }
    },
  };
}

type DraftParts = DraftsOptions & Pick<LoopOptions, 'refusedFiles' | 'refusedTools' | 'learnedBudgets'>;

/** Under the limits of the site, where a draft is one run of one visitor: the person. */
async function writeAdmitted(
  options: DraftParts,
  request: DraftRequest,
  signal: AbortSignal,
): Promise<Draft> {
  const { conversationId, site, person } = request;
  const error = disabledError(site);
  if (error !== undefined) throw error;
  const question = await readQuestion(options, conversationId);
  const runId = mintRunId(options.random);
  const client = { site, visitorId: person.id, address: undefined };
  const permit = await options.visitorLimits.admitRun(client, runId);
  try {
    const budgeted = { conversationId, runId, site, personId: person.id, question };
    const settle = await reserveDraft(options, budgeted);
    const answer = emptyAnswer(options.random, { question, runId, nowMs: options.clock.now() });
    const principal = { id: person.id, kind: 'user', siteId: site.id } as const;
    const run: LoopRun = {
      ...{ conversationId, runId, siteId: site.id, ownerId: person.id, question, answer, principal },
      ...{
        site: { ...site, systemPrompt: promptOf(request) },
        started: Promise.resolve(),
        isNext: true,
        kind: 'new',
      },
    };
    return await writeRun(options, { run, settle }, signal);
  } finally {
    permit.end();
  }
}

/** @throws {ChatError} not-found; conflict */
async function readQuestion({ store }: DraftParts, conversationId: ConversationId): Promise<Message> {
  const { newestId } = (await store.readStanding(conversationId)) ?? {};
  if (newestId === undefined) throw new ChatError('not-found');
  const newest = newestId === null ? undefined : (await store.readStanding(conversationId, newestId))?.named;
  if (newest?.message.role !== 'user')
    throw new ChatError('conflict', { message: 'The visitor has written nothing since the last reply.' });
  return newest.message;
}

function promptOf({ site, person, instruction }: DraftRequest): string {
  const wish = instruction === undefined ? [] : [`The member wants it to say: ${instruction}`];
  return [site.systemPrompt ?? '', TASK, `The name of the member is ${person.name}.`, ...wish]
    .filter((text) => text !== '')
    .join('\n\n');
}

interface DraftRun {
  run: LoopRun;
  /** Replaces what was reserved. */
  settle: Awaited<ReturnType<typeof reserveDraft>>;
}

/** One round of the model, without tools; nothing that it writes is logged. */
async function writeRun(given: DraftParts, { run, settle }: DraftRun, signal: AbortSignal): Promise<Draft> {
  const ref = refOf(run.runId);
  const options = {
    ...given,
    mask: given.currentMask().and(secretsOfSite(run.site)),
    logger: loggerWith(given.logger, { ref }),
    mintRef: () => ref,
  };
  const reply = new Reply(run.conversationId, run.answer);
  const meter = options.budgets.meter({
    ...{ conversationId: run.conversationId, runId: run.runId, site: run.site, reservation: undefined },
    read: () => reply.message,
    abort: () => undefined, // what it may use was reserved before
  });
  const writer = createDraftWriter(options, run, reply);
  const caller = createUpstreamCaller(options, run, { writer, signal });
  const loop: Loop = {
    ...{ options, run: withoutRefusedTools(options.refusedTools, run), writer, meter, signal, caller },
    ...{ background: undefined, isStarted: false, isNoticed: true, refusedTokens: undefined },
    findings: createFindings(),
  };
  try {
    const context = await abortable(signal, contextOf(options, run));
    const messages = withoutRefused(context, options.refusedFiles.kindsOf(scopeOf(run)));
    writer.beginRound();
    const { reason } = await answerOrRepeat(loop, messages, 'none');
    if (reason === 'blocked') throw new ChatError('content-blocked');
    return draftOf(reply.text.trim(), reason === 'length');
  } catch (error) {
    signal.throwIfAborted();
    throw shownError(options, run, ChatError.from(error));
  } finally {
    await settle(meter.charge).catch((error: unknown) => {
      options.logger.warn(
        describeCause(error),
        'what a draft has used could not be counted; its reservation stays',
      );
    });
    if (meter.hasCalls) recordCharge(options, run, meter.charge);
  }
}

/** @throws {ChatError} upstream-empty */
function draftOf(text: string, isCut: boolean): Draft {
  if (text === '') throw new ChatError('upstream-empty');
  if (text.length <= MAX_DRAFT_CHARS) return { text, isCut };
  return { text: text.slice(0, MAX_DRAFT_CHARS).replace(/[\ud800-\udbff]$/, ''), isCut: true };
}

/** Ends the request to the upstream when the text is long enough. */
function createDraftWriter({ limits }: DraftParts, { site }: LoopRun, reply: Reply): RunWriter {
  const writer = createRunWriter({
    reply,
    append: () => undefined,
    maxChars: maxAnswerCharsOf(site, limits),
    onGrowth: (chars) => chars * 2,
    onFirstContent: () => undefined,
  });
  return {
    ...writer,
    write: (contents) =>
      writer.write(contents) ?? (reply.text.length > MAX_DRAFT_CHARS ? 'max-answer-chars' : undefined),
  };
}

/** The operator finds the cause by its ref; the person is shown no words of an upstream that may have a secret. */
function shownError(
  { logger, mask }: Pick<LoopOptions, 'logger' | 'mask'>,
  { conversationId, siteId, runId }: LoopRun,
  error: ChatError,
): ChatError {
  const { code, cause, retryAfterMs } = error;
  logger.warn({ conversationId, siteId, code, ...describeCause(cause) }, 'a draft for the desk failed');
  return new ChatError(code, {
    ...{ message: mask.hide(error.message), cause, ref: refOf(runId) },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
