/** One reply: provider -> event log, folded for the store; timeouts, abort, and exactly one end. */
import {
  ChatError,
  type FinishReason,
  type LoggedEventBody,
  type Message,
  type Usage,
} from '@rivulet/protocol';
import { createCheckpoints } from './checkpoints.ts';
import type { Clock } from './clock.ts';
import type { AcceptedRun } from './conversations.ts';
import type { EventLog, Lease } from './event-logs/event-log.ts';
import { describeCause } from './failure.ts';
import { buildContext } from './history.ts';
import type { Limits } from './limits.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Provider, ProviderEvent, ProviderRequest } from './providers/provider.ts';
import { UpstreamError } from './providers/upstream-error.ts';
import { Reply, type Content } from './reply.ts';
import type { Sections } from './sections.ts';
import type { Site } from './sites.ts';
import type { Store } from './stores/store.ts';
import { createTimeSlice } from './time-slice.ts';
import { createTurnMerger } from './turn-merger.ts';

export interface RunOptions {
  store: Store;
  eventLog: EventLog;
  /** With the limits of the watchdog around it. */
  provider: Provider;
  sections: Sections;
  clock: Clock;
  limits: Limits;
  logger: Logger;
  metrics: Metrics;
  /** A short random word that joins an error on the screen to its line in the log. */
  mintRef: () => string;
}

/** How a run ended; only `stop`, `length` and `tool` are the model's own end. */
interface End {
  reason: FinishReason;
  usage?: Usage;
  error?: ChatError;
}

/** Aborts a run that nobody stopped: the gateway leaves. */
export const INTERRUPTED = new ChatError('interrupted');
/** Aborts a run that another gateway has taken over: its end is the other's to write. */
export const TAKEN_OVER = new ChatError('conflict');

/** A run whose turn it is. */
export interface StartedRun extends AcceptedRun {
  site: Site;
  /** The right to write it; absent when it was stopped before its turn came. */
  lease?: Lease | undefined;
}

/**
 * Writes one reply to its end. Never rejects: whatever happens is in the log as the run's one `run-finished`.
 * @param controller aborts it: the reason is `INTERRUPTED` when the gateway leaves, `TAKEN_OVER` when the lease was lost, and
 *   anything else when a person stopped it.
 */
export async function executeRun(
  options: RunOptions,
  run: StartedRun,
  controller: AbortController,
): Promise<void> {
  const { signal } = controller;
  const reply = new Reply(run.conversationId, run.answer);
  const checkpoints = createCheckpoints(options, reply);
  const timing = { startedAtMs: options.clock.now(), firstDeltaMs: undefined as number | undefined };
  // Goes on without waiting: the log keeps the order of the calls.
  const append = (events: LoggedEventBody[]) => {
    if (events.length === 0) return;
    options.eventLog.append(run.conversationId, events, leaseOf(run)).catch((error: unknown) => {
      const failure = ChatError.from(error);
      // What the log did not take is a hole for every viewer: the run ends here, its text in the store.
      controller.abort(failure.code === 'conflict' ? TAKEN_OVER : failure);
      options.logger.error({ runId: run.runId, ...describeCause(error) }, 'the event log refused an append');
    });
  };
  const merger = createTurnMerger((content) => {
    append(reply.add(content));
    checkpoints.touch();
  });
  const write = (content: Content) => {
    timing.firstDeltaMs ??= options.clock.now() - timing.startedAtMs;
    merger.add(content);
  };
  let end: End;
  try {
    end = await stream(options, run, { signal, write });
  } catch (error) {
    end = signal.aborted
      ? endOfAbort(signal)
      : { reason: 'error', error: withRef(ChatError.from(error), options) };
  }
  merger.flush();
  checkpoints.stop();
  if (signal.reason === TAKEN_OVER) return;
  await finish(options, { reply, run, end });
  report(options, { run, end, timing });
}

interface Streaming {
  signal: AbortSignal;
  write: (content: Content) => void;
}

async function stream(options: RunOptions, run: StartedRun, streaming: Streaming): Promise<End> {
  const { signal, write } = streaming;
  const request = await requestOf(options, run);
  signal.throwIfAborted();
  const slice = createTimeSlice();
  for await (const event of options.provider.stream(request, signal)) {
    // Late results lose: after an abort nothing of the run is written any more.
    if (signal.aborted) return endOfAbort(signal);
    if (event.type === 'finished') return endOf(event);
    if (event.type !== 'response-started') write(event);
    const turn = slice.spend();
    if (turn !== undefined) await turn;
  }
  // Invariant 3: an SDK loop that ends because of an abort is an abort, one that ends without a reason is an error.
  if (signal.aborted) return endOfAbort(signal);
  throw new ChatError('upstream-truncated');
}

