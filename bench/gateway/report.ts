/** Collects the figures of all rounds, prints their medians and ratios, and writes them as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { NO_FAULTS, median, percentile, sumFaults, type Faults } from './measure.ts';
import type { Result } from './scenarios.ts';
import type { TargetName } from './targets/target.ts';

/** The value of each round, by target. */
type Rounds = Partial<Record<TargetName, number[]>>;

/** The figures of one run of the benchmark. */
export class Report {
  /** The measured values, by scenario and figure. */
  readonly #values: Record<string, Record<string, Rounds>> = {};
  #faults: Readonly<Faults> = NO_FAULTS;
  /** The measurements with faults, as printed. */
  readonly #faulty: string[] = [];

  /** Whether any delta was lost, doubled or reordered. */
  get hasFaults(): boolean {
    return Object.values(this.#faults).some((count) => count > 0);
  }

  /** Adds one measurement. `null`, the result of a target that does not support the scenario, adds nothing. */
  add(scenario: string, target: TargetName, result: Result | null): void {
    if (result === null) return;
    const figures = (this.#values[scenario] ??= {});
    for (const [name, value] of Object.entries(result.figures)) {
      const rounds = (figures[name] ??= {});
      (rounds[target] ??= []).push(value);
    }
    this.#faults = sumFaults([this.#faults, result.faults]);
    if (Object.values(result.faults).some((count) => count > 0))
      this.#faulty.push(`  ${target}, ${scenario}: ${formatFaults(result.faults)}`);
  }

  /**
   * Prints the median of each figure for each target, the ratio of the gateway's median to that of each baseline and of the
   * gateway on Redis and Postgres to the gateway with its defaults, and the smallest and the largest ratio of all rounds. For 99th
   * percentiles it also prints the worst round.
   */
  print(names: readonly TargetName[]): void {
    const pairs = comparedPairs(names);
    const rows = [['', ...names, ...pairs.map(({ title }) => title)]];
    for (const [scenario, figures] of Object.entries(this.#values)) {
      rows.push([scenario]);
      for (const [figure, rounds] of Object.entries(figures)) {
        const medians = names.map((name) => format(median(rounds[name] ?? [])));
        const ratios = pairs.map(({ of, to }) => formatRatio(rounds[of] ?? [], rounds[to] ?? []));
        rows.push([`  ${figure}`, ...medians, ...ratios]);
        if (!figure.includes(' p99 ') || !hasSeveralRounds(rounds)) continue;
        rows.push([
          '    in the worst round',
          ...names.map((name) => format(percentile(rounds[name] ?? [], 1))),
        ]);
      }
    }
    printTable(rows);
    for (const line of [`deltas ${formatFaults(this.#faults)}`, ...this.#faulty]) console.log(line);
  }

  /** Writes the value of every round to bench/results/gateway.json. */
  write(): void {
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
    const text = JSON.stringify({ machine, values: this.#values, faults: this.#faults }, null, 2);
    mkdirSync('bench/results', { recursive: true });
    writeFileSync('bench/results/gateway.json', `${text}\n`);
  }
}

/** Which target is compared with which. */
function comparedPairs(names: readonly TargetName[]): { title: string; of: TargetName; to: TargetName }[] {
  return names
    .filter((name) => name !== 'rivulet')
    .map((name) =>
      name === 'distributed' || name === 'logged'
        ? { title: `${name}/rivulet`, of: name, to: 'rivulet' }
        : { title: `to ${name}`, of: 'rivulet', to: name },
    );
}

const hasSeveralRounds = (rounds: Rounds): boolean =>
  Object.values(rounds).some((values) => values.length > 1);

const formatFaults = ({ lost, doubled, reordered }: Readonly<Faults>): string =>
  `lost ${lost}, doubled ${doubled}, reordered ${reordered}`;

/** Three significant digits; a dash when the target does not support the scenario. */
function format(value: number): string {
  if (Number.isNaN(value)) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Such as `0.48 (0.45-0.52)`; empty when one of the targets does not support the scenario or its value is 0. */
function formatRatio(values: readonly number[], others: readonly number[]): string {
  const ratio = median(values) / median(others);
  if (!(ratio > 0 && ratio < Infinity)) return '';
  const ofRounds = values.map((value, round) => value / (others[round] ?? NaN));
  if (ofRounds.length < 2) return ratio.toFixed(2);
  return `${ratio.toFixed(2)} (${Math.min(...ofRounds).toFixed(2)}-${Math.max(...ofRounds).toFixed(2)})`;
}

/** The first column is aligned to the left, the others to the right, each as wide as its longest cell. */
function printTable(rows: readonly string[][]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(2 + (widths[column] ?? 0)),
    );
    console.log(cells.join('').trimEnd());
  }
}
