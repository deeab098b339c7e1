/** Compares the clock of this machine with that of others. */
import { ok, statusBeyond, type Finding } from './finding.ts';

/** Signed tokens are accepted with 30 s of difference. */
const DIFFERENCE_MS = { warning: 10_000, fault: 25_000 };

/** @param theirs the time of the other machine, in milliseconds since 1970 */
export function judgeClock(check: string, theirs: number, ours: number): Finding {
  const difference = Math.abs(theirs - ours);
  const status = statusBeyond(difference, DIFFERENCE_MS);
  // The Date of HTTP has whole seconds.
  if (status === 'ok') return ok(check, 'It agrees with the clock of this machine.');
  const which = theirs > ours ? 'behind' : 'ahead';
  return {
    check,
    status,
    found: `The clock of this machine is ${Math.round(difference / 1000)} s ${which}: tokens that were signed elsewhere are refused.`,
    mend: 'Synchronise the clock (chrony, systemd-timesyncd), here or there.',
  };
}

/** The same with a Date header. @returns undefined without one that can be read */
export function judgeDateHeader(check: string, date: string | null | undefined, ours: number) {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? undefined : judgeClock(check, theirs, ours);
}
