import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createUpstreamStatus } from './upstream-status.ts';

const down = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

function openStatus(check: () => Promise<void>) {
  const clock = createFakeClock();
  const warn = vi.fn();
  const status = createUpstreamStatus({ provider: { check }, clock, logger: { ...silentLogger, warn } });
  return { clock, warn, status: status ?? (() => Promise.resolve('unknown' as const)) };
}

describe('the status of the upstream', () => {
  it('is found out once for all who ask within ten seconds, and follows a change after that', async () => {
    const check = vi.fn<() => Promise<void>>().mockRejectedValueOnce(down).mockResolvedValue(undefined);
    const { clock, warn, status } = openStatus(check);
    expect(await Promise.all([status(), status()])).toEqual(['unreachable', 'unreachable']);
    clock.advance(9_999);
    expect([await status(), check.mock.calls.length]).toEqual(['unreachable', 1]);
    clock.advance(1);
    expect([await status(), check.mock.calls.length]).toEqual(['reachable', 2]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      { cause: { type: 'Error', code: 'ECONNREFUSED' } },
      expect.any(String),
    );
  });

  it('is the last known one after half a second, while a slow check goes on', async () => {
    const slow = Promise.withResolvers<undefined>();
    const { clock, status } = openStatus(() => slow.promise);
    const asked = status();
    clock.advance(500);
    expect(await asked).toBe('unknown');
    slow.resolve(undefined);
    expect(await status()).toBe('reachable');
  });

  it('is none for a provider that cannot be checked', () => {
    expect(
      createUpstreamStatus({ provider: {}, clock: createFakeClock(), logger: silentLogger }),
    ).toBeUndefined();
  });
});
