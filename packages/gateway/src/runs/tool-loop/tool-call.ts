/** One call of a tool: checked, approved, performed, and said how it ended. */
import { bodyOf, ChatError, type ConversationId, type LoggedEventBody } from '@rivulet/protocol';
import type { Principal } from '../../auth/auth.ts';
import type { Clock } from '../../base/clock.ts';
import { describeCause } from '../../base/log-error.ts';
import type { Limits } from '../../base/limits.ts';
import type { Logger } from '../../base/logger.ts';
import { abortable } from '../../base/abortable.ts';
import { readJson } from '../../prompt/provider-messages.ts';
import type { PendingToolCalls } from './pending-tool-calls.ts';
import { faultOf } from '../../tools/tool-input.ts';
import type { Tool, ToolContext } from '../../tools/tool.ts';

export interface ToolCallOptions {
  pendingToolCalls: PendingToolCalls;
  clock: Clock;
  limits: Pick<Limits, 'approvalTimeoutMs' | 'toolTimeoutMs' | 'clientToolTimeoutMs'>;
  logger: Logger;
  mintRef: () => string;
}

export interface ToolCall {
  callId: string;
  name: string;
  /** JSON text, as the model wrote it. */
  inputText: string;
  /** `client`: the page performs it. undefined: there is no such tool. */
  tool: Tool | 'client' | undefined;
}

/** The run that the calls belong to. */
export interface CallScope {
  principal: Principal;
  conversationId: ConversationId;
  signal: AbortSignal;
  /** Throws when the run was aborted: nothing of it is said any more. */
  log: (events: LoggedEventBody[]) => void;
}

/** Gives what the model is told next, within this many characters of JSON. */
export const MAX_OUTPUT_CHARS = 32_000;

/**
 * Logs what becomes of the call, to its end. A tool that fails is no failure of the run: the model is told.
 * @throws the signal's reason, at once, when the run is aborted
 */
export async function performCall(options: ToolCallOptions, call: ToolCall, scope: CallScope): Promise<void> {
  const { callId, tool } = call;
  try {
    const input = readInput(call);
    if (tool === 'client') await performByPage(options, { callId, input }, scope);
    else if (tool !== undefined) await performHere(options, { callId, tool, input }, scope);
  } catch (error) {
    if (scope.signal.aborted) throw error;
    scope.log([{ type: 'tool-finished', callId, error: bodyOf(shown(error, call, options)) }]);
  }
}

/** @throws {ChatError} what the model did wrong */
function readInput({ name, inputText, tool }: ToolCall): unknown {
  if (tool === undefined) throw new ChatError('not-found', { message: `There is no tool ${name}.` });
  const input = readJson(inputText);
  if (input === undefined)
    throw new ChatError('bad-frame', { message: 'The input of the call is not JSON, or too deep.' });
  if (tool !== 'client') checkInput(tool, input);
  return input;
}

function checkInput(tool: Tool, input: unknown): void {
  const fault = faultOf(tool, input);
  if (fault !== undefined)
    throw new ChatError('bad-frame', { message: `The input does not fit the tool: ${fault}` });
}

interface ClientCall {
  callId: string;
  input: unknown;
}

async function performByPage(
  { pendingToolCalls, clock, limits }: ToolCallOptions,
  { callId, input }: ClientCall,
  { conversationId, signal, log }: CallScope,
): Promise<void> {
  const waiting = pendingToolCalls.await('tool-output', conversationId, callId);
  try {
    log([{ type: 'tool-called', callId, input }]);
    const late = () =>
      new ChatError('upstream-timeout', { message: 'The page did not say in time what the tool gave.' });
    const { output, error } = await within(clock, limits.clientToolTimeoutMs, {
      work: abortable(signal, waiting.word),
      late,
    });
    if (error !== undefined) throw new ChatError('internal', { message: error });
    log([{ type: 'tool-finished', callId, output: asOutput(output) }]);
  } finally {
    waiting.end();
  }
}

interface HostCall extends ClientCall {
  tool: Tool;
}

async function performHere(options: ToolCallOptions, call: HostCall, scope: CallScope): Promise<void> {
  const { callId, tool, input } = call;
  const { signal, principal, conversationId, log } = scope;
  const end = new AbortController();
  const context: ToolContext = {
    signal: AbortSignal.any([signal, end.signal]),
    principal: { id: principal.id, kind: principal.kind, siteId: principal.siteId },
    conversationId,
    callId,
  };
  const { approval = 'never' } = tool;
  const isAsked =
    typeof approval === 'function'
      ? await abortable(signal, Promise.resolve(approval(input, context)))
      : approval === 'always';
  log([{ type: 'tool-called', callId, input }]);
  const approved = isAsked ? await askVisitor(options, call, scope) : { input };
  if (approved === 'refused') return;
  try {
    const output = await within(options.clock, tool.timeoutMs ?? options.limits.toolTimeoutMs, {
      // Within `then`, so that a handler that throws at once rejects like any other.
      work: abortable(
        signal,
        Promise.resolve().then(() => tool.handler(approved.input, context)),
      ),
      late: () => new ChatError('upstream-timeout', { message: 'The tool took too long.' }),
    });
    log([{ type: 'tool-finished', callId, output: asOutput(output) }]);
  } finally {
    end.abort(); // what the handler still does is for nobody
  }
}

/** Waits for a person's word; the run goes on waiting when nobody looks. */
async function askVisitor(
  { pendingToolCalls, clock, limits }: ToolCallOptions,
  { callId, tool, input }: HostCall,
  { conversationId, signal, log }: CallScope,
): Promise<{ input: unknown } | 'refused'> {
  const waiting = pendingToolCalls.await('tool-approval', conversationId, callId);
  try {
    log([{ type: 'approval-requested', callId }]);
    const { decision, input: changed } = await within(clock, limits.approvalTimeoutMs, {
      work: abortable(signal, waiting.word),
      late: () => new ChatError('forbidden', { message: 'Nobody approved this call in time.' }),
    });
    log([{ type: 'approval-given', callId, decision, ...(changed === undefined ? {} : { input: changed }) }]);
    if (decision === 'refuse') return 'refused';
    if (changed !== undefined) checkInput(tool, changed);
    return { input: changed ?? input };
  } finally {
    waiting.end();
  }
}

interface Limited<Result> {
  work: Promise<Result>;
  late: () => ChatError;
}

function within<Result>(clock: Clock, limitMs: number, { work, late }: Limited<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => {
      reject(late());
    });
    work.then(resolve, reject).finally(() => {
      timer.cancel();
    });
  });
}

/** As JSON brings it over the wire. @throws {ChatError} when it is too much, and a TypeError when it is no JSON */
function asOutput(output: unknown): unknown {
  // Types say a text always; undefined and functions give none.
  const text = (JSON.stringify(output) as string | undefined) ?? 'null';
  if (text.length > MAX_OUTPUT_CHARS) {
    throw new ChatError('too-large', {
      message: `The tool gave more than ${MAX_OUTPUT_CHARS} characters; ask it for less.`,
    });
  }
  return JSON.parse(text) as unknown;
}

/** An error of ours was made to be seen. Of any other, the visitor and the model learn nothing but a ref. */
function shown(error: unknown, { name }: ToolCall, { logger, mintRef }: ToolCallOptions): ChatError {
  if (error instanceof ChatError && error.code !== 'internal') return error;
  const ref = mintRef();
  logger.warn({ tool: name, ref, ...describeCause(error) }, 'a tool failed');
  const message = error instanceof ChatError ? error.message : 'The tool failed.';
  return new ChatError('internal', { message, ref });
}
