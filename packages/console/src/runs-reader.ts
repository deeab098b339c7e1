/** Reads what the gateway keeps of answers that end while the conversation is read along: the stream has what visitors see, and not that. */
import type { Message } from '@rivulet/protocol';
import { ask, type RunFacts } from './api.ts';

/** Follows the answers of one conversation. */
export interface RunsReader {
  /** To be called with each change. Asks the gateway once for each answer that has ended since and is not known. */
  follow(messages: readonly Message[], known: ReadonlyMap<string, unknown>): void;
}

/** The answers that have ended, whose facts are not known and were not asked for. Pure. */
export const unknownOf = (
  messages: readonly Message[],
  known: ReadonlyMap<string, unknown>,
  asked: ReadonlySet<string>,
): string[] =>
  messages
    .filter(({ id, run }) => run?.state === 'finished' && !known.has(id) && !asked.has(id))
    .map(({ id }) => id);

/** Creates the reader. @param path of the conversation in the API @param changed is given the facts of all answers */
export function createRunsReader(
  path: string,
  signal: AbortSignal,
  changed: (runs: readonly RunFacts[]) => void,
): RunsReader {
  // An answer of an older version has no facts: it is asked for once.
  const asked = new Set<string>();
  return {
    follow(messages, known) {
      const unknown = unknownOf(messages, known, asked);
      if (unknown.length === 0) return;
      for (const id of unknown) asked.add(id);
      // The end is in the store before it is in the log. When this fails, the facts are there after the next load.
      ask<{ runs: RunFacts[] }>(`${path}/runs`, { signal }).then(
        ({ runs }) => {
          changed(runs);
        },
        () => undefined,
      );
    },
  };
}
