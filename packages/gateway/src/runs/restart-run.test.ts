/** Replies that an earlier process has left, on a site that wants them asked for again: the embedded default, started once more. */
import {
  mintConversationId,
  mintMessageId,
  type ConversationId,
  type Message,
  type Part,
} from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { dayOf } from '../budgets/budgets.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import type { Site } from '../sites/sites.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Acceptance, SavedEvent, Store } from '../stores/store.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { accepted, sampleAnswer, sampleOwner, sampleQuestion, withText } from '../testing/samples.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const owner = { ...sampleOwner(), siteId: 'demo' };
const PAY = { name: 'pay', description: 'Pays.', parameters: { type: 'object', properties: {} } };
const note = { attempt: 1, principalKind: 'anonymous', hasClientTools: false };
let store: Store;
let started: StartedGateway | undefined;
beforeEach(() => {
  store = createMemoryStore();
});
afterEach(() => started?.stop());

interface Given extends Partial<Acceptance> {
  /** What differs in the note. `no-note`: there is none. */
  saved?: object | 'no-note';
}

/** A reply that was being written. */
async function orphan({ saved = {}, ...given }: Given = {}) {
  const question = sampleQuestion('Why?');
  const answer = { ...sampleAnswer(), parentId: question.id };
  const acceptance = await accepted(store, { owner, question, answer, ...given });
  const { conversationId } = acceptance;
  await store.putMessages(conversationId, [withText(answer, 'Because of')], 1);
  const events: SavedEvent[] = saved === 'no-note' ? [] : [{ type: 'run-note', note: { ...note, ...saved } }];
  await store.saveProgress([{ conversationId, messageId: answer.id, events }]);
  return acceptance;
}

async function start(site: Partial<Site> = {}) {
  const eventLog = createMemoryEventLog();
  const demo = { id: 'demo', origins: ['*'], whenInterrupted: 'restart' as const, ...site };
  started = await startGateway({ store, eventLog, sites: [demo] });
  return { ...started, eventLog };
}

const answerOf = async ({ conversationId, answer }: Acceptance): Promise<Message | undefined> =>
  (await store.readMessages(conversationId)).find(({ id }) => id === answer.id);
const ended = (acceptance: Acceptance, reason: string) =>
  vi.waitFor(async () => {
    const answer = await answerOf(acceptance);
    expect(answer?.run?.reason).toBe(reason);
    return answer;
  });

