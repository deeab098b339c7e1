/** Whether the gateway has refused to erase something because it must be kept. */
import { ChatError } from '@rivulet/protocol';

/** @see PROTOCOL.md §14 */
export const isHeld = (error: unknown): boolean => error instanceof ChatError && error.code === 'conflict';
