/** The interface between transports and sessions: a session uses a channel and does not depend on sockets. */
import type { Channel, ChatError, Command, CommandId } from '@rivulet/protocol';
import type { Frame } from './frame.ts';

/** One command of a frame, or why the frame could not be read. */
export type Incoming =
  | { kind: 'command'; command: Command }
  /** A command of an unknown type, from a client that is newer than this gateway. */
  | { kind: 'unknown'; commandId?: CommandId }
  | { kind: 'unreadable'; error: ChatError; commandId?: CommandId };

/** The gateway's end of a connection. */
export interface GatewayChannel extends Omit<Channel<Frame, Incoming>, 'send'> {
  /**
   * Sends in order. The result is undefined when the connection can take more at once, which is the usual case and costs no
   * promise. Otherwise it resolves when the connection can. Never rejects; on a closed channel it does nothing.
   */
  send(frame: Frame): Promise<void> | undefined;
}
