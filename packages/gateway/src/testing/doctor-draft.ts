/** Runs `rivulet doctor` on a sound service that a test has spoilt. */
import { afterAll, beforeAll, expect } from 'vitest';
import { readConfigFile } from '../cli/config-file.ts';
import { runDoctor, type DoctorReport, type RunDoctorOptions } from '../cli/doctor/run-doctor.ts';
import { readConfig } from '../cli/read-config.ts';
import type { FakeProxyOptions } from './fake-proxy.ts';
import {
  KEY,
  SECRET,
  startSoundService,
  type SoundConfiguration,
  type SoundService,
} from './sound-service.ts';

/** A service that a test spoils. */
export interface Draft extends SoundConfiguration {
  /** The running servers, which the tests of a file share. */
  service: SoundService;
  /** The mode of the configuration file. */
  mode: number;
  options: Omit<RunDoctorOptions, 'read' | 'configFile' | 'format'>;
}

/** How long a test of the doctor may take. */
export const DOCTOR_TIMEOUT_MS = 60_000;

/** Starts a sound service for the tests of the file. @returns a function that gives a draft of it */
export function useSoundService(): () => Draft {
  let service: SoundService;
  beforeAll(async () => {
    service = await startSoundService();
  }, DOCTOR_TIMEOUT_MS);
  afterAll(() => service.stop(), DOCTOR_TIMEOUT_MS);
  return () => ({
    ...service.configure(),
    service,
    mode: 0o600,
    options: {
      publicUrl: service.publicUrl,
      machine: { nodeVersion: '24.1.0', openFiles: 65_536, now: Date.now, elapsedMs: () => 0 },
      freeBytes: () => Promise.resolve(2 ** 40),
      publicOptions: { holdMs: 100, firstEventMs: 5_000, ca: service.ca },
    },
  });
}

/** Runs the command. */
export function examine(draft: Draft, format: 'text' | 'json' = 'json'): Promise<DoctorReport> {
  const { file, mode, options } = draft;
  draft.write(mode);
  const read = () => readConfig({ file: readConfigFile(file), environment: {}, flags: {} });
  return runDoctor({ ...options, read, configFile: file, format });
}

/** A planted fault. */
export interface PlantedFault {
  title: string;
  /** Spoils the service. */
  plant: (draft: Draft) => unknown;
  /** Those that report it as a fault; no others do. */
  checks: readonly string[];
  /** What one of them says. */
  found: RegExp;
  /** Repairs what the tests share. */
  repair?: (draft: Draft) => Promise<unknown>;
}

/** Plants the fault, and expects that it is found and named, with what to mend, and that nothing else is. */
export async function expectFound(
  draft: Draft,
  { plant, checks, found, repair }: PlantedFault,
): Promise<void> {
  await plant(draft);
  const report = await examine(draft).finally(() => repair?.(draft));
  const faults = report.findings.filter(({ status }) => status === 'fault');
  expect(faults.map(({ check }) => check)).toEqual(checks);
  expect(faults.map((fault) => fault.found).join('\n')).toMatch(found);
  expect(faults.every(({ mend }) => mend !== '')).toBe(true);
  expect(report.exitCode).toBe(1);
  expect(report.text).not.toMatch(new RegExp(`${KEY}|${SECRET}`));
}

/** Puts another proxy in front of the gateway. */
export async function behindProxy(
  { options, service }: Draft,
  faults: Partial<FakeProxyOptions>,
): Promise<void> {
  options.publicUrl = (await service.proxy(faults)).url;
}

/** An address at which nobody listens. */
export async function deserted({ service }: Draft): Promise<string> {
  const proxy = await service.proxy({});
  await proxy.close();
  return proxy.url;
}
