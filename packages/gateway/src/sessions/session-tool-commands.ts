/** What visitors and their pages say about calls of tools, checked here and passed on to the gateway whose run waits. */
import {
  ChatError,
  type ClientTool,
  type CommandOf,
  type ConversationId,
  type ToolPart,
} from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { EventLog, ToolApprovalBroadcast, ToolOutputBroadcast } from '../event-logs/event-log.ts';
import type { ProviderTool } from '../providers/provider.ts';
import type { Site } from '../sites/sites.ts';
import { faultOf } from '../tools/tool-input.ts';

export interface ToolCommandScope {
  principal: Principal;
  site: Site;
  conversations: Conversations;
  eventLog: EventLog;
}

/** @throws {ChatError} not-found; conflict: it does not wait for a decision; bad-frame: the changed input does not fit */
export async function decideCall(
  scope: ToolCommandScope,
  command: CommandOf<'tool-approval'>,
): Promise<void> {
  const { conversationId, callId, decision, input } = command;
  const part = await findCall(scope, conversationId, callId);
  // Said again: a client that did not hear the answer sends the same command once more.
  if (part.state === (decision === 'approve' ? 'approved' : 'refused')) return;
  if (part.state !== 'approval-requested') throw notWaiting('a decision');
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

/** @throws {ChatError} not-found; conflict: it does not wait for the page */
export async function takeOutput(scope: ToolCommandScope, command: CommandOf<'tool-output'>): Promise<void> {
  const { conversationId, callId, output, error } = command;
  const part = await findCall(scope, conversationId, callId);
  const isOwn = scope.site.tools?.some(({ name }) => name === part.name) === true;
  if (isOwn || part.state !== 'called') throw notWaiting('an output');
  const broadcastMessage: ToolOutputBroadcast = { kind: 'tool-output', conversationId, callId };
  if (error !== undefined) broadcastMessage.error = error;
  else broadcastMessage.output = output ?? null;
  await scope.eventLog.broadcast(broadcastMessage);
}

/** What the page can do for the model. @throws {ChatError} forbidden: the site takes no tools of pages; bad-frame */
export function readClientTools(
  { tools: own = [], allowClientTools }: Site,
  tools: readonly ClientTool[],
): ProviderTool[] {
  if (tools.length > 0 && allowClientTools !== true) {
    throw new ChatError('forbidden', {
      message: 'This site takes no tools of its pages; see `allowClientTools` in the configuration.',
    });
  }
  const names = [...own, ...tools].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ChatError('bad-frame', { message: `tools: the name ${twice} is taken.` });
  return tools.map(({ name, description, parameters }) => {
    if (!isObjectSchema(parameters))
      throw new ChatError('bad-frame', { message: 'tools.parameters: JSON Schema of type object.' });
    return { name, description, parameters };
  });
}

const isObjectSchema = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'object';

/** A call of a run that is not over. @throws {ChatError} not-found, conflict */
async function findCall(
  { conversations, principal }: ToolCommandScope,
  conversationId: ConversationId,
  callId: string,
): Promise<ToolPart> {
  await conversations.authorize(principal, conversationId);
  const { conversation } = await conversations.read(conversationId);
  for (const { parts, run } of conversation.messages.toReversed()) {
    const part = parts.find((one) => one.type === 'tool' && one.callId === callId);
    if (part?.type !== 'tool') continue;
    if (run?.state !== 'running') throw notWaiting('anything');
    return part;
  }
  throw new ChatError('not-found', { message: 'There is no such call.' });
}

const notWaiting = (what: string) =>
  new ChatError('conflict', { message: `This call does not wait for ${what}.` });
