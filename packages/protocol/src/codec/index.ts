/**
 * The public names of this folder: how schemas travel. Begin with codec.ts, which converts frames to events and commands and
 * back; `Channel` is what carries them, and the close codes say how a connection ended.
 */
export {
  MAX_COMMAND_DEPTH,
  MAX_COMMAND_FRAME_BYTES,
  commandIdIn,
  decodeCommands,
  decodeEvents,
  encodeFrame,
  encodeSseBlock,
  isDeeperThan,
  parseSseId,
  readSendMessage,
  type Decoded,
} from './codec.ts';
export { jsonText } from './json-text.ts';
export type { Channel, ChannelClose } from './channel.ts';
export { CLOSE_CODES, closeReasonOf, comeBackAfter, type CloseReason, type ComeBack } from './close-codes.ts';
export { PROTOCOL_VERSION, WEBSOCKET_SUBPROTOCOL } from './version.ts';
