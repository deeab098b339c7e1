/** Pure: what a message that a person writes consists of. */
import { ChatError, MAX_COMMAND_FRAME_BYTES, type Message, type UserPart } from '@rivulet/protocol';

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

/**
 * A new version of a message of the visitor; a string stands for its text alone.
 * @throws {ChatError} not-found: nobody edits what another one wrote; and as `checkParts`
 */
export function editedParts(edited: Message | undefined, content: string | readonly UserPart[]): UserPart[] {
  if (edited?.role !== 'user') throw new ChatError('not-found');
  if (typeof content !== 'string') return checkParts(content);
  const kept = edited.parts.filter((part) => part.type === 'file' || part.type === 'data');
  return checkParts(content === '' ? kept : [{ type: 'text', text: content }, ...kept]);
}
