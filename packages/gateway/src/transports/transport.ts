/** SEAM: one file a side carries frames; the session above it knows a Channel and nothing of sockets. */
import type { Channel, ChatError, ChatEvent, Command, CommandId } from '@rivulet/protocol';

/** What a frame held: commands, or why it could not be read. */
export type Incoming =
  | { kind: 'command'; command: Command }
  /** An unknown command: from a client newer than this gateway. */
  | { kind: 'unknown'; commandId?: CommandId }
  | { kind: 'unreadable'; error: ChatError; commandId?: CommandId };

/** The gateway's end. A frame of several events is one array. */
export type GatewayChannel = Channel<ChatEvent | readonly ChatEvent[], Incoming>;
