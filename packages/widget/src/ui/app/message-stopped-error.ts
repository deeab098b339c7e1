/** Error for a message that was stopped before it was sent. */
import { ChatError } from '@rivulet/protocol';

/** A hook of the page, or the visitor, stopped the message. */
export class MessageStoppedError extends ChatError {}
