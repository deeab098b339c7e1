/** Pure: the line below a message that did not end normally, with the actions it offers. */
import type { ErrorCode, Message, Run } from '@rivulet/protocol';
import type { PendingMessage } from '../../client/chat.ts';
import type { Strings } from '../i18n/core/en.ts';
import { errorText } from '../i18n/error-texts.ts';

/** How a message ended. */
export interface MessageEnd {
  /** `quiet`: no action of the visitor is needed. `problem`: something failed. */
  tone: 'quiet' | 'problem';
  /** Which text says it; `error` is that of `code`. */
  says: 'stopped' | 'cutLength' | 'error';
  /** Code of the error. */
  code?: ErrorCode | undefined;
  /** Id of the error in the gateway's log. */
  ref?: string | undefined;
  /** Whether sending or generating it again is offered. */
  canRetry?: boolean;
  /** Whether removing it from the list is offered. */
  canDiscard?: boolean;
}

/** @returns null if there is nothing to show */
export function endOfMessage({
  message,
  pending,
}: {
  message: Message;
  pending?: PendingMessage;
}): MessageEnd | null {
  if (pending !== undefined) return endOfPending(pending);
  const { run } = message;
  if (run?.state !== 'finished') return null;
  // A gateway reports it as an error; older ones stored it as a success.
  const isEmpty =
    run.reason === 'stop' && message.parts.every((part) => part.type === 'text' && !part.text.trim());
  return isEmpty ? { ...problem('upstream-empty'), canRetry: true } : endOfRun(run);
}

/** Describes how a run ended. */
export function endOfRun({ reason, error }: Pick<Run, 'reason' | 'error'>): MessageEnd | null {
  switch (reason) {
    case 'aborted':
      return quiet('stopped');
    case 'length':
      return quiet('cutLength');
    case 'blocked':
      return problem(error?.code ?? 'content-blocked');
    case 'interrupted':
      return { ...problem('interrupted'), canRetry: true };
    case 'error':
      return { ...problem(error?.code), canRetry: error?.retry !== 'no', ref: error?.ref };
    case 'stop':
    case 'tool':
    case undefined:
      return null;
  }
}

/**
 * Returns the text in the locale of the visitor, which is shown and announced; undefined while it is loading.
 * @param changed called once it is loaded
 */
export const endText = (
  { says, code }: MessageEnd,
  strings: Strings,
  changed: () => void,
): string | undefined => (says === 'error' ? errorText(code, strings, changed) : strings[says]);

function endOfPending({ state, error }: PendingMessage): MessageEnd | null {
  if (state !== 'failed') return null;
  const end = problem(error?.code);
  return { ...end, canRetry: error?.retry !== 'no', canDiscard: true, ref: error?.ref };
}

const quiet = (says: MessageEnd['says']): MessageEnd => ({ tone: 'quiet', says });
const problem = (code?: ErrorCode): MessageEnd => ({ tone: 'problem', says: 'error', code });
