/** What one connected client may do now: pure transitions, time and I/O are the session's. */
import { CLOSE_CODES, ChatError, type Command, type CommandId, type CommandOf } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { Site } from '../sites/sites.ts';
import type { Incoming } from '../transports/transport.ts';

export type SessionState =
  /** Nothing but a `hello` is taken. */
  { kind: 'awaiting-hello' } | { kind: 'open'; principal: Principal; site: Site } | { kind: 'closed' };

/** Every command that needs a principal. */
export type SessionCommand = Exclude<Command, { type: 'hello' }>;

export type Decision =
  | { kind: 'greet'; hello: CommandOf<'hello'> }
  | { kind: 'handle'; command: SessionCommand; principal: Principal; site: Site }
  | { kind: 'reject'; error: ChatError; commandId?: CommandId }
  /** Rejects, then ends the line with `code`. */
  | { kind: 'refuse'; error: ChatError; code: number; commandId?: CommandId }
  | { kind: 'ignore' };

/** What to do with what came in. */
export function decide(state: SessionState, incoming: Incoming): Decision {
  if (state.kind === 'closed') return { kind: 'ignore' };
  if (incoming.kind === 'unreadable') return decideUnreadable(incoming);
  if (state.kind === 'awaiting-hello') return decideBeforeHello(incoming);
  if (incoming.kind === 'unknown') {
    return { kind: 'reject', error: new ChatError('unsupported'), ...named(incoming.commandId) };
  }
  const { command } = incoming;
  if (command.type === 'hello') {
    const error = new ChatError('bad-frame', { message: 'A second hello; open another connection instead.' });
    return { kind: 'reject', error, commandId: command.id };
  }
  return { kind: 'handle', command, principal: state.principal, site: state.site };
}

function decideBeforeHello(incoming: Exclude<Incoming, { kind: 'unreadable' }>): Decision {
  if (incoming.kind === 'command' && incoming.command.type === 'hello')
    return { kind: 'greet', hello: incoming.command };
  const commandId = incoming.kind === 'command' ? incoming.command.id : incoming.commandId;
  const error = new ChatError('unauthenticated', { message: 'The first frame is a hello.' });
  return { kind: 'refuse', error, code: CLOSE_CODES['bad-frame'], ...named(commandId) };
}

/** A frame too large ends the line; one that cannot be read is refused, and the line goes on. */
function decideUnreadable({ error, commandId }: Extract<Incoming, { kind: 'unreadable' }>): Decision {
  if (error.code === 'too-large') {
    return { kind: 'refuse', error, code: CLOSE_CODES['too-large'], ...named(commandId) };
  }
  return { kind: 'reject', error, ...named(commandId) };
}

const named = (commandId: CommandId | undefined) => (commandId === undefined ? {} : { commandId });
