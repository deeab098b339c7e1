/** One round of the tool loop: streams one answer of the provider into the reply. */
import {
  ChatError,
  type LoggedEventBody,
  type Message,
  type RandomBytes,
  type Usage,
} from '@rivulet/protocol';
import { abortable, createTimeSlice, type Limits, type Metrics } from '../../base/index.ts';
import type { MeteredStream, RunMeter } from '../../budgets/run-meter.ts';
import type { AcceptedRun } from '../../conversations/conversations.ts';
import type { Uploads } from '../../conversations/uploads.ts';
import {
  providerEventsOf,
  type BackgroundRequest,
  type ProviderCaller,
  type ProviderEvent,
  type ProviderOutput,
  type ProviderRequest,
} from '../../providers/provider.ts';
import type { LearnedRefusals } from '../../providers/learned-refusals.ts';
import { MAX_METADATA_CHARS, type ProviderMetadata } from '../../providers/provider-metadata.ts';
import { maxAnswerCharsOf, type Site } from '../../sites/sites.ts';
import type { Store } from '../../stores/store.ts';
import type { RunTrace } from '../../telemetry/run-trace.ts';
import type { Moderation } from '../../moderation/moderation.ts';
import type { Content } from '../reply.ts';
import type { RunDesk } from '../run-desk.ts';
import { createAnswerCheck, type AnswerCheck } from './answer-check.ts';
import { createCallIds, type CallIds } from './call-ids.ts';
import type { LearnedBudgets } from './learned-budgets.ts';
import { unreadNames, type RefusedFiles } from './refused-files.ts';
import { createModerationGate, type GateStop, type ModerationGate } from './moderation-gate.ts';
import type { Findings } from './findings.ts';
import type { ReachedLimit } from './reached-limit.ts';
import type { ToolCallOptions } from './tool-call.ts';
import { providerOf, type Providers } from './site-provider.ts';

/** What the tool loop needs, beyond what a tool call needs. */
export interface LoopOptions extends ToolCallOptions, Providers {
  /** The messages of the conversation are read from it. */
  store: Store;
  /** The files that the messages mention are read from it. */
  uploads: Uploads;
  limits: Limits;
  metrics: Metrics;
  /** Which files upstreams have refused. */
  refusedFiles: RefusedFiles;
  /** Which models have refused tools. */
  refusedTools: LearnedRefusals;
  /** How long a context upstreams have taken that called one too long. */
  learnedBudgets: LearnedBudgets;
  moderation: Moderation;
  /** For the ids of tool calls. */
  random: RandomBytes;
}

/** Where the loop writes the reply to. */
export interface RunWriter {
  /**
   * Adds contents to the reply, in order.
   * @returns the limit that they exceed, if any: the reply was cut there, and nothing may be written to it any more
   */
  write(contents: readonly Content[]): ReachedLimit | undefined;
  /** Logs events about the reply, after all content that was written before. */
  log(events: LoggedEventBody[]): void;
  /** The reply, including everything that was written. */
  read(): Message;
  /** Adds the token usage of one round. It is counted however the run ends. */
  addUsage(usage: Usage): void;
  /** Notes that a round of the model begins with the next part. */
  beginRound(): void;
  /**
   * Notes what the upstream attached to the round.
   * @returns `too-large` when it was dropped, because that of the whole answer would exceed `MAX_METADATA_CHARS`
   */
  addMetadata(metadata: ProviderMetadata): 'kept' | 'too-large';
}

/** An accepted run with the site that it belongs to. */
export interface LoopRun extends AcceptedRun {
  site: Site;
  /** Its spans; absent when nothing is traced. */
  trace?: RunTrace | undefined;
  /** What it asks of the desk; absent at a site without one. */
  desk?: Pick<RunDesk, 'request' | 'wasAsked'> | undefined;
}

