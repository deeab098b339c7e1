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

/** How many commands with a wrong field a session may send. A client that works sends none. */
export const MAX_BAD_COMMANDS = 16;

/**
 * Decides what to do with a frame in the given state.
 * @param badCommands how many commands of the session were rejected before, because a field was wrong
 * @see PROTOCOL.md §2
 */
export function decide(state: SessionState, incoming: Incoming, badCommands = 0): Decision {
  if (state.kind === 'closed') return { kind: 'ignore' };
  if (incoming.kind === 'unreadable') return decideUnreadable(state, incoming, badCommands);
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

/** Creates `decide` for one session: it counts the session's bad commands. */
export function createDecider(): (state: SessionState, incoming: Incoming) => Decision {
  let badCommands = 0;
  return (state, incoming) => {
    const decision = decide(state, incoming, badCommands);
    if (incoming.kind === 'unreadable') badCommands += 1;
    return decision;
  };
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

/**
 * A frame that cannot be read closes the connection: what its sender believes about the connection is wrong, and no later frame
 * can be trusted to mean what it says. The exception is one command of an open session whose id could be read: its sender learns
 * which command was wrong, so that one mistake in a page's data does not end the chat. @see PROTOCOL.md §3
 */
function decideUnreadable(
  state: SessionState,
  { error, commandId }: Extract<Incoming, { kind: 'unreadable' }>,
  badCommands: number,
): Decision {
  const isForgiven = state.kind === 'open' && commandId !== undefined && badCommands < MAX_BAD_COMMANDS;
  if (error.code === 'bad-frame' && isForgiven) return { kind: 'reject', error, commandId };
  const code = CLOSE_CODES[error.code === 'too-large' ? 'too-large' : 'bad-frame'];
  return { kind: 'refuse', error, code, ...commandIdField(commandId) };
}

const commandIdField = (commandId: CommandId | undefined) => (commandId === undefined ? {} : { commandId });
