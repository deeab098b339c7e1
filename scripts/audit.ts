/**
 * Asks the registry which installed packages have known vulnerabilities, those for development included. Exits with 0 when none is
 * high or critical, with 1 when one is, and with 2 when the registry gave no answer: then nothing is known.
 */
import { spawnSync } from 'node:child_process';
import { pnpmCommand } from './pnpm.ts';

/** What is read of the output of `pnpm audit --json`. */
interface AuditReport {
  advisories: Record<string, { severity: string; module_name: string; title: string; url: string }>;
  metadata?: {
    vulnerabilities: Record<'low' | 'moderate' | 'high' | 'critical', number>;
    totalDependencies: number;
  };
}

/** The exit code for an output of `pnpm audit --json`, and what to say. Without counts of packages there was no answer. */
export function verdictOf(output: string): { exitCode: 0 | 1 | 2; text: string } {
  const report = parse(output);
  const { vulnerabilities: counts, totalDependencies: total = 0 } = report?.metadata ?? {};
  if (
    report === undefined ||
    counts === undefined ||
    !(counts.high >= 0) ||
    !(counts.critical >= 0) ||
    total === 0
  )
    return { exitCode: 2, text: 'NOT CHECKED: the registry gave no answer about vulnerabilities.' };
  const { low, moderate, high, critical } = counts;
  const found = Object.values(report.advisories).map(
    ({ severity, module_name: name, title, url }) => `${severity} ${name}: ${title} (${url})`,
  );
  const summary = `${total} packages: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low`;
  return { exitCode: high + critical > 0 ? 1 : 0, text: [...found, summary].join('\n') };
}

function parse(output: string): AuditReport | undefined {
  try {
    return JSON.parse(output) as AuditReport; // what is used of it is checked above
  } catch {
    return undefined; // pnpm reports the errors of a registry as text, also with --json
  }
}

function audit() {
  const [command, ...args] = pnpmCommand();
  const { stdout, stderr } = spawnSync(
    command,
    [...args, 'audit', '--audit-level', 'high', '--json', ...process.argv.slice(2)],
    { encoding: 'utf8' },
  );
  const { exitCode, text } = verdictOf(stdout);
  if (exitCode === 2) process.stderr.write(stdout + stderr);
  process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}

if (import.meta.main) audit();
