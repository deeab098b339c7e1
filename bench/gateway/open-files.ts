/** Checks that the benchmark may open as many connections as it needs, before it starts. */
import { readFileSync } from 'node:fs';

/** The upstream connections, files and pipes of a process, and the connections of other visitors. */
const SPARE_FILES = 200;

/**
 * Compares with the limit of this process, which its children inherit. Node has raised it as far as the system allows.
 * @returns what is wrong; undefined when the connections are possible
 */
export function connectionsProblem(scenario: string, connections: number): string | undefined {
  const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  const needed = connections + SPARE_FILES;
  if (limit === undefined || Number(limit) >= needed) return undefined; // otherwise `unlimited`
  return (
    `${scenario} opens ${connections} connections, for which a process needs ${needed} open files, and ${limit} are allowed: ` +
    `raise the limit (ulimit -n ${needed}), or choose other scenarios with --only`
  );
}
