import { fold, emptyConversation, type Message } from '@rivulet/protocol';
import { beforeEach, expect, it, vi } from 'vitest';
import { startEvents, endEvent } from '../conversations/run-events.ts';
import { createDesk } from '../conversations/desk.ts';
import { createKeyedMutex, createMetrics, DEFAULT_LIMITS, silentLogger, systemClock } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createRecovery } from './recovery.ts';
import type { RestartOptions } from './restart-run.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { noRestarts } from '../testing/no-restarts.ts';
import { accepted, finished, SAMPLE_MS, sampleAnswer, sampleQuestion, withText } from '../testing/samples.ts';

let store: Store;
let eventLog: EventLog;
beforeEach(() => {
  store = createMemoryStore();
  // With a shared log other gateways may be alive: a run is dead only after two sweeps.
  eventLog = Object.assign(createMemoryEventLog(), { isShared: true });
});

/** A message and its unfinished reply that are stored and not logged. */
function acceptedPair() {
  const question = sampleQuestion();
  return accepted(store, { question, answer: { ...sampleAnswer(), parentId: question.id } });
}

/** The recovery of a gateway that has no live runs of its own. */
function recoveryOf(runs: Partial<RestartOptions['runs']> = {}, mutex = createKeyedMutex()) {
  const shared = { store, eventLog, mutex, clock: systemClock, logger: silentLogger, limits: DEFAULT_LIMITS };
  const none = { ...noRestarts, runs: { ...noRestarts.runs, ...runs } };
  return createRecovery({ ...shared, metrics: createMetrics(), ...none });
}

/** Two recovery sweeps of a gateway that has no live runs of its own. */
async function sweepTwice(): Promise<void> {
  const recovery = recoveryOf();
  await recovery.sweep();
  await recovery.sweep();
}

/** The messages of a viewer whose only source is the event log. */
async function published(id: Parameters<EventLog['read']>[0]): Promise<Message[]> {
  return (await eventLog.read(id)).events.reduce(fold, emptyConversation(id, 0)).messages;
}

const endsIn = async (id: Parameters<EventLog['read']>[0]) =>
  (await eventLog.read(id)).events.filter(({ type }) => type === 'run-finished');

it('a message that was stored and never logged is logged, and its reply ends as interrupted (1, 7)', async () => {
  const { conversationId, question } = await acceptedPair();
  await sweepTwice();
  const messages = await published(conversationId);
  expect(messages).toMatchObject([question, { run: { state: 'finished', reason: 'interrupted' } }]);
  expect(messages).toEqual(await store.readMessages(conversationId));
});

it('text that was stored and never logged is logged together with the end (5)', async () => {
  const { conversationId, question, answer } = await acceptedPair();
  await eventLog.append(conversationId, startEvents(question, answer));
  await store.putMessages(conversationId, [withText(answer, 'only in the store')], SAMPLE_MS);
  await sweepTwice();
  expect(await published(conversationId)).toEqual(await store.readMessages(conversationId));
});

it('an end that was stored and never logged is logged once, unchanged (3)', async () => {
  const { conversationId, question, answer } = await acceptedPair();
  await eventLog.append(conversationId, startEvents(question, answer));
  await store.endRun(conversationId, finished(withText(answer, 'All of it.')), SAMPLE_MS + 1);
  await sweepTwice();
  await sweepTwice();
  expect(await endsIn(conversationId)).toMatchObject([{ reason: 'stop' }]);
  expect(await published(conversationId)).toEqual(await store.readMessages(conversationId));
});

it('an end that is in the log already is not logged again, only settled (3)', async () => {
  const { conversationId, question, answer } = await acceptedPair();
  const over = finished(answer);
  await store.endRun(conversationId, over, SAMPLE_MS + 1);
  await eventLog.append(conversationId, [...startEvents(question, answer), endEvent(over)]);
  await sweepTwice();
  expect(await endsIn(conversationId)).toHaveLength(1);
  expect(await store.listUnsettled()).toEqual([]);
});

it('a run whose conversation is leased is left alone', async () => {
  const { conversationId, answer } = await acceptedPair();
  await eventLog.acquireLease(conversationId, 60_000);
  await sweepTwice();
  expect((await store.readMessages(conversationId)).at(-1)).toEqual(answer);
});

