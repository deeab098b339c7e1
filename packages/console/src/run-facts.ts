/** What is known about an answer: who wrote it, how it ended, what it took and cost, and the ref of its log lines. Pure. */
import type { Run } from '@rivulet/protocol';
import type { AskedUpstream, RunFacts } from './api.ts';
import { formatCost, formatCount, formatDuration, formatTime } from './format.ts';
import { fill, TEXTS } from './texts.ts';

const { run: words } = TEXTS;

/** A line about a run: its name and its value. */
export type Fact = readonly [name: string, value: string];

/** The ref that log lines have, and that a visitor is shown beside an error: the beginning of the id of the run. */
export const refOf = ({ id, error }: Run): string => error?.ref ?? id.replace(/^r_/, '').slice(0, 8);

/**
 * The facts of a run, in the order in which they are read.
 * @param facts what the gateway has kept of it; undefined while it is being written, and for those of older versions
 */
export function factsOf(run: Run, facts: RunFacts | undefined): Fact[] {
  const { state, reason, startedAtMs, finishedAtMs, error } = run;
  const tookMs = facts?.totalMs ?? (finishedAtMs === undefined ? undefined : finishedAtMs - startedAtMs);
  return named([
    [words.label, state === 'running' ? words.running : TEXTS.reasons[reason ?? 'stop']],
    [words.error, error?.code],
    [words.model, facts?.model ?? facts?.upstream],
    [words.cost, facts && costOf(facts)],
    [words.tokens, tokensOf(facts?.usage ?? run.usage)],
    [words.tools, facts === undefined || facts.toolCalls === 0 ? undefined : formatCount(facts.toolCalls)],
    [words.duration, tookMs === undefined ? undefined : formatDuration(tookMs)],
    [words.firstWord, facts?.firstDeltaMs === undefined ? undefined : formatDuration(facts.firstDeltaMs)],
    // A wait that nobody notices is no reason.
    [words.queued, (facts?.queuedMs ?? 0) < 100 ? undefined : formatDuration(facts?.queuedMs ?? 0)],
    ...(facts?.asked ?? []).filter(({ failed }) => failed > 0).map(failureOf),
    [words.attempts, facts?.attempts === undefined ? undefined : formatCount(facts.attempts)],
    [words.started, formatTime(startedAtMs)],
    [words.ref, refOf(run)],
  ]);
}

const named = (facts: readonly (readonly [string, string | undefined])[]): Fact[] =>
  facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

const costOf = ({ costPico }: RunFacts): string =>
  costPico === undefined ? words.unknownCost : formatCost(costPico);

function tokensOf(usage: RunFacts['usage']): string | undefined {
  if (usage === undefined) return undefined;
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, isEstimated } = usage;
  const part = (text: string, tokens: number | undefined) =>
    tokens === undefined ? '' : ` (${fill(text, { count: formatCount(tokens) })})`;
  const counted = fill(words.tokensValue, {
    input: formatCount(inputTokens) + part(words.cached, cachedInputTokens),
    output: formatCount(outputTokens) + part(words.reasoning, reasoningTokens),
  });
  return isEstimated === true ? fill(words.estimated, { tokens: counted }) : counted;
}

function failureOf({ name, failed, requests, error = '', status }: AskedUpstream): readonly [string, string] {
  const why = [error, status].filter((text) => text !== undefined && text !== '').join(', ');
  const counts = { failed: formatCount(failed), requests: formatCount(requests) };
  return [words.failed, fill(words.failedValue, { name, why, ...counts })];
}

/** What the answers of a conversation took together. */
export interface RunTotals {
  costPico: number;
  /** Answers whose cost is not known. */
  unpriced: number;
  inputTokens: number;
  outputTokens: number;
}

/** Adds the facts of all answers up. */
export const totalsOf = (runs: readonly RunFacts[]): RunTotals =>
  runs.reduce<RunTotals>(
    (sum, { costPico, usage }) => ({
      costPico: sum.costPico + (costPico ?? 0),
      unpriced: sum.unpriced + (costPico === undefined ? 1 : 0),
      inputTokens: sum.inputTokens + (usage?.inputTokens ?? 0),
      outputTokens: sum.outputTokens + (usage?.outputTokens ?? 0),
    }),
    { costPico: 0, unpriced: 0, inputTokens: 0, outputTokens: 0 },
  );

/** The cost of several answers in words; undefined when there is nothing to say. @param costPico null: that of none is known */
export function sumOfCosts(costPico: number | null, unpriced: number): string | undefined {
  const unknown = unpriced === 0 ? undefined : fill(words.unpriced, { count: formatCount(unpriced) });
  const known = costPico === null ? undefined : formatCost(costPico);
  return known === undefined ? unknown : unknown === undefined ? known : `${known}, ${unknown}`;
}
