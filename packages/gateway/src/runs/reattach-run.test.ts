/** Replies that their upstream goes on writing while no gateway reads them: the next gateway reads them again. */
import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { randomBytes } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createOpenAiResponsesProvider } from '../providers/openai-responses.ts';
import type { Site } from '../sites/sites.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { startUpstream, type Upstream } from '../testing/upstream/upstream.ts';

const HALF = 'The first half of a sentence';
const site: Site = { id: 'demo', origins: ['*'], reattach: true };

let store: Store;
let upstream: Upstream;
let started: StartedGateway[];
beforeEach(async () => {
  [store, upstream, started] = [createMemoryStore(), await startUpstream(), []];
});
afterEach(async () => {
  await Promise.all(started.map((each) => each.stop()));
  await upstream.close();
});

async function start(settings: Partial<Site> = {}) {
  const provider = createOpenAiResponsesProvider({ apiKey: 'key', baseUrl: upstream.url, model: 'm' });
  const eventLog = createMemoryEventLog();
  const gateway = await startGateway({ store, eventLog, provider, sites: [{ ...site, ...settings }] });
  started.push(gateway);
  return { ...gateway, eventLog };
}

/** A gateway that has written half of an answer, and is gone. */
async function orphan(): Promise<ConversationId> {
  const { url, gateway } = await start();
  const conversationId = await ask(url);
  await vi.waitFor(async () => {
    const { named } = (await store.readStanding(conversationId, (await answerOf(conversationId))?.id)) ?? {};
    expect(named).toMatchObject({
      message: { parts: [{ text: HALF }] },
      note: { response: { id: 'resp_1' } },
    });
  });
  await gateway.drain();
  return conversationId;
}

async function ask(url: string): Promise<ConversationId> {
  const client = await ProtocolClient.connect(url);
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Why? [[hang-mid]]' }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  await client.until(() => client.text === HALF);
  return conversationId;
}

const answerOf = async (id: ConversationId) => (await store.readMessages(id)).at(-1);
const ended = (id: ConversationId, reason: string) =>
  vi.waitFor(async () => {
    const answer = await answerOf(id);
    expect(answer?.run?.reason).toBe(reason);
    return answer;
  });

it('goes on where it was: no text is missing or doubled, and nothing is withdrawn', async () => {
  const id = await orphan();
  const { eventLog } = await start();
  upstream.release();
  expect(await ended(id, 'stop')).toMatchObject({ parts: [{ text: `${HALF} and the second half.` }] });
  const { events } = await eventLog.read(id);
  expect(events.some(({ type }) => type === 'run-restarted')).toBe(false);
  expect(upstream.requests).toHaveLength(1);
});

it('goes on also when the rest was written while nobody read it', async () => {
  const id = await orphan();
  upstream.release();
  await upstream.waitFor({ state: 'answered' });
  await start();
  expect(await ended(id, 'stop')).toMatchObject({ parts: [{ text: `${HALF} and the second half.` }] });
});

it('is asked for again when the upstream does not have it any more and the site says restart', async () => {
  const id = await orphan();
  upstream.forgetResponses();
  await start({ whenInterrupted: 'restart' });
  await upstream.waitFor({ state: 'gated', count: 2 });
  upstream.release();
  expect(await ended(id, 'stop')).toMatchObject({ parts: [{ text: `${HALF} and the second half.` }] });
});

it('ends as interrupted, and keeps its text, when the upstream does not have it any more', async () => {
  const id = await orphan();
  upstream.forgetResponses();
  await start();
  expect(await ended(id, 'interrupted')).toMatchObject({ parts: [{ text: HALF }] });
  expect(upstream.requests).toHaveLength(1);
});

it('is cancelled at the upstream when the visitor stops it', async () => {
  const { url, eventLog } = await start();
  const id = await ask(url);
  await stop(eventLog, id);
  await ended(id, 'aborted');
  await upstream.waitFor({ state: 'client-closed' });
});

it('is cancelled when the visitor stops it after it was taken over, and keeps its text', async () => {
  const id = await orphan();
  const { eventLog } = await start();
  await vi.waitFor(async () => {
    const { events } = await eventLog.read(id);
    expect(events).toContainEqual(expect.objectContaining({ type: 'run-waiting', why: null }));
  });
  await stop(eventLog, id);
  expect(await ended(id, 'aborted')).toMatchObject({ parts: [{ text: HALF }] });
  await upstream.waitFor({ state: 'client-closed' });
});

it('is cancelled when its site was switched off meanwhile', async () => {
  const id = await orphan();
  await start({ disabled: true });
  expect(await ended(id, 'interrupted')).toMatchObject({ parts: [{ text: HALF }] });
  await upstream.waitFor({ state: 'client-closed' });
});

it('goes on a second time, and no third time', async () => {
  const id = await orphan();
  for (const attempt of [2, 3]) {
    const { gateway, eventLog } = await start();
    await vi.waitFor(async () => {
      const { events } = await eventLog.read(id);
      expect(events).toContainEqual(expect.objectContaining({ type: 'run-waiting', why: null }));
    });
    await gateway.drain();
    const { named } = (await store.readStanding(id, (await answerOf(id))?.id)) ?? {};
    expect(named).toMatchObject({ note: { attempt }, message: { parts: [{ text: HALF }] } });
  }
  await start();
  expect(await ended(id, 'interrupted')).toMatchObject({ parts: [{ text: HALF }] });
  await upstream.waitFor({ state: 'client-closed' });
});

it('is written as usual where the site does not ask for it: nothing is stored at the upstream', async () => {
  const { url } = await start({ reattach: false });
  await ask(url);
  expect(upstream.requests[0]?.body).toMatchObject({ store: false });
  expect(upstream.requests[0]?.body).not.toHaveProperty('background');
});

async function stop(eventLog: EventLog, conversationId: ConversationId): Promise<void> {
  const runId = (await answerOf(conversationId))?.run?.id;
  if (runId === undefined) throw new Error('the answer has no run');
  await eventLog.broadcast({ kind: 'abort', conversationId, runId });
}
