/** What is known about a run: how it ended, what it took, and the ref of its log lines. */
import type { Run } from '@rivulet/protocol';
import { formatCount, formatDuration, formatTime } from './format.ts';
import { fill, TEXTS } from './texts.ts';

const { run: words } = TEXTS;

/** A line about a run: its name and its value. */
export type Fact = readonly [name: string, value: string];

/** The ref that log lines have, and that a visitor is shown beside an error: the beginning of the id of the run. */
export const refOf = ({ id, error }: Run): string => error?.ref ?? id.replace(/^r_/, '').slice(0, 8);

/** The facts of a run, in the order in which they are read. */
export function factsOf(run: Run): Fact[] {
  const { state, reason, startedAtMs, finishedAtMs, usage, error } = run;
  const facts: (Fact | undefined)[] = [
    [words.label, state === 'running' ? words.running : TEXTS.reasons[reason ?? 'stop']],
    finishedAtMs === undefined ? undefined : [words.duration, formatDuration(finishedAtMs - startedAtMs)],
    [words.started, formatTime(startedAtMs)],
    usage === undefined
      ? undefined
      : [
          words.tokens,
          fill(words.tokensValue, {
            input: formatCount(usage.inputTokens),
            output: formatCount(usage.outputTokens),
          }),
        ],
    error === undefined ? undefined : [words.error, error.code],
    [words.ref, refOf(run)],
  ];
  return facts.filter((fact) => fact !== undefined);
}
