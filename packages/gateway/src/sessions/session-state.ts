/** The state machine of a session: decides what to do with a frame. Pure; the session performs the decision. */
import { CLOSE_CODES, ChatError, type Command, type CommandId, type CommandOf } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { Site } from '../sites/sites.ts';
import type { Incoming } from '../transports/transport.ts';

/** The state of a session. Before `open`, only a `hello` is accepted. */
export type SessionState =
  { kind: 'awaiting-hello' } | { kind: 'open'; principal: Principal; site: Site } | { kind: 'closed' };

/** The site and the visitor of a session, for the report of a refusal. */
export const whoIn = (state: SessionState): { siteId?: string; visitorId?: string } =>
  state.kind === 'open' ? { siteId: state.site.id, visitorId: state.principal.id } : {};

/** Every command except `hello`: those that need a principal. */
export type SessionCommand = Exclude<Command, { type: 'hello' }>;

/** What the session does with a frame. */
export type Decision =
  /** Admit the client and send `welcome`. */
  | { kind: 'greet'; hello: CommandOf<'hello'> }
  /** Handle the command as this principal on this site. */
  | { kind: 'handle'; command: SessionCommand; principal: Principal; site: Site }
  /** Send `rejected`; the connection stays open. */
  | { kind: 'reject'; error: ChatError; commandId?: CommandId }
  /** Send `rejected`, then close the connection with the close code `code`. */
  | { kind: 'refuse'; error: ChatError; code: number; commandId?: CommandId }
  | { kind: 'ignore' };

/** Decides what to do with a frame in the given state. @see PROTOCOL.md §2 */
export function decide(state: SessionState, incoming: Incoming): Decision {
  if (state.kind === 'closed') return { kind: 'ignore' };
  if (incoming.kind === 'unreadable') return decideUnreadable(incoming);
  if (state.kind === 'awaiting-hello') return decideBeforeHello(incoming);
  if (incoming.kind === 'unknown') {
    return { kind: 'reject', error: new ChatError('unsupported'), ...commandIdField(incoming.commandId) };
  }
  const { command } = incoming;
  if (command.type === 'hello') {
    const error = new ChatError('bad-frame', {
      message: 'This connection has had its hello; open another connection instead.',
    });
    return { kind: 'reject', error, commandId: command.id };
  }
  return { kind: 'handle', command, principal: state.principal, site: state.site };
}

function decideBeforeHello(incoming: Exclude<Incoming, { kind: 'unreadable' }>): Decision {
  if (incoming.kind === 'command' && incoming.command.type === 'hello')
    return { kind: 'greet', hello: incoming.command };
  const commandId = incoming.kind === 'command' ? incoming.command.id : incoming.commandId;
  const error = new ChatError('unauthenticated', {
    message: 'The first command of a connection must be a hello.',
  });
  return { kind: 'refuse', error, code: CLOSE_CODES['bad-frame'], ...commandIdField(commandId) };
}

/** A frame that is too large closes the connection; an unreadable one is rejected and the connection stays open. */
function decideUnreadable({ error, commandId }: Extract<Incoming, { kind: 'unreadable' }>): Decision {
  if (error.code === 'too-large') {
    return { kind: 'refuse', error, code: CLOSE_CODES['too-large'], ...commandIdField(commandId) };
  }
  return { kind: 'reject', error, ...commandIdField(commandId) };
}

const commandIdField = (commandId: CommandId | undefined) => (commandId === undefined ? {} : { commandId });
