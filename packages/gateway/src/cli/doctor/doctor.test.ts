/** `rivulet doctor` on a sound service: what it reports, and how. */
import { describe, expect, it } from 'vitest';
import { DOCTOR_TIMEOUT_MS, examine, useSoundService } from '../../testing/doctor-draft.ts';

const draft = useSoundService();

describe('rivulet doctor', { timeout: DOCTOR_TIMEOUT_MS }, () => {
  it('reports nothing on a sound service', async () => {
    const { findings, exitCode } = await examine(draft());
    expect(findings.filter(({ status }) => status === 'fault' || status === 'warning')).toEqual([]);
    expect(findings.filter(({ status }) => status === 'ok').length).toBeGreaterThan(30);
    expect(exitCode).toBe(0);
  });

  it('prints the findings as text, with what to mend below each fault', async () => {
    const one = draft();
    one.options.machine.openFiles = 500;
    const { text } = await examine(one, 'text');
    expect(text).toMatch(/^FAULT +open files +A process[^\n]*\n +Raise the limit/m);
    expect(text).toMatch(/\nFaults: 1, warnings: 0, skipped: \d+, in order: \d+\n$/);
  });

  it('ends a check that does not end by itself, and the others are reported', async () => {
    const one = draft();
    one.value.provider.model = 'm [[hang-first]]';
    one.options.limitMs = 3_000;
    const { findings } = await examine(one);
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'upstream default', found: 'The check did not end within 3 s.' }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ check: 'redis', status: 'ok' }));
  });
});