/** The tool loop of one run, with what its rounds share. */
export interface Loop {
  options: LoopOptions;
  run: LoopRun;
  writer: RunWriter;
  /** Counts what its calls use. */
  meter: RunMeter;
  signal: AbortSignal;
  /** What the rules for upstreams know of the run. */
  caller: ProviderCaller;
  /** How the first round is asked for, when its upstream may write in the background; undefined in later rounds. */
  background: BackgroundRequest | undefined;
  /** Whether `run.started` was awaited. */
  isStarted: boolean;
  /** Whether the visitor was told which files the model cannot read, or there is none. */
  isNoticed: boolean;
  /** The estimated tokens of the context that the upstream called too long; undefined when it was not shortened. */
  refusedTokens: number | undefined;
  /** What its tools have found. */
  findings: Findings;
}

/** The last event of one answer of the provider. */
export type Finished = Extract<ProviderEvent, { type: 'finished' }>;

/** Streams one answer of the provider, from the request to the finish reason. */
export async function streamAnswer(loop: Loop, request: ProviderRequest): Promise<Finished> {
  const { options, run, meter, signal } = loop;
  const metered = meter.open(request);
  const { gate, ...answer } = createAnswer(loop, request, metered);
  const slice = createTimeSlice();
  try {
    const metering = { ...request, onCall: metered.onCall };
    const stream = providerOf(options, run.site).stream(metering, gate?.signal ?? signal);
    for await (const output of stream) {
      // A result that arrives after an abort is discarded: nothing of the run is written any more.
      signal.throwIfAborted();
      // The upstream was called while the message was on its way to the disk. Nothing is shown before it is there.
      if (!loop.isStarted) await abortable(signal, run.started);
      loop.isStarted = true;
      const end = answer.take(output);
      observeLogged(options.metrics, output);
      // Leaving the loop cancels the upstream request.
      if (end !== undefined) return await end;
      const room = gate?.room();
      if (room !== undefined) await room;
      if (gate?.stopped !== undefined) break;
      const iteration = slice.spend();
      if (iteration !== undefined) await iteration;
    }
  } catch (error) {
    if (!signal.aborted) await answer.writeRest();
    if (gate?.stopped === undefined || signal.aborted) throw error;
  } finally {
    metered.end(undefined, gate?.unwritten()); // no effect when the upstream has counted
  }
  // Invariant 3: a stream that ends because of an abort is an abort; one that ends without a finish reason is an error.
  signal.throwIfAborted();
  await answer.writeRest();
  return endOfStopped(loop, gate?.stopped);
}

/** The end of an answer that has no finish reason. @throws {ChatError} why it was stopped; upstream-truncated when it was not */
function endOfStopped(loop: Loop, stopped: GateStop | undefined): Finished {
  if (stopped === undefined) throw new ChatError('upstream-truncated');
  if (stopped.kind === 'refused') throw stopped.error;
  return endAtLimit(loop, stopped.limit);
}

/** What the provider yields in one round, on its way into the reply. */
interface Answer {
  /** Holds back what is not moderated yet; undefined when nothing is moderated. */
  gate: ModerationGate | undefined;
  /** Writes one output. @returns the end of the answer, if it is or brings the end */
  take(output: ProviderOutput): Finished | Promise<Finished> | undefined;
  /** Writes what is held back of an answer that fails. With moderation it resolves when that has passed. */
  writeRest(): Promise<void> | undefined;
}

