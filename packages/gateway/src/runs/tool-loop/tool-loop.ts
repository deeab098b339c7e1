/** The tool loop of a run: calls the model, performs its tool calls, and calls it again with their outputs until it answers. */
import {
  ChatError,
  type FinishReason,
  type LoggedEventBody,
  type Message,
  type Part,
  type ToolPart,
} from '@rivulet/protocol';
import { abortable } from '../../base/index.ts';
import type { RunMeter } from '../../budgets/run-meter.ts';
import { messagesOf } from '../../prompt/index.ts';
import type { BackgroundRequest, ProviderCaller, ProviderMessage } from '../../providers/provider.ts';
import type { Tool, ToolContext } from '../../tools/tool.ts';
import { contextOf } from './run-context.ts';
import { answerOrRepeat } from './repeated-round.ts';
import { scopeOf } from './round-request.ts';
import { createFindings } from './findings.ts';
import { endWithoutFindings } from './nothing-found.ts';
import { withoutRefused } from './refused-files.ts';
import { withoutRefusedTools } from './refused-tools.ts';
import type { Loop, LoopOptions, LoopRun, RunWriter } from './round.ts';
import { createCorrections } from './corrections.ts';
import { citableIn, citeSources, createNumbers } from './cited-sources.ts';
import { performToolCall } from './tool-call.ts';

/** Far more than a model needs in one answer; beyond it the model is most likely repeating itself. */
const MAX_CALLS_PER_ROUND = 32;

/** What the loop of one run works with. */
export interface LoopParts {
  writer: RunWriter;
  meter: RunMeter;
  signal: AbortSignal;
  /** Knows at the end which upstream has answered. */
  caller: ProviderCaller;
  /** How the first round is asked for, when its upstream may write in the background. */
  background: BackgroundRequest | undefined;
  /** Resolves when the calls of a round may be performed. */
  beforeTools: () => Promise<void>;
}

/**
 * Runs the model and its tool calls until the model finishes its answer. After `limits.maxToolRounds` rounds the model is asked
 * once more, with tools forbidden. The upstream is called at once; its first answer waits for `run.started`.
 * @returns the finish reason of the last round.
 * @throws {ChatError} the errors of the provider; upstream-failed when the model calls tools although they are forbidden, or only
 *   such as cannot be performed;
 *   upstream-empty when the reply has nothing to show
 * @throws the abort reason of the signal, at once, when it aborts
 */
export async function runToolLoop(
  options: LoopOptions,
  given: LoopRun,
  { writer, meter, signal, caller, beforeTools, background }: LoopParts,
): Promise<FinishReason> {
  const run = withoutRefusedTools(options.refusedTools, given);
  const context = await abortable(signal, contextOf(options, run));
  const messages = withoutRefused(context, options.refusedFiles.kindsOf(scopeOf(run)));
  const loop: Loop = {
    options,
    run,
    writer,
    meter,
    signal,
    caller,
    background,
    isStarted: false,
    isNoticed: false,
    refusedTokens: undefined,
    findings: createFindings(),
  };
  const corrections = createCorrections();
  const takeNumbers = createNumbers(citableIn(writer.read().parts, run.site.tools));
  let isEnding = false;
  for (let round = 1; ; round += 1) {
    const isLast = isEnding || round > options.limits.maxToolRounds;
    const before = writer.read().parts.length;
    writer.beginRound();
    const { reason, metadata } = await answerOrRepeat(loop, messages, isLast ? 'none' : 'auto');
    const parts = writer.read().parts.slice(before);
    const calls = parts.filter((part) => part.type === 'tool');
    if (reason !== 'tool' || calls.length === 0) return endWith(loop, reason);
    // A person answers, whatever else the model wanted to do.
    if (isEnding) return endOf('stop', writer.read());
    if (isLast) throw new ChatError('upstream-failed', { message: 'The model did not stop calling tools.' });
    meter.pause();
    await abortable(signal, beforeTools());
    // The other rounds follow from what the tools have done, which must not be done again.
    loop.background = undefined;
    await performCalls(loop, calls, takeNumbers);
    const performed = writer.read().parts.slice(before, before + parts.length);
    const results = performed.filter((part) => part.type === 'tool');
    corrections.note(results);
    isEnding = results.some(({ name, state }) => state === 'finished' && isLastTool(toolOf(run, name)));
    const rounds = [{ at: 0, metadata }];
    messages.push(...withoutFiles(messagesOf({ role: 'assistant', parts: performed, rounds })));
  }
}

async function endWith(
  { options, run, writer, signal, findings }: Loop,
  reason: FinishReason,
): Promise<FinishReason> {
  const end = endOf(reason, writer.read());
  const isWhole = end === 'stop' || end === 'length';
  if (isWhole) citeSources(writer, run.site.tools);
  if (isWhole && findings.areEmpty) await abortable(signal, endWithoutFindings(options, run, writer));
  return end;
}

/** Checked for the whole reply: a model that has called a tool may have nothing to add. */
function endOf(reason: FinishReason, { parts }: Message): FinishReason {
  const isSuccess = reason === 'stop' || reason === 'tool';
  if (isSuccess && !parts.some(isShown)) throw new ChatError('upstream-empty');
  return reason;
}

/** Reasoning is not: without an answer it is only what the model meant to say. A notice is the gateway's own. */
const isShown = (part: Part): boolean =>
  part.type === 'text'
    ? part.text.trim() !== ''
    : part.type !== 'reasoning' && !(part.type === 'data' && part.name === 'notice');

/** Performs the calls of one round concurrently. Resolves when the last one is finished. */
async function performCalls(
  { options, run, writer, signal, findings }: Loop,
  calls: readonly ToolPart[],
  takeNumbers: ToolContext['takeNumbers'],
): Promise<void> {
  const scope = {
    takeNumbers,
    principal: run.principal,
    conversationId: run.conversationId,
    signal,
    trace: run.trace,
    requestPerson: requestOfRun(run),
    noteFound: (found: boolean) => {
      findings.note(found);
    },
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

const isLastTool = (tool: Tool | 'client' | undefined): boolean =>
  typeof tool === 'object' && tool.isLast === true;

const requestOfRun = ({ desk }: LoopRun): ToolContext['requestPerson'] => desk && (() => desk.request());

/** Messages of an answer mention no files, which the type does not express. */
const withoutFiles = (messages: ReturnType<typeof messagesOf>): ProviderMessage[] =>
  messages.flatMap((message) => (message.role === 'user' ? [] : [message]));
