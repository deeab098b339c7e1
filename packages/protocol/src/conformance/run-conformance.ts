/** Tries the checks one after the other: some of them need a server that does nothing else for the visitor. */
import { BrokenPromise, Undecided } from './broken-promise.ts';
import type { Check } from './check.ts';
import { CHECKS } from './checks/index.ts';
import { Server, type ServerOptions } from './server.ts';

/** What became of one check. */
export interface Outcome {
  check: Check;
  /** `undecided`: the server gave no occasion to see it. */
  kind: 'holds' | 'broken' | 'undecided';
  /** What was expected and what came; empty when the promise holds. */
  why: string;
}

/** The server, and which checks are tried. */
export interface ConformanceOptions extends ServerOptions {
  /** The ids of the checks. Default: all. */
  only?: readonly string[] | undefined;
  /** Called after each check. */
  onOutcome?: (outcome: Outcome) => void;
}

/**
 * Tries the promises of the protocol against a server. It asks about twenty questions, as two or three visitors, and stops what it can.
 * @returns what became of each check, in order
 */
export async function runConformance(options: ConformanceOptions): Promise<Outcome[]> {
  const { only, onOutcome, ...facts } = options;
  const server = new Server(facts);
  const outcomes: Outcome[] = [];
  for (const check of CHECKS) {
    if (only?.includes(check.id) === false) continue;
    const outcome = await tryCheck(check, server);
    outcomes.push(outcome);
    onOutcome?.(outcome);
  }
  return outcomes;
}

async function tryCheck(check: Check, server: Server): Promise<Outcome> {
  try {
    await check.try(server);
    return { check, kind: 'holds', why: '' };
  } catch (error) {
    if (error instanceof Undecided) return { check, kind: 'undecided', why: error.message };
    if (error instanceof BrokenPromise) return { check, kind: 'broken', why: error.message };
    return { check, kind: 'broken', why: `the check failed: ${String(error)}` };
  } finally {
    server.closeAll();
  }
}
