/** What `rivulet doctor` finds out: one sentence for each check, and what to mend. */

/** `fault`: visitors are or will be affected. `warning`: it works, and somebody should know. `skipped`: it could not be looked at. */
export type FindingStatus = 'ok' | 'warning' | 'fault' | 'skipped';

/** One result of a check. Neither text contains a secret. */
export interface Finding {
  /** The name of what was checked, such as `redis eviction`. It stays the same from release to release. */
  check: string;
  status: FindingStatus;
  /** What was found: a sentence. */
  found: string;
  /** What to do about it: a sentence; empty when there is nothing to do. */
  mend: string;
}

/** One check, which may have several results. */
export interface Check {
  /** Names it when it does not end by itself. */
  name: string;
  /** @throws {Error} anything: it becomes a fault with this name */
  run(signal: AbortSignal): Promise<Finding[]> | Finding[];
}

/** Nothing to mend. */
export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found, mend: '' });
/** Could not be looked at. @param mend how it could be */
export const skipped = (check: string, found: string, mend = ''): Finding => ({
  ...{ check, status: 'skipped', found, mend },
});
/** Works, with something to know. */
export const warning = (check: string, found: string, mend: string): Finding => ({
  ...{ check, status: 'warning', found, mend },
});
/** Does not work, or will not. */
export const fault = (check: string, found: string, mend: string): Finding => ({
  ...{ check, status: 'fault', found, mend },
});

/** The status of a measure: the worst whose bound it has passed. */
export function statusBeyond(value: number, bounds: { warning: number; fault: number }): FindingStatus {
  if (value > bounds.fault) return 'fault';
  return value > bounds.warning ? 'warning' : 'ok';
}