describe('a reply whose gateway has died, on a site that restarts it', () => {
  it('is asked for again, with the question, and its viewers see one clear restart', async () => {
    const acceptance = await orphan();
    const { provider, eventLog } = await start({ systemPrompt: 'Be brief.' });
    const scene = await provider.next();
    expect(scene.request.messages).toMatchObject([
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'Why?' },
    ]);
    scene.emitText('Once ', 'more.');
    scene.finish();
    expect(await ended(acceptance, 'stop')).toMatchObject({ parts: [{ text: 'Once more.' }] });
    const { events } = await eventLog.read(acceptance.conversationId);
    const short = events.map((event) => ('why' in event ? [event.type, event.why] : event.type));
    expect(short).toMatchObject([
      ...['message-added', 'run-started', ['run-restarted', { code: 'interrupted' }]],
      ...[['run-waiting', 'retry'], ['run-waiting', null], 'part-started', 'text-delta', 'run-finished'],
    ]);
  });

  it('is counted before it is asked for, so that a further crash knows of it', async () => {
    const acceptance = await orphan({ saved: { attempt: 2 } });
    const { provider } = await start();
    await provider.next();
    const { named } = (await store.readStanding(acceptance.conversationId, acceptance.answer.id)) ?? {};
    expect(named).toMatchObject({ message: { parts: [] }, note: { ...note, attempt: 3 } });
  });

  it('needs no note where there are no tools', async () => {
    await orphan({ saved: 'no-note' });
    expect((await (await start()).provider.next()).request.messages).toMatchObject([{ text: 'Why?' }]);
  });

  it('can be stopped', async () => {
    const acceptance = await orphan();
    const { provider, eventLog } = await start();
    const scene = await provider.next();
    scene.emitText('Once');
    const runId = acceptance.answer.run?.id ?? never();
    await eventLog.broadcast({ kind: 'abort', conversationId: acceptance.conversationId, runId });
    await ended(acceptance, 'aborted');
    expect(scene.signal.aborted).toBe(true);
  });

  it('runs before the next one of its conversation, which waits as it did', async () => {
    const first = await orphan();
    const second = await orphan({ conversationId: first.conversationId });
    const { provider } = await start();
    const scene = await provider.next();
    scene.emitText('One.');
    scene.finish();
    await ended(first, 'stop');
    const next = await provider.next();
    next.emitText('Two.');
    next.finish();
    expect(await ended(second, 'stop')).toMatchObject({ parts: [{ text: 'Two.' }] });
  });

  it('does not wait for a younger one that this gateway has accepted and that waits for it (4)', async () => {
    const eventLog = Object.assign(createMemoryEventLog(), { isShared: true });
    const sites = [{ id: 'demo', origins: ['*'], whenInterrupted: 'restart' as const }];
    started = await startGateway({ store, eventLog, sites, limits: { sweepMs: 50 } });
    const { provider, url } = started;
    const client = await ProtocolClient.connect(url);
    const conversationId = mintConversationId(randomBytes);
    const ask = (text: string) => {
      const parts = [{ type: 'text' as const, text }];
      const message = { conversationId, messageId: mintMessageId(randomBytes), parts };
      return client.answer(client.send({ type: 'send-message', ...message }));
    };
    await ask('Hello?');
    (await provider.next()).finish();
    await vi.waitFor(async () => {
      expect((await store.readStanding(conversationId))?.unfinished).toEqual([]);
    });
    const { record } = (await store.readStanding(conversationId)) ?? never();
    const first = await orphan({ conversationId, owner: record });
    expect(await ask('And then?')).toMatchObject({ type: 'accepted' });
    const scene = await provider.next();
    scene.emitText('Once more.');
    scene.finish();
    await ended(first, 'stop');
    expect((await provider.next()).request.messages.at(-1)).toMatchObject({ text: 'And then?' });
  });

  const tool: Part = { type: 'tool', callId: 'c', name: 'pay', state: 'input', inputText: '' };
  it.each<[string, Given, Partial<Site>]>([
    ['was asked for three times', { saved: { attempt: 3 } }, {}],
    ['is of a page that offered tools', { saved: { hasClientTools: true } }, {}],
    ['has no note that can be read', { saved: { principalKind: 'robot' } }, {}],
    ['has no note, and the site has tools', { saved: 'no-note' }, { allowClientTools: true }],
    ['is of a site that is switched off', {}, { disabled: true }],
    ['is of a site that lets replies end', {}, { whenInterrupted: 'end' }],
  ])('ends as interrupted and keeps its text when it %s', async (_when, given, site) => {
    const acceptance = await orphan(given);
    await start(site);
    expect(await answerOf(acceptance)).toMatchObject({
      parts: [{ text: 'Because of' }],
      run: { reason: 'interrupted' },
    });
  });

  it('ends as interrupted when the model had begun to call a tool, which may have run', async () => {
    const acceptance = await orphan();
    const { conversationId, answer } = acceptance;
    await store.putMessages(conversationId, [{ ...answer, parts: [tool] }], 1);
    await start();
    expect(await answerOf(acceptance)).toMatchObject({ parts: [tool], run: { reason: 'interrupted' } });
  });
});

