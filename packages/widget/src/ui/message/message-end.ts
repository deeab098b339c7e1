/** Pure: the line below a message that did not end normally, with the actions it offers. */
import type { ErrorBody, Message, Run } from '@rivulet/protocol';
import type { PendingMessage } from '../../client/chat.ts';
import type { Strings } from '../i18n/core/en.ts';

/** How a message ended. */
export interface MessageEnd {
  /** `quiet`: no action of the visitor is needed. `problem`: something failed. */
  tone: 'quiet' | 'problem';
  /** Text in the locale of the visitor. */
  text: string;
  /** Id of the error in the gateway's log. */
  ref?: string | undefined;
  /** Whether sending or generating it again is offered. */
  canRetry: boolean;
  /** Whether removing it from the list is offered. */
  canDiscard: boolean;
}

/** @returns null if there is nothing to show */
export function endOfMessage(
  { message, pending }: { message: Message; pending?: PendingMessage },
  strings: Strings,
): MessageEnd | null {
  if (pending !== undefined) return endOfPending(pending, strings);
  const { run } = message;
  if (run?.state !== 'finished') return null;
  // A gateway reports it as an error; older ones stored it as a success.
  const isEmpty =
    run.reason === 'stop' && message.parts.every((part) => part.type === 'text' && !part.text.trim());
  return endOfRun(isEmpty ? EMPTY : run, strings);
}

const EMPTY: Pick<Run, 'reason' | 'error'> = {
  reason: 'error',
  error: { code: 'upstream-empty', message: '', retry: 'new' },
};

/** Describes how a run ended. The same text is shown and announced. */
export function endOfRun(run: Pick<Run, 'reason' | 'error'>, strings: Strings): MessageEnd | null {
  switch (run.reason) {
    case 'aborted':
      return quiet(strings.stopped);
    case 'length':
      return quiet(strings.cutLength);
    case 'blocked':
      return problem(run.error === undefined ? strings.blocked : errorText(run.error, strings));
    case 'interrupted':
      return { ...problem(strings.cutInterrupted), canRetry: true };
    case 'error':
      return {
        ...problem(errorText(run.error, strings)),
        canRetry: run.error?.retry !== 'no',
        ref: run.error?.ref,
      };
    case 'stop':
    case 'tool':
    case undefined:
      return null;
  }
}

/** Returns the localized text for an error code, or the general one. The message of the gateway is for developers. */
export function errorText(error: Pick<ErrorBody, 'code'> | undefined, strings: Strings): string {
  return (error === undefined ? undefined : strings.errors[error.code]) ?? strings.error;
}

function endOfPending({ state, error }: PendingMessage, strings: Strings): MessageEnd | null {
  if (state !== 'failed') return null;
  const text = errorText(error, strings);
  return { ...problem(text), canRetry: error?.retry !== 'no', canDiscard: true, ref: error?.ref };
}

const quiet = (text: string): MessageEnd => ({ tone: 'quiet', text, canRetry: false, canDiscard: false });
const problem = (text: string): MessageEnd => ({ ...quiet(text), tone: 'problem' });
