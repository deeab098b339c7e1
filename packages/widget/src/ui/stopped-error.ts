/** What stops a message before it is sent. */
import { ChatError } from '@rivulet/protocol';

/** A hook of the page said no, or the visitor was not asked yet. */
export class StoppedError extends ChatError {
  constructor() {
    super('content-blocked', { message: 'The page has stopped this message.' });
  }
}
