/** Performs one tool call: validates its input, asks for approval, runs the tool, and logs the outcome. */
import { bodyOf, ChatError, type ConversationId, type LoggedEventBody } from '@rivulet/protocol';
import type { Principal } from '../../auth/auth.ts';
import { abortable, type Clock, describeCause, type Limits, type Logger } from '../../base/index.ts';
import { faultOfCallInput, readCallInput } from '../../prompt/index.ts';
import type { SecretMask } from '../../providers/secret-mask.ts';
import type { PendingToolCalls } from './pending-tool-calls.ts';
import { faultOf } from '../../tools/tool-input.ts';
import type { RunTrace } from '../../telemetry/run-trace.ts';
import { ToolResult } from '../../tools/tool-result.ts';
import type { Tool, ToolContext } from '../../tools/tool.ts';

/** What a tool call needs. */
export interface ToolCallOptions {
  /** Delivers approvals and the outputs of client tools. */
  pendingToolCalls: PendingToolCalls;
  clock: Clock;
  /** The time limits, in milliseconds. */
  limits: Pick<Limits, 'approvalTimeoutMs' | 'toolTimeoutMs' | 'clientToolTimeoutMs'>;
  logger: Logger;
  /** Gives the ref of the run, which is shown with an error and logged with its cause. */
  mintRef: () => string;
  /** Hides the gateway's secrets in what the model writes. */
  mask: SecretMask;
}

/** A tool call as the model made it. */
export interface ToolCall {
  /** Unique in the conversation. */
  callId: string;
  /** The name of the tool that the model asked for. */
  name: string;
  /** The input as the model wrote it; not validated, possibly not JSON. */
  inputText: string;
  /** The tool of that name. `client`: a client tool, performed by the page. undefined: there is no such tool. */
  tool: Tool | 'client' | undefined;
}

/** The run that the calls belong to. */
export interface CallScope {
  principal: Principal;
  conversationId: ConversationId;
  /** The spans of the run; absent when nothing is traced. */
  trace?: RunTrace | undefined;
  /** Called when a tool says whether it has found anything. */
  noteFound?: (found: boolean) => void;
  /** As `ToolContext.requestPerson`. */
  requestPerson?: ToolContext['requestPerson'];
  /** Aborts with the run. */
  signal: AbortSignal;
  /** @see ToolContext.takeNumbers */
  takeNumbers: (count: number) => number;
  /** Logs events of the run. Throws the abort reason when the run was aborted: nothing is logged after its end. */
  log: (events: LoggedEventBody[]) => void;
}

/** Maximum length of a tool's output, in characters of JSON: the model is given all of it in the next round. */
export const MAX_OUTPUT_CHARS = 32_000;

/**
 * Performs one call and logs each of its steps. A tool that fails does not fail the run: the error is logged as the outcome of
 * the call, and the model is given it.
 * @throws the abort reason of the signal, at once, when the run is aborted
 * @see PROTOCOL.md §3
 */
export async function performToolCall(
  options: ToolCallOptions,
  call: ToolCall,
  scope: CallScope,
): Promise<void> {
  const { callId, name, tool } = call;
  const type = tool === 'client' ? 'extension' : 'function';
  // A model may invent any name.
  const known = tool === undefined ? 'unknown' : name;
  const trace = scope.trace?.startTool({ callId, name: known, type });
  if (trace === undefined) {
    await perform(options, call, scope);
    return;
  }
  const log = (events: LoggedEventBody[]) => {
    scope.log(events);
    for (const event of events) trace.saw(event);
  };
  try {
    await trace.run(() => perform(options, call, { ...scope, log }));
  } finally {
    trace.end();
  }
}

async function perform(options: ToolCallOptions, call: ToolCall, scope: CallScope): Promise<void> {
  const { callId, tool } = call;
  try {
    // A secret may have escapes in the text of the input.
    const input = options.mask.hideIn(readInput(call));
    if (tool === 'client') await callClientTool(options, { callId, input }, scope);
    else if (tool !== undefined) await callGatewayTool(options, { callId, tool, input }, scope);
  } catch (error) {
    if (scope.signal.aborted) throw error;
    scope.log([{ type: 'tool-finished', callId, error: bodyOf(visibleErrorOf(error, call, options)) }]);
  }
}

/** @throws {ChatError} not-found for an unknown tool; bad-frame for an input that is not JSON or does not match the schema */
function readInput({ name, inputText, tool }: ToolCall): unknown {
  if (tool === undefined)
    throw new ChatError('not-found', {
      message: `There is no tool ${name}. Use the exact name of one of the tools.`,
    });
  const input = readCallInput(inputText);
  if (input === undefined) throw new ChatError('bad-frame', { message: faultOfCallInput(inputText) });
  if (tool !== 'client') checkInput(tool, input);
  return input;
}

function checkInput(tool: Tool, input: unknown): void {
  const fault = faultOf(tool, input);
  if (fault !== undefined)
    throw new ChatError('bad-frame', { message: `The input does not fit the tool: ${fault}` });
}

interface ClientToolCall {
  callId: string;
  input: unknown;
}

