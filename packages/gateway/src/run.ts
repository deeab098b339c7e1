/** One reply: provider -> event log, folded for the store; timeouts, abort, and exactly one end. */
import {
  ChatError,
  type FinishReason,
  type LoggedEventBody,
  type Message,
  type Usage,
} from '@rivulet/protocol';
import type { Clock, Timer } from './clock.ts';
import type { AcceptedRun } from './conversations.ts';
import type { EventLog } from './event-logs/event-log.ts';
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

/**
 * Writes one reply to its end. Never rejects: whatever happens is in the log as the run's one `run-finished`.
 * @param signal aborts it: with `INTERRUPTED` as its reason the gateway leaves, otherwise a person stopped it.
 */
export async function executeRun(
  options: RunOptions,
  run: AcceptedRun & { site: Site },
  signal: AbortSignal,
): Promise<void> {
  const reply = new Reply(run.conversationId, run.answer);
  const checkpoints = createCheckpoints(options, reply);
  const timing = { startedAtMs: options.clock.now(), firstDeltaMs: undefined as number | undefined };
  const write = (content: Content) => {
    timing.firstDeltaMs ??= options.clock.now() - timing.startedAtMs;
    append(options, reply, reply.add(content));
    checkpoints.touch();
  };
  let end: End;
  try {
    end = await stream(options, run, { signal, write });
  } catch (error) {
    end = signal.aborted
      ? endOfAbort(signal)
      : { reason: 'error', error: withRef(ChatError.from(error), options) };
  }
  checkpoints.stop();
  await finish(options, reply, end);
  report(options, { run, end, timing });
}

interface Streaming {
  signal: AbortSignal;
  write: (content: Content) => void;
}

async function stream(
  options: RunOptions,
  run: AcceptedRun & { site: Site },
  streaming: Streaming,
): Promise<End> {
  const { signal, write } = streaming;
  const request = await requestOf(options, run);
  signal.throwIfAborted();
  for await (const event of options.provider.stream(request, signal)) {
    // Late results lose: after an abort nothing of the run is written any more.
    if (signal.aborted) return endOfAbort(signal);
    if (event.type === 'finished') return endOf(event);
    if (event.type !== 'response-started') write(event);
  }
  // Invariant 3: an SDK loop that ends because of an abort is an abort, one that ends without a reason is an error.
  if (signal.aborted) return endOfAbort(signal);
  throw new ChatError('upstream-truncated');
}

async function requestOf(
  { store, limits }: RunOptions,
  run: AcceptedRun & { site: Site },
): Promise<ProviderRequest> {
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
  return signal.reason === INTERRUPTED
    ? { reason: 'interrupted', error: INTERRUPTED }
    : { reason: 'aborted' };
}

const withRef = (error: ChatError, { mintRef }: RunOptions): ChatError =>
  new ChatError(error.code, {
    message: error.message,
    cause: error.cause,
    ref: mintRef(),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });

/** Goes on without waiting: the log keeps the order of the calls. */
function append({ eventLog, logger }: RunOptions, reply: Reply, events: LoggedEventBody[]): void {
  if (events.length === 0) return;
  eventLog.append(reply.conversationId, events).catch((error: unknown) => {
    logger.error(
      { conversationId: reply.conversationId, ...describeCause(error) },
      'event log refused an append',
    );
  });
}

interface Checkpoints {
  /** Something new is there: it will be in the store within `checkpointMs`. */
  touch(): void;
  stop(): void;
}

function createCheckpoints({ clock, store, limits, logger }: RunOptions, reply: Reply): Checkpoints {
  let timer: Timer | undefined;
  let isStopped = false;
  const save = () => {
    timer = undefined;
    if (isStopped) return;
    store.putMessages(reply.conversationId, [reply.message], clock.now()).catch((error: unknown) => {
      logger.error({ conversationId: reply.conversationId, ...describeCause(error) }, 'checkpoint failed');
    });
  };
  return {
    touch: () => (timer ??= clock.after(limits.checkpointMs, save)),
    stop: () => {
      isStopped = true;
      timer?.cancel();
    },
  };
}

/** Store first, then the log: who has seen the end will find it again after a crash. @see PROTOCOL.md §7 */
async function finish(options: RunOptions, reply: Reply, end: End): Promise<void> {
  const { store, eventLog, sections, clock, logger } = options;
  const { conversationId } = reply;
  await sections.run(conversationId, async () => {
    const event = finishedEvent(reply.message, end, clock.now());
    reply.fold(event);
    try {
      await store.putMessages(conversationId, [reply.message], clock.now());
      await eventLog.append(conversationId, [event]);
    } catch (error) {
      logger.fatal({ conversationId, ...describeCause(error) }, 'the end of a run could not be kept');
    }
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
