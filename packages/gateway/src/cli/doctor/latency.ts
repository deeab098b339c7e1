/** How long a server takes to answer. */
import type { Machine } from './machine.ts';
import { statusBeyond, type Finding } from './finding.ts';

const SAMPLES = 15;
/** Every message waits for some round trips; servers in one network take well below a millisecond. */
const FASTEST_MS = { warning: 10, fault: 100 };

/** Judges the fastest of some round trips: the other checks run meanwhile, and keep this process busy. */
export async function latencyFinding(
  check: string,
  { elapsedMs }: Pick<Machine, 'elapsedMs'>,
  ask: () => Promise<unknown>,
): Promise<Finding> {
  const times: number[] = [];
  for (let count = 0; count < SAMPLES; count += 1) {
    const startedAtMs = elapsedMs();
    await ask();
    times.push(elapsedMs() - startedAtMs);
  }
  return judgeLatency(check, times);
}

/** @param times in milliseconds */
export function judgeLatency(check: string, times: readonly number[]): Finding {
  const fastest = Math.min(...times);
  const status = statusBeyond(fastest, FASTEST_MS);
  const found = `A round trip takes ${fastest.toFixed(1)} ms (fastest of ${times.length}).`;
  const mend = 'Put it into the network of the gateway, or find out what keeps it busy.';
  return { check, status, found, mend: status === 'ok' ? '' : mend };
}
