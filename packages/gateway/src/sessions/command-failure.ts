/** Errors of commands: a typed one goes to the client as it is; of any other the client sees a `ref`, and the log the cause. */
import { ChatError } from '@rivulet/protocol';
import { describeCause, type Logger } from '../base/index.ts';

/** What `wrapFailure` needs. */
export interface CommandFailureOptions {
  sessionId: string;
  logger: Logger;
  /** Creates the `ref` by which the error is found in the log. */
  mintRef: () => string;
}

/** An internal or foreign error gets a `ref` and is logged with it; the client sees no details. */
export function wrapFailure(
  error: unknown,
  { sessionId, logger, mintRef }: CommandFailureOptions,
): ChatError {
  if (error instanceof ChatError && error.code !== 'internal') return error;
  const { retry, retryAfterMs } = ChatError.from(error);
  const ref = mintRef();
  logger.error({ sessionId, ref, ...describeCause(error) }, 'a command failed');
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new ChatError('internal', { retry, ref, cause: error, ...wait });
}
