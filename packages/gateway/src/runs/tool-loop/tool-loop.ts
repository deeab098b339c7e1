/** Rounds of one run: the model answers or calls tools, the tools give, the model goes on; one end for all of them. */
import {
  ChatError,
  type FinishReason,
  type LoggedEventBody,
  type Message,
  type ToolPart,
  type Usage,
} from '@rivulet/protocol';
import type { AcceptedRun } from '../../conversations/conversations.ts';
import { readContextFiles } from '../../prompt/context-files.ts';
import { buildContextWindow, maxTextFileBytes } from '../../prompt/context-window.ts';
import type { Limits } from '../../base/limits.ts';
import type { Metrics } from '../../base/metrics.ts';
import { abortable } from '../../base/abortable.ts';
import { messagesOf } from '../../prompt/provider-messages.ts';
import type {
  Provider,
  ProviderEvent,
  ProviderMessage,
  ProviderRequest,
  ProviderTool,
} from '../../providers/provider.ts';
import type { Content } from '../reply.ts';
import type { Site } from '../../sites/sites.ts';
import type { Store } from '../../stores/store.ts';
import { createTimeSlice } from '../../base/time-slice.ts';
import { performCall, type ToolCallOptions } from './tool-call.ts';
import type { Tool } from '../../tools/tool.ts';
import type { Uploads } from '../../conversations/uploads.ts';

export interface LoopOptions extends ToolCallOptions {
  store: Store;
  uploads: Uploads;
  /** With the limits of the watchdog around it, which hold for each round. */
  provider: Provider;
  limits: Limits;
  metrics: Metrics;
}

/** The reply as the loop writes it. */
export interface RunWriter {
  /** Adds to the answer; deltas may wait for the end of the turn. */
  write(content: Content): void;
  /** Says something about the answer, after all that was written. */
  log(events: LoggedEventBody[]): void;
  /** The answer with all that was written. */
  read(): Message;
  /** What one round took; it counts however the run ends. */
  spend(usage: Usage): void;
}

export interface LoopRun extends AcceptedRun {
  site: Site;
}

interface Loop {
  options: LoopOptions;
  run: LoopRun;
  writer: RunWriter;
  signal: AbortSignal;
  /** Every id of a call in the conversation, so that none is used twice. @see PROTOCOL.md §3 */
  callIds: Set<string>;
}

/** More at once is a model that has lost its way. */
const MAX_CALLS_A_ROUND = 32;

/**
 * Writes the answer to the model's end of it, and gives its reason.
 * @throws {ChatError} what the provider throws; upstream-failed: the model goes on calling tools beyond `limits.maxToolRounds`;
 *   the signal's reason when it aborts, at once
 */
export async function answerInRounds(
  options: LoopOptions,
  run: LoopRun,
  { writer, signal }: { writer: RunWriter; signal: AbortSignal },
): Promise<FinishReason> {
  const stored = await abortable(signal, options.store.readMessages(run.conversationId));
  const messages = await abortable(signal, contextOf(options, run, stored));
  const loop: Loop = { options, run, writer, signal, callIds: callIdsIn(stored) };
  for (let round = 1; ; round += 1) {
    const isLast = round > options.limits.maxToolRounds;
    const before = writer.read().parts.length;
    const { reason } = await answerOnce(loop, requestOf(run, messages, isLast ? 'none' : 'auto'));
    const parts = writer.read().parts.slice(before);
    const calls = parts.filter((part) => part.type === 'tool');
    if (reason !== 'tool' || calls.length === 0) return reason;
    if (isLast) throw new ChatError('upstream-failed', { message: 'The model called tools without an end.' });
    await perform(loop, calls);
    const published = writer.read().parts.slice(before, before + parts.length);
    messages.push(...withoutFiles(messagesOf({ role: 'assistant', parts: published })));
  }
}

async function contextOf(
  { uploads, limits }: LoopOptions,
  { questionId, site: { systemPrompt } }: LoopRun,
  stored: readonly Message[],
): Promise<ProviderMessage[]> {
  const { maxContextTokens: maxTokens, maxContextFileBytes: maxBytes } = limits;
  const context = buildContextWindow(stored, questionId, { systemPrompt, maxTokens });
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
  const { model, tools: own = [] } = run.site;
  const tools = [...own, ...(run.clientTools ?? [])].map(definitionOf);
  return {
    messages: [...messages],
    ...(model === undefined ? {} : { model }),
    ...(tools.length === 0 ? {} : { tools, toolChoice }),
  };
}

const definitionOf = ({ name, description, parameters }: ProviderTool): ProviderTool => ({
  name,
  description,
  parameters,
});

/** One answer of the upstream, from its request to its finish reason. */
async function answerOnce(
  loop: Loop,
  request: ProviderRequest,
): Promise<Extract<ProviderEvent, { type: 'finished' }>> {
  const { options, writer, signal } = loop;
  const ids = new Map<string, string>();
  const slice = createTimeSlice();
  for await (const event of options.provider.stream(request, signal)) {
    // Late results lose: after an abort nothing of the run is written any more.
    signal.throwIfAborted();
    if (event.type === 'finished') {
      if (event.usage !== undefined) writer.spend(event.usage);
      return event;
    }
    if (event.type !== 'response-started') writer.write(withOwnId(event, ids, loop));
    const iteration = slice.spend();
    if (iteration !== undefined) await iteration;
  }
  // Invariant 3: an SDK loop that ends because of an abort is an abort, one that ends without a reason is an error.
  signal.throwIfAborted();
  throw new ChatError('upstream-truncated');
}

/** Commands name a call by its id, and take no longer one. */
const MAX_CALL_ID_CHARS = 64;

/** Upstreams count their calls from 1 in each answer; here an id is the conversation's. */
function withOwnId(content: Content, ids: Map<string, string>, { callIds, options }: Loop): Content {
  if (content.type === 'tool-call-delta')
    return { ...content, callId: ids.get(content.callId) ?? content.callId };
  if (content.type !== 'tool-call-started') return content;
  const isFree = content.callId.length <= MAX_CALL_ID_CHARS && !callIds.has(content.callId);
  const callId = isFree ? content.callId : `call_${options.mintRef()}${options.mintRef()}`;
  ids.set(content.callId, callId);
  callIds.add(callId);
  return { ...content, callId };
}

function callIdsIn(messages: readonly Message[]): Set<string> {
  const parts = messages.flatMap((message) => message.parts);
  return new Set(parts.flatMap((part) => (part.type === 'tool' ? [part.callId] : [])));
}

/** All at once; the round is over with the last of them. */
async function perform({ options, run, writer, signal }: Loop, calls: readonly ToolPart[]): Promise<void> {
  const scope = {
    principal: run.principal,
    conversationId: run.conversationId,
    signal,
    log: (events: LoggedEventBody[]) => {
      signal.throwIfAborted();
      writer.log(events);
    },
  };
  const [performed, tooMany] = [calls.slice(0, MAX_CALLS_A_ROUND), calls.slice(MAX_CALLS_A_ROUND)];
  const error = new ChatError('too-large', { message: 'These are too many calls at once.' }).toBody();
  scope.log(tooMany.map(({ callId }) => ({ type: 'tool-finished', callId, error })));
  await Promise.all(
    performed.map(({ callId, name, inputText }) =>
      performCall(options, { callId, name, inputText, tool: toolOf(run, name) }, scope),
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

/** An answer mentions no files; the compiler cannot know. */
const withoutFiles = (messages: ReturnType<typeof messagesOf>): ProviderMessage[] =>
  messages.flatMap((message) => (message.role === 'user' ? [] : [message]));
