import { describe, expect, it } from 'vitest';
import { textIn } from '../../testing/contracts/provider-contract.ts';
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
const timesOf = ({ calls }: Rules) => calls.map(({ name, atMs }) => [name, atMs - (calls[0]?.atMs ?? 0)]);
/** Fails the next call of a provider, and lets the rules decide. */
async function fail(rules: Rules, name: string, error: unknown) {
  (await rules.scene(name)).fail(error);
  await flush();
}

describe('an upstream that fails before its first content', () => {
  it('is asked again at most twice, after waits that grow, and the caller sees one answer', async () => {
    const rules = startRules(['a']);
    const asked = rules.ask();
    await fail(rules, 'a', BUSY);
    rules.clock.advance(500);
    await fail(rules, 'a', BUSY);
    rules.clock.advance(1_000);
    answer(await rules.scene('a'));
    expect(await asked.end).toBe('ended');
    expect(asked.events.map(({ type }) => type)).toEqual(['response-started', 'text-delta', 'finished']);
    expect(timesOf(rules)).toEqual([['a', 0], ['a', 500], ['a', 1_500]]); // prettier-ignore
  });

  it('gives its error after the second retry', async () => {
    const rules = startRules(['a']);
    const asked = rules.ask();
    for (const waitMs of [500, 1_000, 60_000]) {
      await fail(rules, 'a', BUSY);
      rules.clock.advance(waitMs);
    }
    expect([await asked.end, rules.calls.length]).toEqual([BUSY, 3]);
  });

  it.each([
    ['a key that is refused', BAD_KEY],
    ['a quota that is used up', failure({ status: 429, code: 'insufficient_quota' })],
    ['a request that is refused', failure({ status: 422 })],
    ['a content that is blocked', failure({ status: 400, code: 'content_filter' })],
    ['a context that is too long', failure({ status: 400, code: 'context_length_exceeded' })],
  ])('is not asked again after %s', async (_, error) => {
    const rules = startRules(['a']);
    const asked = rules.ask();
    await fail(rules, 'a', error);
    expect([await asked.end, rules.calls.length, rules.clock.pending]).toEqual([error, 1, 0]);
  });

  it('is asked again when it said that it may be, and not before', async () => {
    const rules = startRules(['a']);
    const asked = rules.ask();
    await fail(rules, 'a', failure({ status: 429 }, 4_000));
    rules.clock.advance(3_999);
    await flush();
    expect(rules.calls).toHaveLength(1);
    rules.clock.advance(401);
    answer(await rules.scene('a'));
    expect(await asked.end).toBe('ended');
  });

  it.each([
    ['it wants a longer wait than ten seconds', failure({ status: 429 }, 11_000), 0],
    ['ten seconds have passed', BUSY, 10_000],
  ])('is not asked again when %s', async (_, error, afterMs) => {
    const rules = startRules(['a'], { upstreamHeadersMs: 60_000 });
    const asked = rules.ask();
    const scene = await rules.scene('a');
    rules.clock.advance(afterMs);
    scene.fail(error);
    expect([await asked.end, rules.calls.length]).toEqual([error, 1]);
  });

  it('is not asked again once something of its answer was shown', async () => {
    const rules = startRules(['a', 'b']);
    const asked = rules.ask();
    const scene = await rules.scene('a');
    scene.emitText('Half an ');
    await flush();
    scene.fail(BUSY);
    expect([await asked.end, textIn(asked.events), rules.calls.length]).toEqual([BUSY, 'Half an ', 1]);
  });

  it('is not asked again when the run is stopped while it waits, at once and without a timer', async () => {
    const rules = startRules(['a']);
    const asked = rules.ask();
    await fail(rules, 'a', BUSY);
    asked.stop.abort();
    expect(await asked.end).toBe('ended');
    rules.clock.advance(60_000);
    await flush();
    expect([rules.calls.length, rules.clock.pending]).toEqual([1, 0]);
  });

  it('is asked once where an operator wants no retries', async () => {
    const rules = startRules(['a'], { maxUpstreamRetries: 0 });
    const asked = rules.ask();
    await fail(rules, 'a', BUSY);
    expect([await asked.end, rules.calls.length]).toEqual([BUSY, 1]);
  });
});

describe('a chain of upstreams', () => {
  it('asks the next one at once, also when the first has a bad key, and says so in the log', async () => {
    const rules = startRules(['a', 'b']);
    const asked = rules.ask({ siteId: 's', visitorId: 'v', facts: { runId: 'r_1' } });
    await fail(rules, 'a', BAD_KEY);
    answer(await rules.scene('b'), 'From b.');
    expect([await asked.end, textIn(asked.events)]).toEqual(['ended', 'From b.']);
    expect(timesOf(rules)).toEqual([['a', 0], ['b', 0]]); // prettier-ignore
    expect(rules.logger.info).toHaveBeenCalledWith(
      expect.objectContaining({ runId: 'r_1', upstream: 'a', reason: 'bad-key', next: 'b', waitMs: 0 }),
      expect.stringContaining('next one of the chain'),
    );
  });

  it('does not ask others to get around a policy, and leaves a request that can be mended to the run', async () => {
    const rules = startRules(['a', 'b']);
    const asked = rules.ask();
    const blocked = failure({ status: 400, code: 'content_filter' });
    await fail(rules, 'a', blocked);
    expect([await asked.end, rules.calls.length]).toEqual([blocked, 1]);
  });

  it('asks the one again whose wait ends first, when all have failed', async () => {
    const rules = startRules(['a', 'b']);
    const asked = rules.ask();
    await fail(rules, 'a', failure({ status: 429 }, 5_000));
    await fail(rules, 'b', BUSY);
    rules.clock.advance(500);
    answer(await rules.scene('b'));
    expect(await asked.end).toBe('ended');
    expect(timesOf(rules)).toEqual([['a', 0], ['b', 0], ['b', 500]]); // prettier-ignore
  });

  it('asks each once and two of them again: no more calls for one answer', async () => {
    const rules = startRules(['a', 'b', 'c']);
    const asked = rules.ask();
    for (const name of ['a', 'b', 'c', 'a', 'b']) {
      await fail(rules, name, BUSY);
      rules.clock.advance(500);
      await flush();
    }
    expect([await asked.end, rules.calls.length]).toEqual([BUSY, 5]);
  });

  it('tells of a failure that may pass rather than of a bad key behind it', async () => {
    const rules = startRules(['a', 'b'], { maxUpstreamRetries: 0 });
    const asked = rules.ask();
    await fail(rules, 'a', BUSY);
    await fail(rules, 'b', BAD_KEY);
    expect(await asked.end).toBe(BUSY);
  });

  it('begins the next round of a run with the upstream that wrote the last one', async () => {
    const rules = startRules(['a', 'b']);
    const caller = { siteId: 's', visitorId: 'v' };
    const first = rules.ask(caller);
    await fail(rules, 'a', BUSY);
    answer(await rules.scene('b'));
    await first.end;
    const second = rules.ask(caller);
    answer(await rules.scene('b'));
    await second.end;
    expect(rules.calls.map(({ name }) => name)).toEqual(['a', 'b', 'b']);
  });
});
