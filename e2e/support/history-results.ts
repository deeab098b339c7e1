/** Summarizes the results of histories: for the log, and for the test. */
import { isViolated, PLACES, VIOLATIONS, type Orphan, type Outcome } from './outcome.ts';
import type { HistoryResult, RunResults } from './run-histories.ts';
import { quantile } from './scale.ts';
import { addWrong, nothingWrong } from './wrong-deliveries.ts';

/** Summarizes the results in a few lines for the log. */
export function summarizeResults(results: RunResults): string {
  const { histories, deploymentFailures, deployments, durationMs } = results;
  const outcomes = histories.map(({ outcome }) => outcome);
  const tabs = outcomes.reduce((sum, { transports }) => sum + transports.length, 0);
  const equal = histories.filter(({ hungWaitingFor }) => hungWaitingFor === undefined).length;
  const persisted = histories.filter(({ isPersisted }) => isPersisted).length;
  const faults = Object.entries(faultCounts(results)).map(([name, count]) => `${name} ${count}`);
  return [
    `${histories.length} histories in ${Math.round(durationMs / 1000)} s, ${tabs} tabs on 3 transports`,
    `faults: ${faults.join(', ')}`,
    ...deployments.filter((summary) => summary !== ''),
    ...PLACES.map((place) => describeWrong(outcomes, place)),
    VIOLATIONS.map((name) => `${name} ${countOf(outcomes, name)}`).join(', '),
    `every tab equal to the store in ${equal}, the store unchanged by SIGKILL in ${persisted} of ${histories.length}`,
    `unexpected exits of gateways: ${deploymentFailures.length}`,
    ...describeOrphans(outcomes.flatMap(({ orphans }) => orphans)),
  ].join('\n  ');
}

/** How often each fault was injected. A fault of a deployment that several histories shared counts for each of them. */
export function faultCounts({ histories }: RunResults): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of histories.flatMap(({ outcome }) => outcome.faults))
    counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The times after which the replies of lost gateways were closed, in milliseconds. */
export const orphanTimes = ({ histories }: RunResults): number[] =>
  histories.flatMap(({ outcome }) => outcome.orphans.map(({ closedAfterMs }) => closedAfterMs));

/** The results that violate an invariant, each with the setting that replays it; empty when everything is correct. */
export function failedHistories({ histories, deploymentFailures }: RunResults): object[] {
  const isFailed = ({ isPersisted, hungWaitingFor, outcome }: HistoryResult) =>
    !isPersisted || hungWaitingFor !== undefined || isViolated(outcome);
  const failed = histories
    .filter(isFailed)
    .map(({ seed, outcome, ...rest }) => ({ replay: `RIVULET_SEED=${seed}`, ...rest, ...outcome }));
  return deploymentFailures.length === 0 ? failed : [...failed, { deploymentFailures }];
}

const countOf = (outcomes: readonly Outcome[], name: (typeof VIOLATIONS)[number]): number =>
  outcomes.reduce((sum, outcome) => sum + outcome[name].length, 0);

function describeWrong(outcomes: readonly Outcome[], place: (typeof PLACES)[number]): string {
  const sums = nothingWrong();
  for (const { wrong } of outcomes) addWrong(sums, wrong[place]);
  return `${place}: gaps ${sums.gaps}, duplicates ${sums.duplicates}, reorders ${sums.reorders}`;
}

/** Empty when no reply was orphaned. */
function describeOrphans(orphans: readonly Orphan[]): string[] {
  if (orphans.length === 0) return [];
  const times = orphans.map(({ closedAfterMs }) => closedAfterMs);
  const at = (share: number) => `${(quantile(times, share) / 1000).toFixed(1)} s`;
  const kinds = Object.entries(Object.groupBy(orphans, ({ kind }) => kind));
  return [
    `orphans (${kinds.map(([kind, all]) => `${kind} ${all.length}`).join(', ')}) closed after p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`,
    ...describeRestarts(orphans.filter(({ whenInterrupted }) => whenInterrupted === 'restart')),
    ...describeKept(orphans.filter(({ whenInterrupted }) => whenInterrupted === 'end')),
  ];
}

/** What became of the orphans of a site that restarts them. Visitors may have stopped them, and upstreams may have cut them. */
function describeRestarts(orphans: readonly Orphan[]): string[] {
  if (orphans.length === 0) return [];
  const finished = orphans.filter(isFinishedAgain).length;
  const restarted = orphans.filter(({ isRestarted }) => isRestarted).length;
  const others = orphans.filter((orphan) => !isFinishedAgain(orphan));
  const ends = Object.entries(Object.groupBy(others, ({ reason }) => reason));
  const share = ((100 * finished) / orphans.length).toFixed(1);
  return [
    `with restart: ${restarted} of ${orphans.length} orphans begun again, ${finished} finished (${share} %)${ends.map(([reason, all]) => `, ${reason} ${all.length}`).join('')}`,
  ];
}

const isFinishedAgain = ({ isRestarted, reason }: Orphan): boolean => isRestarted && reason === 'stop';

/** What became of those of a site that does not. */
const describeKept = (orphans: readonly Orphan[]): string[] =>
  orphans.length === 0
    ? []
    : [`without restart: ${orphans.length} orphans closed as interrupted with their text`];
