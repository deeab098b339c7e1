/** Validates the content of a message before it is sent. */
import { ChatError, isBlank, MAX_COMMAND_FRAME_BYTES, type UserPart } from '@rivulet/protocol';

/** An upper bound for the size of a command without the parts of its message. */
const COMMAND_OVERHEAD_BYTES = 512;

/**
 * Returns the content as parts. The gateway closes the connection on a frame that is too large, so the size is checked here.
 * @throws {ChatError} bad-frame: nothing that a reader could see, and no other part; too-large: more than a command frame can hold
 */
export function checkParts(content: string | readonly UserPart[]): UserPart[] {
  const parts: UserPart[] = typeof content === 'string' ? [{ type: 'text', text: content }] : [...content];
  if (isBlank(parts)) throw new ChatError('bad-frame', { message: 'The message has no text.' });
  const bytes = new TextEncoder().encode(JSON.stringify(parts)).length;
  if (bytes + COMMAND_OVERHEAD_BYTES > MAX_COMMAND_FRAME_BYTES)
    throw new ChatError('too-large', { message: 'The message is too long.' });
  return parts;
}
