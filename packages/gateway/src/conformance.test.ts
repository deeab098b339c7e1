/** The gateway keeps every promise that the conformance runner tries, and the runner notices a server that keeps one of them not. */
import { CHECKS, runConformance } from '@rivulet/protocol/conformance';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startBreakingProxy } from './testing/breaking-proxy.ts';
import { createCountingProvider } from './testing/counting-provider.ts';
import { PROTOCOL_BREAKS } from './testing/protocol-breaks.ts';
import { startGateway, type StartedGateway } from './testing/start-gateway.ts';

let started: StartedGateway;

beforeAll(async () => {
  started = await startGateway({ provider: createCountingProvider(800), limits: { helloMs: 2_000 } });
});
afterAll(() => started.stop());

describe('the gateway', () => {
  it.each(CHECKS.map(({ id, promise }) => ({ id, promise })))('keeps $id: $promise', async ({ id }) => {
    const outcomes = await runConformance({ url: started.url, only: [id] });
    expect(outcomes.map(({ kind, why }) => [kind, why])).toEqual([['holds', '']]);
  });
});

describe('a server that breaks one promise', () => {
  it('is tried for every check', () => {
    expect(Object.keys(PROTOCOL_BREAKS).toSorted()).toEqual(CHECKS.map(({ id }) => id).toSorted());
  });

  it.each(CHECKS.map(({ id }) => id))('is found by %s', async (id) => {
    const proxy = await startBreakingProxy(started.url, PROTOCOL_BREAKS[id]!());
    onTestFinished(() => proxy.close());
    // Some breaks are events that never come.
    const outcomes = await runConformance({ url: proxy.url, only: [id], timeoutMs: 1_500 });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['broken']);
  });
});
