import { ChatError } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { flush, startRules } from '../../testing/ruled-providers.ts';
import type { Scene } from '../../testing/script-provider.ts';
import { upstreamError } from '../upstream-error.ts';

const failure = (facts: object, retryAfterMs?: number) =>
  upstreamError({ host: 'h', model: 'm', ...facts }, retryAfterMs);
const BUSY = failure({ status: 503 });
const BAD_KEY = failure({ status: 401 });
function answer(scene: Scene, text = 'Hm.') {
  scene.emitText(text);
  scene.finish();
}
type Rules = ReturnType<typeof startRules>;
/** Fails the next call of a provider, and lets the rules decide. */
async function fail(rules: Rules, name: string, error: unknown) {
  (await rules.scene(name)).fail(error);
  await flush();
}

describe('an upstream that fails too often', () => {
  const askAndFail = async (rules: Rules, error: unknown = BUSY) => {
    const asked = rules.ask();
    await fail(rules, 'a', error);
    await asked.end;
  };
  const open = async (rules: Rules, error?: unknown) => {
    for (let left = 5; left > 0; left -= 1) await askAndFail(rules, error);
  };

  it('is not asked for a while: the visitor is told at once that it is overloaded, and when to try again', async () => {
    const rules = startRules(['a'], { maxUpstreamRetries: 0 });
    await open(rules);
    const error = await rules.ask().end;
    expect(error).toMatchObject({ code: 'upstream-overloaded', retryAfterMs: 15_000 });
    expect(rules.calls).toHaveLength(5);
    expect(await rules.metrics.registry.metrics()).toContain('rivulet_upstream_breaker{upstream="a"} 2');
    expect(rules.logger.warn).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ upstream: 'a', state: 'open', failures: 5, reason: 'overloaded' }),
      expect.stringContaining('not asked for a while'),
    );
  });

  it('is asked again by one run, and by all when that one has an answer', async () => {
    const rules = startRules(['a'], { maxUpstreamRetries: 0 });
    await open(rules);
    rules.clock.advance(15_000);
    const [probe, refused] = [rules.ask(), rules.ask()];
    expect(await refused.end).toMatchObject({ code: 'upstream-overloaded', retryAfterMs: 2_000 });
    answer(await rules.scene('a'));
    expect(await probe.end).toBe('ended');
    const next = rules.ask();
    answer(await rules.scene('a'));
    expect(await next.end).toBe('ended');
    expect(rules.logger.info).toHaveBeenCalledTimes(2);
  });

  it('is passed over by the chain, and named as not configured when that is its trouble', async () => {
    const rules = startRules(['a', 'b'], { maxUpstreamRetries: 0 });
    const alone = rules.underRules(rules.named('a'));
    for (let left = 5; left > 0; left -= 1) {
      const asked = rules.ask(undefined, alone);
      await fail(rules, 'a', BAD_KEY);
      await asked.end;
    }
    expect(await rules.ask(undefined, alone).end).toMatchObject({ code: 'upstream-unconfigured' });
    const asked = rules.ask();
    answer(await rules.scene('b'));
    expect(await asked.end).toBe('ended');
  });

  it('is not blamed for runs that were stopped, and for requests that it refuses', async () => {
    const rules = startRules(['a']);
    for (let left = 6; left > 0; left -= 1) {
      const asked = rules.ask();
      await rules.scene('a');
      asked.stop.abort();
      await asked.end;
    }
    for (let left = 6; left > 0; left -= 1) await askAndFail(rules, failure({ status: 400 }));
    expect(rules.logger.warn).not.toHaveBeenCalled();
  });
});

describe('an upstream that answers no more requests at once', () => {
  it('is asked when it is the turn of the run, which is told after a second that it waits', async () => {
    const rules = startRules(['a'], { maxUpstreamRequests: 1 });
    const waits: unknown[] = [];
    const first = rules.ask();
    const scene = await rules.scene('a');
    const second = rules.ask({ siteId: 's', visitorId: 'v', onWait: (reason) => waits.push(reason) });
    await flush();
    rules.clock.advance(1_000);
    expect([rules.calls.length, waits]).toEqual([1, ['queue']]);
    answer(scene);
    await first.end;
    answer(await rules.scene('a'));
    expect([await second.end, waits]).toEqual(['ended', ['queue', undefined]]);
  });

  it('is never asked for a run that was stopped while it waited', async () => {
    const rules = startRules(['a'], { maxUpstreamRequests: 1 });
    rules.ask();
    const scene = await rules.scene('a');
    const waiting = rules.ask();
    await flush();
    waiting.stop.abort();
    expect(await waiting.end).toBe('ended');
    answer(scene);
    await flush();
    expect(rules.calls).toHaveLength(1);
  });

  it('leaves a run to an upstream of the chain with a free slot', async () => {
    const rules = startRules(['a', 'b'], { maxUpstreamRequests: 1 });
    rules.ask();
    const second = rules.ask();
    answer(await rules.scene('b'));
    expect(await second.end).toBe('ended');
  });

  it('gives its slot free however an answer ends: stopped, failed, or no longer read', async () => {
    const rules = startRules(['a'], { maxUpstreamRequests: 1, maxUpstreamRetries: 0 });
    const stopped = rules.ask();
    await rules.scene('a');
    stopped.stop.abort();
    await stopped.end;
    const failed = rules.ask();
    await fail(rules, 'a', new ChatError('upstream-truncated'));
    await failed.end;
    for await (const _ of rules.provider.stream({ messages: [] }, new AbortController().signal)) break;
    const last = rules.ask();
    expect(await rules.scene('a')).toBeDefined();
    answer(await rules.scene('a'));
    expect(await last.end).toBe('ended');
    expect(await rules.metrics.registry.metrics()).toContain('rivulet_upstream_active{upstream="a"} 0');
  });
});
