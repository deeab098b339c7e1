/** The CPU time that a target needs for what it delivers. */
import type { Target } from './targets/target.ts';

/**
 * The CPU time of a target so far, in microseconds: that of its process and of its Redis, through which each delta passes.
 * Postgres is not included: it gets the text of all answers together, some times a second.
 */
export function cpuUsOf({ child, services }: Target): number {
  return child.cpuUs() + (services?.redis.cpuUs() ?? 0);
}

/**
 * Begins a measurement, which the returned function ends.
 * @returns figures: the CPU time for one `unit`; for a target with servers beside it, also that of each process alone
 */
export function startCpuTime(
  target: Target,
): (unit: 'delta' | 'delivery' | 'run', count: number) => Record<string, number> {
  const all = { cpuUs: () => cpuUsOf(target) };
  const parts = target.services === undefined ? {} : { gateway: target.child, ...target.services };
  const measured = Object.entries({ all, ...parts }).map(([name, process]) => {
    const beforeUs = process.cpuUs();
    return { name, usedUs: () => process.cpuUs() - beforeUs };
  });
  return (unit, count) =>
    Object.fromEntries(
      measured.map(({ name, usedUs }) => [
        name === 'all' ? `cpu a ${unit} us` : `cpu a ${unit}, ${name} us`,
        usedUs() / count,
      ]),
    );
}
