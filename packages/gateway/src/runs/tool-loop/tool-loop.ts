/** The tool loop of a run: calls the model, performs its tool calls, and calls it again with their outputs until it answers. */
import {
  ChatError,
  type FinishReason,
  type LoggedEventBody,
  type Message,
  type RandomBytes,
  type ToolPart,
  type Usage,
} from '@rivulet/protocol';
import type { AcceptedRun } from '../../conversations/conversations.ts';
import {
  buildContextWindow,
  CHARS_PER_TOKEN,
  maxTextFileBytes,
  messagesOf,
  readContextFiles,
} from '../../prompt/index.ts';
import { abortable, createTimeSlice, type Limits, type Metrics } from '../../base/index.ts';
import {
  providerEventsOf,
  type Provider,
  type ProviderEvent,
  type ProviderMessage,
  type ProviderOutput,
  type ProviderRequest,
  type ProviderTool,
} from '../../providers/provider.ts';
import type { Content } from '../reply.ts';
import { maxAnswerCharsOf, type Site } from '../../sites/sites.ts';
import type { Store } from '../../stores/store.ts';
import { createCallIds } from './call-ids.ts';
import { performToolCall, type ToolCallOptions } from './tool-call.ts';
import type { Tool } from '../../tools/tool.ts';
import type { Uploads } from '../../conversations/uploads.ts';

/** What the tool loop needs, beyond what a tool call needs. */
export interface LoopOptions extends ToolCallOptions {
  /** The messages of the conversation are read from it. */
  store: Store;
  /** The files that the messages mention are read from it. */
  uploads: Uploads;
  /** The model. It is expected to apply the provider timeouts, to each round by itself. */
  provider: Provider;
  limits: Limits;
  metrics: Metrics;
  /** For the ids of tool calls. */
  random: RandomBytes;
}

/** Why a reply may not become longer: `Limits.maxAnswerChars`, or the number of parts that ids permit. */
export type ReachedLimit = 'max-answer-chars' | 'max-parts';

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
}

/** An accepted run with the site that it belongs to. */
export interface LoopRun extends AcceptedRun {
  site: Site;
}

interface Loop {
  options: LoopOptions;
  run: LoopRun;
  writer: RunWriter;
  signal: AbortSignal;
  /** Whether `run.started` was awaited. */
  isStarted: boolean;
}

/** Far more than a model needs in one answer; beyond it the model is most likely repeating itself. */
const MAX_CALLS_PER_ROUND = 32;

/**
 * Runs the model and its tool calls until the model finishes its answer. After `limits.maxToolRounds` rounds the model is asked
 * once more, with tools forbidden. The upstream is called at once; its first answer waits for `run.started`.
 * @returns the finish reason of the last round.
 * @throws {ChatError} the errors of the provider; upstream-failed when the model calls tools although they are forbidden
 * @throws the abort reason of the signal, at once, when it aborts
 */
export async function runToolLoop(
  options: LoopOptions,
  run: LoopRun,
  { writer, signal }: { writer: RunWriter; signal: AbortSignal },
): Promise<FinishReason> {
  const messages = await abortable(signal, contextOf(options, run));
  const loop: Loop = { options, run, writer, signal, isStarted: false };
  for (let round = 1; ; round += 1) {
    const isLast = round > options.limits.maxToolRounds;
    const before = writer.read().parts.length;
    const { reason } = await streamAnswer(loop, requestOf(run, messages, isLast ? 'none' : 'auto'));
    const parts = writer.read().parts.slice(before);
    const calls = parts.filter((part) => part.type === 'tool');
    if (reason !== 'tool' || calls.length === 0) return reason;
    if (isLast) throw new ChatError('upstream-failed', { message: 'The model did not stop calling tools.' });
    await performCalls(loop, calls);
    const performed = writer.read().parts.slice(before, before + parts.length);
    messages.push(...withoutFiles(messagesOf({ role: 'assistant', parts: performed })));
  }
}

/** A stored message is longer than what the model gets of it: ids, times and the JSON around them. */
const STORED_CHARS_PER_CONTEXT_CHAR = 4;

async function contextOf(
  { store, uploads, limits }: LoopOptions,
  { conversationId, question, site: { systemPrompt } }: LoopRun,
): Promise<ProviderMessage[]> {
  const { maxContextTokens: maxTokens, maxContextFileBytes: maxBytes } = limits;
  const maxChars = maxTokens * CHARS_PER_TOKEN * STORED_CHARS_PER_CONTEXT_CHAR;
  const { id, parentId } = question;
  // The question itself is known, so that the first message of a conversation waits for no read.
  const before = parentId === null ? [] : await store.readBranch(conversationId, parentId, maxChars);
  const context = buildContextWindow([...before, question], id, { systemPrompt, maxTokens });
  return readContextFiles(context, {
    open: (id) => uploads.open(id),
    maxBytes,
    maxTextBytes: maxTextFileBytes(maxTokens),
  });
}

