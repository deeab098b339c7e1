/** `rivulet doctor`: looks at everything that a running service depends on, and says what to mend. */
import { silentLogger } from '../../base/index.ts';
import { composeReplies } from '../compose-replies.ts';
import type { Config } from '../config.ts';
import { secretsOf } from '../config-secrets.ts';
import { describeStartError } from '../start-error.ts';
import { createChecks, type ChecksOptions } from './checks.ts';
import { diagnose } from './doctor.ts';
import { fault, type Finding, type FindingStatus } from './finding.ts';

/** What `runDoctor` needs. */
export interface RunDoctorOptions extends Omit<ChecksOptions, 'config'> {
  /** Reads the configuration. @throws {Error} when it is invalid: that is a finding */
  read: () => Config;
  /** `json`: an array of findings. */
  format: 'text' | 'json';
  /** How long one check may take. Default: 60 s. */
  limitMs?: number;
}

/** What the command says, and how it ends. */
export interface DoctorReport {
  findings: readonly Finding[];
  text: string;
  /** 1 when there is a fault. */
  exitCode: 0 | 1;
}

/** Longer than an idle connection is watched, and than a slow model needs for a few words. */
const LIMIT_MS = 60_000;

/** Runs the command. It never rejects. */
export async function runDoctor(options: RunDoctorOptions): Promise<DoctorReport> {
  const findings = await findAll(options);
  const hasFault = findings.some(({ status }) => status === 'fault');
  const text = options.format === 'json' ? `${JSON.stringify(findings, null, 2)}\n` : describe(findings);
  return { findings, text, exitCode: hasFault ? 1 : 0 };
}

async function findAll({ read, limitMs = LIMIT_MS, ...rest }: RunDoctorOptions): Promise<Finding[]> {
  let config: Config;
  try {
    config = read();
  } catch (error) {
    return [unusable(error)];
  }
  const secrets = [
    ...secretsOf(config),
    ...(config.secret === undefined ? [] : [config.secret]),
    ...(await keysOf(config)),
  ];
  return diagnose({ checks: createChecks({ ...rest, config }), secrets, limitMs });
}

/** Those of all upstreams. A configuration with which nothing can reply is reported by its own check. */
async function keysOf(config: Config): Promise<readonly string[]> {
  const own = [config.provider, ...Object.values(config.providers)].flatMap(({ apiKey = [] }) => apiKey);
  const replies = await composeReplies(config, silentLogger).catch(() => undefined);
  return [...own, ...(replies?.provider.secrets?.() ?? [])];
}

const unusable = (error: unknown): Finding =>
  fault(
    'configuration',
    describeStartError(error),
    'Correct what is named; rivulet check tells whether the configuration is valid.',
  );

const MARKS: Record<FindingStatus, string> = {
  ok: 'ok     ',
  warning: 'warning',
  fault: 'FAULT  ',
  skipped: 'skipped',
};

function describe(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, found, mend }) => [
    `${MARKS[status]}  ${check.padEnd(width)}  ${found}`,
    ...(mend === '' ? [] : [`${' '.repeat(width + 11)}${mend}`]),
  ]);
  const count = (status: FindingStatus) => findings.filter((one) => one.status === status).length;
  const sum = `Faults: ${count('fault')}, warnings: ${count('warning')}, skipped: ${count('skipped')}, in order: ${count('ok')}`;
  return [...lines, '', sum, ''].join('\n');
}
