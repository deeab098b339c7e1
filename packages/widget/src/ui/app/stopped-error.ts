/** What stops a message before it is sent. */
import { ChatError } from '@rivulet/protocol';

/** A hook of the page said no, or the visitor. */
export class StoppedError extends ChatError {}
