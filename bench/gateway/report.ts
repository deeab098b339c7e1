/** Collects the figures of all rounds, prints their medians and ratios, and writes them as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { median, type Faults } from './measure.ts';
import type { Result } from './scenarios.ts';
import type { TargetName } from './targets/target.ts';

/** The value of each round, by target. */
type Rounds = Partial<Record<TargetName, number[]>>;

const NAME_WIDTH = 36;
const CELL_WIDTH = 14;

/** The figures of one run of the benchmark. */
export class Report {
  /** The measured values, by scenario and figure. */
  readonly #values: Record<string, Record<string, Rounds>> = {};
  readonly #faults: Faults = { lost: 0, doubled: 0, reordered: 0 };

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
    for (const name of ['lost', 'doubled', 'reordered'] as const) this.#faults[name] += result.faults[name];
  }

  /** Prints the median of each figure for each target, and the ratio of the gateway's median to that of each other target. */
  print(names: readonly TargetName[]): void {
    const others = names.filter((name) => name !== 'rivulet');
    printRow('', [...names, ...others.map((name) => `to ${name}`)]);
    for (const [scenario, figures] of Object.entries(this.#values))
      for (const [figure, rounds] of Object.entries(figures)) {
        const middle = (name: TargetName): number => median(rounds[name] ?? []);
        const ratios = others.map((name) => middle('rivulet') / middle(name));
        printRow(`${scenario}: ${figure}`, [...names.map(middle), ...ratios].map(round));
      }
    const { lost, doubled, reordered } = this.#faults;
    console.log(`deltas lost ${lost}, doubled ${doubled}, reordered ${reordered}`);
  }

  /** Writes the value of every round to bench/results/gateway.json. */
  write(): void {
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
    const text = JSON.stringify({ machine, values: this.#values, faults: this.#faults }, null, 2);
    mkdirSync('bench/results', { recursive: true });
    writeFileSync('bench/results/gateway.json', `${text}\n`);
  }
}

function printRow(name: string, cells: readonly string[]): void {
  console.log(name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join(''));
}

/** Three significant digits; a dash when the target does not support the scenario. */
function round(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