function createAnswer(loop: Loop, request: ProviderRequest, metered: MeteredStream): Answer {
  const { options, writer } = loop;
  const callIds = createCallIds(options.random);
  const check = createAnswerCheck(options.mask);
  const show = (contents: readonly Content[]) => writer.write(withNotices(loop, request, contents));
  const gate = createGate(loop, show);
  let unwritten: Content[] = [];
  const write = () => {
    if (unwritten.length === 0) return undefined;
    const contents = unwritten.map((content) => callIds.replaceIn(content));
    unwritten = [];
    if (gate === undefined) return show(contents);
    gate.take(contents);
    return undefined;
  };
  const finish = (finished: Finished) => {
    logDropped(loop, check);
    if (finished.remark !== undefined) logRemark(loop, finished.remark);
    return withMetadata(loop, finished, callIds);
  };
  return {
    gate,
    take(output) {
      let finished: Finished | undefined;
      for (const event of providerEventsOf(output)) {
        if (event.type === 'finished') finished = check.finished(event);
        else if (event.type === 'response-started') metered.started();
        else check.read(event, unwritten);
      }
      if (finished !== undefined) check.end(unwritten);
      const limit = write();
      if (finished !== undefined) metered.end(finished.usage, gate?.unwritten());
      if (finished?.usage !== undefined) writer.addUsage(finished.usage);
      if (limit !== undefined) return endAtLimit(loop, limit);
      if (finished === undefined) return undefined;
      if (gate === undefined) return finish(finished);
      const ended = finished;
      return gate
        .end()
        .then(() => (gate.stopped === undefined ? finish(ended) : endOfStopped(loop, gate.stopped)));
    },
    writeRest() {
      logDropped(loop, check);
      check.end(unwritten);
      write();
      return gate?.end();
    },
  };
}

function createGate(
  { options, run, signal }: Loop,
  write: (contents: readonly Content[]) => ReachedLimit | undefined,
): ModerationGate | undefined {
  const moderation = options.moderation.of(run.site);
  return moderation && createModerationGate({ moderation, signal, write });
}

function withNotices(loop: Loop, request: ProviderRequest, contents: readonly Content[]): readonly Content[] {
  const notices = noticesOf(loop, request);
  return notices.length === 0 ? contents : [...notices, ...contents];
}

/** What the visitor is told before the first content: which files of the question the model cannot read. */
function noticesOf(loop: Loop, { messages }: ProviderRequest): Content[] {
  if (loop.isNoticed) return [];
  loop.isNoticed = true;
  const names = unreadNames(messages);
  return names.length === 0
    ? []
    : [{ type: 'data', name: 'notice', value: { code: 'files-not-read', names } }];
}

/** Keeps what the upstream attached to the round, under the gateway's ids of its calls. */
function withMetadata({ options, run, writer }: Loop, finished: Finished, callIds: CallIds): Finished {
  const { metadata: given, ...rest } = finished;
  if (given === undefined) return finished;
  const metadata = callIds.replaceInMetadata(given);
  if (writer.addMetadata(metadata) === 'kept') return { ...rest, metadata };
  const { conversationId, runId, siteId } = run;
  options.logger.warn(
    { conversationId, runId, siteId, maxChars: MAX_METADATA_CHARS },
    'what the upstream attached to its answer is too large: it is not given back, and the upstream may refuse the next request',
  );
  return rest;
}

function observeLogged({ upstreamToLog }: Metrics, output: ProviderOutput): void {
  if ('type' in output || output.readAtMs === undefined) return;
  upstreamToLog.observe((performance.now() - output.readAtMs) / 1000);
}

function logRemark({ options, run }: Loop, remark: string): void {
  const { conversationId, runId, siteId } = run;
  const { name: provider } = providerOf(options, run.site);
  options.logger.info(
    { conversationId, runId, siteId, provider, remark },
    'an answer ended in an unusual way',
  );
}

function logDropped({ options, run }: Loop, { dropped }: AnswerCheck): void {
  if (dropped === 0) return;
  const { conversationId, runId, siteId } = run;
  const { name: provider } = providerOf(options, run.site);
  options.logger.warn(
    { conversationId, runId, siteId, provider, dropped },
    'the provider yielded events that cannot be used; they are left out of the answer',
  );
}

/** The end of an answer that was cut. The operator is told which limit it was: for the visitor it is the same as the model's own. */
function endAtLimit({ options, run }: Loop, limit: ReachedLimit): Finished {
  const { conversationId, runId, siteId, site } = run;
  options.logger.warn(
    { conversationId, runId, siteId, limit, maxAnswerChars: maxAnswerCharsOf(site, options.limits) },
    'an answer reached the limit of its length: it is cut and its upstream request is cancelled',
  );
  return { type: 'finished', reason: 'length' };
}
