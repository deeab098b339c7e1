/** The interface between transports and sessions: a session uses a channel and does not depend on sockets. */
import type { Channel, ChatError, ChatEvent, Command, CommandId } from '@rivulet/protocol';

/** One command of a frame, or why the frame could not be read. */
export type Incoming =
  | { kind: 'command'; command: Command }
  /** A command of an unknown type, from a client that is newer than this gateway. */
  | { kind: 'unknown'; commandId?: CommandId }
  | { kind: 'unreadable'; error: ChatError; commandId?: CommandId };

/** The gateway's end of a connection. A frame of several events is an array. */
export type GatewayChannel = Channel<ChatEvent | readonly ChatEvent[], Incoming>;
