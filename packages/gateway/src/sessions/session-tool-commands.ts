/** Commands about tool calls: validates approvals and outputs, and broadcasts them to the gateway whose run waits for them. */
import { ChatError, type ClientTool, type CommandOf, type ToolPart } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { EventLog, ToolApprovalBroadcast, ToolOutputBroadcast } from '../event-logs/event-log.ts';
import type { ProviderTool } from '../providers/provider.ts';
import type { Site } from '../sites/sites.ts';
import { faultOf } from '../tools/tool-input.ts';

/** The part of a command's scope that tool commands need. */
export interface ToolCommandScope {
  principal: Principal;
  site: Site;
  conversations: Conversations;
  eventLog: EventLog;
}

/**
 * Broadcasts a visitor's decision about a tool call.
 * @throws {ChatError} `not-found`; `conflict` when the call does not wait for a decision; `bad-frame` when the edited input
 * does not match the schema of the tool
 */
export async function decideToolCall(
  scope: ToolCommandScope,
  command: CommandOf<'tool-approval'>,
): Promise<void> {
  const { conversationId, callId, decision, input } = command;
  const part = await findCall(scope, command);
  // A repeat: a client that lost the acknowledgement sends the same command again.
  if (part.state === (decision === 'approve' ? 'approved' : 'refused')) return;
  if (part.state !== 'approval-requested') throw notWaitingError('a decision');
  const broadcastMessage: ToolApprovalBroadcast = { kind: 'tool-approval', conversationId, callId, decision };
  if (input !== undefined && decision === 'approve') {
    const tool = scope.site.tools?.find(({ name }) => name === part.name);
    const fault = tool && faultOf(tool, input);
    if (fault !== undefined)
      throw new ChatError('bad-frame', { message: `The input does not fit the tool: ${fault}` });
    broadcastMessage.input = input;
  }
  await scope.eventLog.broadcast(broadcastMessage);
}

/**
 * Broadcasts the output of a client tool, or its error.
 * @throws {ChatError} `not-found`; `conflict` when the call does not wait for an output
 */
export async function submitToolOutput(
  scope: ToolCommandScope,
  command: CommandOf<'tool-output'>,
): Promise<void> {
  const { conversationId, callId, output, error } = command;
  const part = await findCall(scope, command);
  const isServerTool = scope.site.tools?.some(({ name }) => name === part.name) === true;
  if (isServerTool || part.state !== 'called') throw notWaitingError('an output');
  const broadcastMessage: ToolOutputBroadcast = { kind: 'tool-output', conversationId, callId };
  if (error !== undefined) broadcastMessage.error = error;
  else broadcastMessage.output = output ?? null;
  await scope.eventLog.broadcast(broadcastMessage);
}

/**
 * Validates the client tools that a page offers with a message. Whether it may offer any is decided before.
 * @returns the tools as the provider takes them
 * @throws {ChatError} `bad-frame` for a duplicate name or a wrong schema
 */
export function readClientTools(
  { tools: siteTools = [] }: Site,
  tools: readonly ClientTool[],
): ProviderTool[] {
  const names = [...siteTools, ...tools].map(({ name }) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined)
    throw new ChatError('bad-frame', { message: `tools: the name ${duplicate} is used twice.` });
  return tools.map(({ name, description, parameters }) => {
    if (!isObjectSchema(parameters))
      throw new ChatError('bad-frame', {
        message: 'tools.parameters: expected a JSON Schema of type object.',
      });
    return { name, description, parameters };
  });
}

const isObjectSchema = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'object';

/** Finds a tool call of a running run. @throws {ChatError} `not-found`; `conflict` when the run has finished */
async function findCall(
  { conversations, principal }: ToolCommandScope,
  { type: action, conversationId, callId }: CommandOf<'tool-approval' | 'tool-output'>,
): Promise<ToolPart> {
  await conversations.authorize({ principal, action, conversationId });
  const { conversation } = await conversations.read(conversationId);
  for (const { parts, run } of conversation.messages.toReversed()) {
    const part = parts.find((one) => one.type === 'tool' && one.callId === callId);
    if (part?.type !== 'tool') continue;
    if (run?.state !== 'running') throw notWaitingError('anything');
    return part;
  }
  throw new ChatError('not-found', { message: 'There is no such tool call.' });
}

const notWaitingError = (what: string) =>
  new ChatError('conflict', { message: `This tool call does not wait for ${what}.` });