function requestOf(
  run: LoopRun,
  messages: readonly ProviderMessage[],
  toolChoice: 'auto' | 'none',
): ProviderRequest {
  const { model, request: settings, tools: own = [] } = run.site;
  const tools = [...own, ...(run.clientTools ?? [])].map(definitionOf);
  return {
    messages: [...messages],
    ...(model === undefined ? {} : { model }),
    ...(settings === undefined ? {} : { settings }),
    ...(tools.length === 0 ? {} : { tools, toolChoice }),
  };
}

const definitionOf = ({ name, description, parameters }: ProviderTool): ProviderTool => ({
  name,
  description,
  parameters,
});

type Finished = Extract<ProviderEvent, { type: 'finished' }>;

/** One round: streams one answer of the provider, from the request to the finish reason. */
async function streamAnswer(loop: Loop, request: ProviderRequest): Promise<Finished> {
  const { options, run, writer, signal } = loop;
  const callIds = createCallIds(options.random);
  const slice = createTimeSlice();
  for await (const output of options.provider.stream(request, signal)) {
    // A result that arrives after an abort is discarded: nothing of the run is written any more.
    signal.throwIfAborted();
    // The upstream was called while the message was on its way to the disk. Nothing is shown before it is there.
    if (!loop.isStarted) await abortable(signal, run.started);
    loop.isStarted = true;
    const contents: Content[] = [];
    let finished: Finished | undefined;
    for (const event of providerEventsOf(output)) {
      if (event.type === 'finished') finished = event;
      else if (event.type !== 'response-started') contents.push(callIds.replaceIn(event));
    }
    const limit = contents.length > 0 ? writer.write(contents) : undefined;
    observeLogged(options.metrics, output);
    if (finished?.usage !== undefined) writer.addUsage(finished.usage);
    // Leaving the loop cancels the upstream request.
    if (limit !== undefined) return endAtLimit(loop, limit);
    if (finished !== undefined) return finished;
    const iteration = slice.spend();
    if (iteration !== undefined) await iteration;
  }
  // Invariant 3: a stream that ends because of an abort is an abort; one that ends without a finish reason is an error.
  signal.throwIfAborted();
  throw new ChatError('upstream-truncated');
}

function observeLogged({ upstreamToLog }: Metrics, output: ProviderOutput): void {
  if ('type' in output || output.readAtMs === undefined) return;
  upstreamToLog.observe((performance.now() - output.readAtMs) / 1000);
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

/** Performs the calls of one round concurrently. Resolves when the last one is finished. */
async function performCalls(
  { options, run, writer, signal }: Loop,
  calls: readonly ToolPart[],
): Promise<void> {
  const scope = {
    principal: run.principal,
    conversationId: run.conversationId,
    signal,
    log: (events: LoggedEventBody[]) => {
      signal.throwIfAborted();
      writer.log(events);
    },
  };
  const [performed, tooMany] = [calls.slice(0, MAX_CALLS_PER_ROUND), calls.slice(MAX_CALLS_PER_ROUND)];
  const error = new ChatError('too-large', {
    message: `Too many tool calls in one answer: at most ${MAX_CALLS_PER_ROUND} are performed.`,
  }).toBody();
  scope.log(tooMany.map(({ callId }) => ({ type: 'tool-finished', callId, error })));
  await Promise.all(
    performed.map(({ callId, name, inputText }) =>
      performToolCall(options, { callId, name, inputText, tool: toolOf(run, name) }, scope),
    ),
  );
  for (const part of writer.read().parts)
    if (part.type === 'tool' && calls.some(({ callId }) => callId === part.callId))
      options.metrics.toolCalls.inc({ site: run.siteId, outcome: part.state });
}

function toolOf({ site, clientTools = [] }: LoopRun, name: string): Tool | 'client' | undefined {
  const own = site.tools?.find((tool) => tool.name === name);
  return own ?? (clientTools.some((tool) => tool.name === name) ? 'client' : undefined);
}

/** Messages of an answer mention no files, which the type does not express. */
const withoutFiles = (messages: ReturnType<typeof messagesOf>): ProviderMessage[] =>
  messages.flatMap((message) => (message.role === 'user' ? [] : [message]));
