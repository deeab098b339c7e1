/** Runs the checks of `rivulet doctor`: all at once, each with a limit of time, and none of them can end the others. */
import { createSecretMask } from '../../providers/secret-mask.ts';
import { describeStartError } from '../start-error.ts';
import { fault, type Check, type Finding } from './finding.ts';

/** What `diagnose` needs. */
export interface DiagnoseOptions {
  checks: readonly Check[];
  /** What no finding may show. */
  secrets: readonly string[];
  /** How long one check may take, in milliseconds. */
  limitMs: number;
}

/** @returns the findings in the order of the checks. It never rejects. */
export async function diagnose({ checks, secrets, limitMs }: DiagnoseOptions): Promise<Finding[]> {
  const mask = createSecretMask(secrets);
  const found = await Promise.all(checks.map((check) => runBounded(check, limitMs)));
  return found.flat().map((finding) => ({
    ...finding,
    found: mask.hide(finding.found),
    mend: mask.hide(finding.mend),
  }));
}

async function runBounded(check: Check, limitMs: number): Promise<Finding[]> {
  const { name } = check;
  const stop = new AbortController();
  const late = Promise.withResolvers<Finding[]>();
  const timer = setTimeout(() => {
    late.resolve([tooLate(name, limitMs)]);
    stop.abort();
  }, limitMs);
  try {
    return await Promise.race([Promise.resolve(check.run(stop.signal)), late.promise]);
  } catch (error) {
    return [fault(name, describeStartError(error), 'See the sentence before, and the log of the service.')];
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

const tooLate = (name: string, limitMs: number): Finding =>
  fault(
    name,
    `The check did not end within ${Math.round(limitMs / 1000)} s.`,
    'Check that the server answers, and the firewall between it and this machine.',
  );