it('a gateway that owns its store closes at once what an earlier process has left, and later looks twice (3)', async () => {
  eventLog = createMemoryEventLog();
  const recovery = recoveryOf();
  await acceptedPair();
  expect(await recovery.sweep()).toBe(1);
  const { conversationId } = await acceptedPair();
  expect(await recovery.sweep()).toBe(0);
  expect((await store.readMessages(conversationId))[1]).toMatchObject({ run: { state: 'running' } });
  expect(await recovery.sweep()).toBe(1);
});

it('a run that becomes live while the recovery waits for its conversation is not closed (3)', async () => {
  const { conversationId } = await acceptedPair();
  const mutex = createKeyedMutex();
  let isLive = false;
  const recovery = recoveryOf({ has: () => isLive }, mutex);
  await recovery.sweep();
  const held = Promise.withResolvers<undefined>();
  const holding = mutex.run(conversationId, () => held.promise);
  const sweep = recovery.sweep();
  await new Promise((resolve) => setImmediate(resolve));
  isLive = true;
  held.resolve(undefined);
  await Promise.all([holding, sweep]);
  expect((await store.readMessages(conversationId))[1]).toMatchObject({ run: { state: 'running' } });
});

it('while the log is away nothing is closed, and after that the owners renew their leases first', async () => {
  await acceptedPair();
  const isAway = vi.spyOn(eventLog, 'check');
  const recovery = recoveryOf();
  await recovery.sweep(); // suspects the run
  isAway.mockRejectedValueOnce(new Error('away'));
  const leases = vi.spyOn(eventLog, 'acquireLease');
  expect([await recovery.sweep(), await recovery.sweep()]).toEqual([0, 0]);
  expect(leases).not.toHaveBeenCalled();
  expect([await recovery.sweep(), await recovery.sweep()]).toEqual([0, 1]);
});

it('each run is closed by one of the gateways that find it (3)', async () => {
  const pairs = await Promise.all(Array.from({ length: 50 }, acceptedPair));
  const recoveries = [recoveryOf(), recoveryOf(), recoveryOf()];
  const sweepAll = () => Promise.all(recoveries.map((each) => each.sweep()));
  for (let sweep = 0; sweep < 3; sweep += 1) await sweepAll();
  for (const { conversationId } of pairs) expect(await endsIn(conversationId)).toHaveLength(1);
  expect(await store.listUnsettled()).toEqual([]);
});

it('a sweep asks for the lease of each conversation once, however many of its runs wait', async () => {
  const { conversationId, owner } = await acceptedPair();
  await accepted(store, { conversationId, owner });
  const leases = vi.spyOn(eventLog, 'acquireLease');
  const recovery = recoveryOf();
  await recovery.sweep();
  expect(leases).toHaveBeenCalledTimes(1);
  expect(await recovery.sweep()).toBe(2);
});

it('a reply that was stopped when its gateway was gone ends as aborted', async () => {
  const { conversationId } = await acceptedPair();
  const recovery = recoveryOf({ wasAborted: () => true });
  await recovery.sweep();
  await recovery.sweep();
  expect(await endsIn(conversationId)).toMatchObject([{ reason: 'aborted' }]);
});

it('a person for whom a gateway asked that has died is announced after the end of its answer', async () => {
  const { conversationId, answer } = await acceptedPair();
  const runs = { ...noRestarts.runs };
  const shared = { store, eventLog, mutex: createKeyedMutex(), clock: systemClock, limits: DEFAULT_LIMITS };
  const uploads = { claim: () => Promise.resolve([]) };
  const desk = createDesk({ ...shared, uploads, readView: () => Promise.reject(new Error('not asked for')) });
  await desk.requestInRun({ conversationId, runId: answer.run!.id });
  const announced = { announce: vi.fn<typeof desk.announce>((id) => desk.announce(id)) };
  const more = { ...noRestarts, runs, desk: announced, logger: silentLogger, metrics: createMetrics() };
  const recovery = createRecovery({ ...shared, ...more });
  for (let sweep = 0; sweep < 3; sweep += 1) await recovery.sweep();
  await announced.announce.mock.results[0]?.value;
  const { events } = await eventLog.read(conversationId);
  expect(events.slice(-2)).toMatchObject([
    { type: 'run-finished', reason: 'aborted' },
    { type: 'owner-changed', owner: { kind: 'queue', number: 1 } },
  ]);
  await expect(desk.requestInRun({ conversationId, runId: answer.run!.id })).rejects.toMatchObject({
    code: 'conflict',
  });
});
