import { mintRunId } from '@rivulet/protocol';
import { beforeEach, expect, it } from 'vitest';
import { DEFAULT_LIMITS, randomBytes, systemClock } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { accepted, finished, SAMPLE_MS, sampleAcceptance } from '../testing/samples.ts';
import { waitInRunQueue, type RunQueueOptions } from './run-queue.ts';

let options: RunQueueOptions;
beforeEach(() => {
  options = {
    store: createMemoryStore(),
    eventLog: createMemoryEventLog(),
    clock: systemClock,
    limits: DEFAULT_LIMITS,
  };
});

/** A run that is accepted, and not started yet. */
async function acceptedRun() {
  const { conversationId, owner, question, answer } = await accepted(options.store);
  const runId = answer.run?.id ?? mintRunId(randomBytes);
  const principal = { id: owner.ownerId, kind: 'anonymous' as const, siteId: owner.siteId };
  return {
    conversationId,
    ...owner,
    site: { id: owner.siteId, origins: [] },
    question,
    answer,
    runId,
    principal,
    kind: 'new' as const,
    started: Promise.resolve(),
    isNext: false as const,
  };
}
const { signal } = new AbortController();

it('the first unfinished run of a conversation gets the lease', async () => {
  const run = await acceptedRun();
  expect(await waitInRunQueue(options, run, signal)).toMatchObject({
    lease: { conversationId: run.conversationId },
  });
});

it('a run that another gateway has closed meanwhile is not executed, and its lease is released (3)', async () => {
  const run = await acceptedRun();
  await options.store.endRun(run.conversationId, finished(run.answer, 'interrupted'), SAMPLE_MS + 1);
  expect(await waitInRunQueue(options, run, signal)).toBe('closed');
  expect(await options.eventLog.acquireLease(run.conversationId, 1_000)).toBeDefined();
});

it('a second run waits until the first one has finished', async () => {
  const first = await acceptedRun();
  const { conversationId, siteId, ownerId } = first;
  const second = sampleAcceptance({ conversationId, owner: { siteId, ownerId } });
  await options.store.accept(second);
  const runId = second.answer.run?.id ?? mintRunId(randomBytes);
  const waiting = waitInRunQueue(options, { ...first, answer: second.answer, runId }, signal);
  await options.store.endRun(conversationId, finished(first.answer), SAMPLE_MS + 1);
  expect(await waiting).toMatchObject({ lease: { conversationId } });
});

it('a store that fails while the queue is read does not keep the lease', async () => {
  const run = await acceptedRun();
  const { store } = options;
  const failing = { ...options, store: { ...store, readStanding: () => Promise.reject(new Error('disk')) } };
  await expect(waitInRunQueue(failing, run, signal)).rejects.toThrow('disk');
  expect(await options.eventLog.acquireLease(run.conversationId, 1_000)).toBeDefined();
});