async function requestOf({ store, limits }: RunOptions, run: StartedRun): Promise<ProviderRequest> {
  const messages = await store.readMessages(run.conversationId);
  const { systemPrompt, model } = run.site;
  const context = buildContext(messages, run.questionId, {
    systemPrompt,
    maxTokens: limits.maxContextTokens,
  });
  return model === undefined ? { messages: context } : { messages: context, model };
}

function endOf({ reason, usage }: Extract<ProviderEvent, { type: 'finished' }>): End {
  const end: End = { reason };
  if (usage !== undefined) end.usage = usage;
  if (reason === 'blocked') end.error = new ChatError('content-blocked');
  return end;
}

function endOfAbort(signal: AbortSignal): End {
  const reason: unknown = signal.reason;
  if (reason === INTERRUPTED) return { reason: 'interrupted', error: INTERRUPTED };
  return reason instanceof ChatError ? { reason: 'error', error: reason } : { reason: 'aborted' };
}

const withRef = (error: ChatError, { mintRef }: RunOptions): ChatError =>
  new ChatError(error.code, {
    message: error.message,
    cause: error.cause,
    ref: mintRef(),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });

interface Finishing {
  reply: Reply;
  run: StartedRun;
  end: End;
}

const leaseOf = ({ lease }: StartedRun) => (lease === undefined ? {} : { lease });

/** Store first, then the log: who has seen the end will find it again after a crash. @see PROTOCOL.md §7 */
async function finish(options: RunOptions, { reply, run, end }: Finishing): Promise<void> {
  const { store, eventLog, sections, clock, logger } = options;
  const { conversationId } = run;
  await sections.run(conversationId, async () => {
    const event = finishedEvent(reply.message, end, clock.now());
    reply.fold(event);
    try {
      // Not the first end: this gateway was taken for dead, and another one has closed the run.
      if (!(await store.endRun(conversationId, reply.message, clock.now()))) return;
      await eventLog.append(conversationId, [event], leaseOf(run));
    } catch (error) {
      logger.error({ conversationId, ...describeCause(error) }, 'the end of a run is left to a sweep');
      return;
    }
    store.settleRun(conversationId, reply.message.id).catch((error: unknown) => {
      logger.warn({ conversationId, ...describeCause(error) }, 'the end of a run will be told again');
    });
  });
}

/** The one last event of a run. */
export function finishedEvent(
  message: Message,
  { reason, usage, error }: End,
  nowMs: number,
): LoggedEventBody {
  if (message.run === undefined)
    throw new ChatError('internal', { message: 'This message has no run to finish.' });
  return {
    type: 'run-finished',
    runId: message.run.id,
    reason,
    finishedAtMs: nowMs,
    ...(usage === undefined ? {} : { usage }),
    ...(error === undefined ? {} : { error: error.toBody() }),
  };
}

interface Report {
  run: AcceptedRun;
  end: End;
  timing: { startedAtMs: number; firstDeltaMs: number | undefined };
}

function report({ clock, logger, metrics, provider, store }: RunOptions, { run, end, timing }: Report): void {
  const { conversationId, runId, siteId, ownerId } = run;
  const durationMs = clock.now() - timing.startedAtMs;
  const { reason, usage, error } = end;
  metrics.runs.inc({ reason, code: error?.code ?? '' });
  metrics.runDuration.observe(durationMs / 1000);
  if (timing.firstDeltaMs !== undefined) metrics.firstDelta.observe(timing.firstDeltaMs / 1000);
  const facts = {
    conversationId,
    runId,
    siteId,
    provider: provider.name,
    reason,
    durationMs,
    ...timing,
    usage,
  };
  if (reason === 'error' || reason === 'blocked') {
    const { code, ref } = error ?? new ChatError('internal');
    const { cause } = error ?? {};
    const upstream = cause instanceof UpstreamError ? cause : undefined;
    // Its message is made for logs; its words are the upstream's own, which may quote a prompt.
    logger.warn({ ...facts, code, ref, upstream: upstream?.message, ...describeCause(cause) }, 'run failed');
    logger.trace({ runId, ref, words: upstream?.words() }, 'what the upstream said');
  } else logger.info(facts, 'run finished');
  if (usage === undefined) return;
  metrics.tokens.inc({ site: siteId, direction: 'input' }, usage.inputTokens);
  metrics.tokens.inc({ site: siteId, direction: 'output' }, usage.outputTokens);
  const record = { runId, conversationId, owner: { siteId, ownerId }, usage, atMs: clock.now() };
  store.recordUsage(record).catch((failure: unknown) => {
    logger.error({ runId, ...describeCause(failure) }, 'usage was not recorded');
  });
}
