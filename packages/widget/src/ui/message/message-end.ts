/** Pure: the line under a message that did not end well, in human words, with what may be done about it. */
import type { ErrorBody, Message, Run } from '@rivulet/protocol';
import type { PendingMessage } from '../../client/chat.ts';
import type { Strings } from '../i18n/core/en.ts';

export interface MessageEnd {
  /** `quiet`: the visitor knows or needs no help. `problem`: something failed. */
  tone: 'quiet' | 'problem';
  text: string;
  canRetry: boolean;
  canDiscard: boolean;
}

/** @returns null when there is nothing to say. */
export function endOfMessage(
  { message, pending }: { message: Message; pending?: PendingMessage },
  strings: Strings,
): MessageEnd | null {
  if (pending !== undefined) return endOfPending(pending, strings);
  const { run } = message;
  return run?.state === 'finished' ? endOfRun(run, strings) : null;
}

/** Of an answer that is over: the same words for the eye and for a screen reader. */
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
      return { ...problem(errorText(run.error, strings)), canRetry: run.error?.retry !== 'no' };
    case 'stop':
    case 'tool':
    case undefined:
      return null;
  }
}

/** The sentence for an error: ours for its code, otherwise the general one; the gateway's own words are for developers. */
export function errorText(error: Pick<ErrorBody, 'code'> | undefined, strings: Strings): string {
  return (error === undefined ? undefined : strings.errors[error.code]) ?? strings.error;
}

function endOfPending({ state, error }: PendingMessage, strings: Strings): MessageEnd | null {
  if (state !== 'failed') return null;
  return { ...problem(errorText(error, strings)), canRetry: error?.retry !== 'no', canDiscard: true };
}

const quiet = (text: string): MessageEnd => ({ tone: 'quiet', text, canRetry: false, canDiscard: false });
const problem = (text: string): MessageEnd => ({ ...quiet(text), tone: 'problem' });
