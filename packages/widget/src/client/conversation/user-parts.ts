/** Pure: what a message that a person writes consists of. */
import { ChatError, MAX_COMMAND_FRAME_BYTES, type UserPart } from '@rivulet/protocol';

/** What a command is, beside the parts of its message. */
const COMMAND_OVERHEAD_BYTES = 512;

/**
 * What the gateway would hang up on must not reach a line.
 * @throws {ChatError} bad-frame, too-large
 */
export function checkParts(content: string | readonly UserPart[]): UserPart[] {
  const parts: UserPart[] = typeof content === 'string' ? [{ type: 'text', text: content }] : [...content];
  const isEmpty = parts.every((part) => part.type === 'text' && part.text.trim() === '');
  if (isEmpty) throw new ChatError('bad-frame', { message: 'A message needs some text.' });
  const bytes = new TextEncoder().encode(JSON.stringify(parts)).length;
  if (bytes + COMMAND_OVERHEAD_BYTES > MAX_COMMAND_FRAME_BYTES)
    throw new ChatError('too-large', { message: 'The message is too long; send less.' });
  return parts;
}