async function callClientTool(
  { pendingToolCalls, clock, limits }: ToolCallOptions,
  { callId, input }: ClientToolCall,
  { conversationId, signal, log }: CallScope,
): Promise<void> {
  const pending = pendingToolCalls.waitFor('tool-output', conversationId, callId);
  try {
    log([{ type: 'tool-called', callId, input }]);
    const onTimeout = () =>
      new ChatError('upstream-timeout', {
        message: 'The page did not return an output of the tool in time.',
      });
    const { output, error } = await withTimeout(clock, limits.clientToolTimeoutMs, {
      work: abortable(signal, pending.answer),
      onTimeout,
    });
    if (error !== undefined) throw new ChatError('internal', { message: error });
    log([{ type: 'tool-finished', callId, output: jsonOutputOf(output) }]);
  } finally {
    pending.close();
  }
}

interface GatewayToolCall extends ClientToolCall {
  tool: Tool;
}

async function callGatewayTool(
  options: ToolCallOptions,
  call: GatewayToolCall,
  scope: CallScope,
): Promise<void> {
  const { callId, tool, input } = call;
  const { signal, principal, conversationId, requestPerson, log } = scope;
  const end = new AbortController();
  const context: ToolContext = {
    signal: AbortSignal.any([signal, end.signal]),
    principal: { id: principal.id, kind: principal.kind, siteId: principal.siteId },
    conversationId,
    callId,
    takeNumbers: scope.takeNumbers,
    ...(requestPerson === undefined ? {} : { requestPerson }),
  };
  const { approval = 'never' } = tool;
  const needsApproval =
    typeof approval === 'function'
      ? await abortable(signal, Promise.resolve(approval(input, context)))
      : approval === 'always';
  log([{ type: 'tool-called', callId, input }]);
  const approved = needsApproval ? await askVisitor(options, call, scope) : { input };
  if (approved === 'refused') return;
  try {
    const result = await withTimeout(options.clock, tool.timeoutMs ?? options.limits.toolTimeoutMs, {
      // Called within `then`, so that a handler that throws synchronously rejects like any other.
      work: abortable(
        signal,
        Promise.resolve().then(() => tool.handler(approved.input, context)),
      ),
      onTimeout: () => new ChatError('upstream-timeout', { message: 'The tool took too long.' }),
    });
    const { output, found } = result instanceof ToolResult ? result : new ToolResult(result);
    log([{ type: 'tool-finished', callId, output: jsonOutputOf(output) }]);
    if (found !== undefined) scope.noteFound?.(found);
  } finally {
    end.abort(); // after a timeout the handler may still run; nothing uses its result
  }
}

/** Asks the visitor for approval. The run waits until the timeout, also while the conversation has no viewers. */
async function askVisitor(
  { pendingToolCalls, clock, limits }: ToolCallOptions,
  { callId, tool, input }: GatewayToolCall,
  { conversationId, signal, log }: CallScope,
): Promise<{ input: unknown } | 'refused'> {
  const pending = pendingToolCalls.waitFor('tool-approval', conversationId, callId);
  try {
    log([{ type: 'approval-requested', callId, ...inputSchemaOf(tool) }]);
    const { decision, input: changed } = await withTimeout(clock, limits.approvalTimeoutMs, {
      work: abortable(signal, pending.answer),
      onTimeout: () => new ChatError('forbidden', { message: 'Nobody approved this call in time.' }),
    });
    log([{ type: 'approval-given', callId, decision, ...(changed === undefined ? {} : { input: changed }) }]);
    if (decision === 'refuse') return 'refused';
    if (changed !== undefined) checkInput(tool, changed);
    return { input: changed ?? input };
  } finally {
    pending.close();
  }
}

/** A longer schema is not sent to the viewers, and no visitor fills in so many fields. In characters of JSON. */
const MAX_SCHEMA_CHARS = 8_000;

/** The schema from which clients make the fields that the visitor reads and changes. */
function inputSchemaOf({ parameters }: Tool): { inputSchema?: unknown } {
  return JSON.stringify(parameters).length > MAX_SCHEMA_CHARS ? {} : { inputSchema: parameters };
}

interface TimedWork<Result> {
  work: Promise<Result>;
  onTimeout: () => ChatError;
}

/** Settles with the work, or rejects with the error of `onTimeout` after `limitMs`. The work itself is not cancelled. */
function withTimeout<Result>(
  clock: Clock,
  limitMs: number,
  { work, onTimeout }: TimedWork<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => {
      reject(onTimeout());
    });
    work.then(resolve, reject).finally(() => {
      timer.cancel();
    });
  });
}

/**
 * The output as a client receives it: converted to JSON and back.
 * @throws {ChatError} too-large beyond `MAX_OUTPUT_CHARS`
 * @throws {TypeError} when it cannot be written as JSON
 */
function jsonOutputOf(output: unknown): unknown {
  // The declared return type is always a string, but `undefined` and functions yield undefined.
  const text = (JSON.stringify(output) as string | undefined) ?? 'null';
  if (text.length > MAX_OUTPUT_CHARS) {
    throw new ChatError('too-large', {
      message: `The tool returned more than ${MAX_OUTPUT_CHARS} characters of JSON; ask it for less.`,
    });
  }
  return JSON.parse(text) as unknown;
}

/**
 * The error that the visitor and the model are given. The message of a `ChatError` is meant to be shown; any other error may
 * contain secrets, so it is logged and replaced by a reference to its log line.
 */
function visibleErrorOf(error: unknown, { name }: ToolCall, { logger, mintRef }: ToolCallOptions): ChatError {
  if (error instanceof ChatError && error.code !== 'internal') return error;
  const ref = mintRef();
  logger.warn({ tool: name, ref, ...describeCause(error) }, 'a tool call failed');
  const message = error instanceof ChatError ? error.message : 'The tool failed.';
  return new ChatError('internal', { message, ref });
}