describe('what a gateway keeps for the one that takes its replies over', () => {
  const ask = async ({ url, provider }: StartedGateway) => {
    const client = await ProtocolClient.connect(url);
    const conversationId = mintConversationId(randomBytes);
    const parts = [{ type: 'text' as const, text: 'Why?' }];
    client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
    return { conversationId, scene: await provider.next() };
  };
  const unfinishedIn = async (id: ConversationId) => (await store.readStanding(id))?.unfinished[0]?.answer;

  it('is in the store soon after the message', async () => {
    const { conversationId } = await ask(await start());
    const answer = await unfinishedIn(conversationId);
    await vi.waitFor(async () => {
      expect((await store.readStanding(conversationId, answer?.id))?.named?.note).toEqual(note);
    });
  });

  it('says that the model has called a tool before the tool runs', async () => {
    let seen: Message | undefined;
    const { provider, ...rest } = await start({ tools: [{ ...PAY, handler: () => look() }] });
    const { conversationId, scene } = await ask({ provider, ...rest });
    const look = async () => {
      seen = await unfinishedIn(conversationId);
      return 'paid';
    };
    scene.emit({ type: 'tool-call-started', callId: 'c', name: 'pay' });
    scene.emit({ type: 'tool-call-delta', callId: 'c', text: '{}' });
    scene.finish('tool');
    await provider.next();
    expect(seen?.parts).toMatchObject([{ type: 'tool', name: 'pay' }]);
  });

  it('is a reply without an end when a shutdown cuts it off; the next start asks again', async () => {
    const { gateway, ...first } = await start();
    const { conversationId, scene } = await ask({ gateway, ...first });
    scene.emitText('Because');
    await vi.waitFor(async () => {
      expect((await unfinishedIn(conversationId))?.parts).toMatchObject([{ text: 'Because' }]);
    });
    await gateway.drain();
    expect(scene.signal.aborted).toBe(true);
    expect((await unfinishedIn(conversationId))?.run?.state).toBe('running');
    const { provider } = await start();
    expect((await provider.next()).request.messages).toMatchObject([{ text: 'Why?' }]);
    await first.stop();
  });
});

describe('the budgets of a restarted reply', () => {
  const budgetsOf = (tokensPerDay: number) => ({ budgets: { visitor: { tokensPerDay } } });
  const used = { usage: { inputTokens: 2_000, outputTokens: 500 }, costPico: 0 };
  /** A reply whose first attempt has used 2,500 tokens. */
  async function orphanOf(limit: number) {
    const amount = { tokens: 3_000, costPico: 0 };
    const unlimited = { tokens: Infinity, costPico: Infinity };
    const limits = { visitor: { tokens: limit, costPico: Infinity }, site: unlimited };
    const acceptance = await orphan({ reservation: { day: dayOf(Date.now()), amount, limits } });
    const { conversationId, answer } = acceptance;
    const runId = answer.run?.id ?? never();
    await store.spending.reserve({ conversationId, runId, amount, limits, note: { charge: used } });
    return acceptance;
  }
  const spent = async () => (await store.spending.readSpent(owner, dayOf(Date.now()))).visitor.tokens;

  it('pay for both calls', async () => {
    const acceptance = await orphanOf(10_000);
    const { provider } = await start(budgetsOf(10_000));
    const scene = await provider.next();
    scene.emit({ type: 'text-delta', text: 'Again.' });
    scene.emit({ type: 'finished', reason: 'stop', usage: { inputTokens: 100, outputTokens: 10 } });
    await ended(acceptance, 'stop');
    expect(await spent()).toBe(2_500 + 110);
  });

  it('have no room for another one when they are used up: the text stays', async () => {
    await accepted(store, {
      owner,
      reservation: {
        day: dayOf(Date.now()),
        amount: { tokens: 9_999, costPico: 0 },
        limits: {
          visitor: { tokens: 20_000, costPico: Infinity },
          site: { tokens: Infinity, costPico: Infinity },
        },
      },
    });
    const acceptance = await orphanOf(20_000);
    await start(budgetsOf(9_000));
    expect(await answerOf(acceptance)).toMatchObject({
      parts: [{ text: 'Because of' }],
      run: { reason: 'interrupted' },
    });
  });
});

function never(): never {
  throw new Error('a sample answer has a run');
}
