/** Durability of an answer in progress: how much of the text that visitors have seen a SIGKILL of the gateway takes away. */
import { mintConversationId, mintMessageId, type ConversationId, type Message } from '@rivulet/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { createDataFolder, startGateway, startProcess, type Process } from './support/processes.ts';
import { isFull, quantile, scaled } from './support/scale.ts';

const ROUNDS = scaled({ sample: 3, full: 50 });
const VISITORS = 20;
/** The promise, in milliseconds of text. A machine that also runs other tests holds a looser bound: its disk is shared. */
const MAX_LOST_MS = isFull ? 50 : 1000;
const NS_PER_MS = 1e6;

let upstream: Process;
let upstreamUrl: string;
beforeAll(async () => {
  // The upstream of the benchmark: the text of each delta has the time at which it was written.
  upstream = startProcess(['bench/gateway/upstream.ts']);
  [upstreamUrl] = await upstream.waitForOutput(/http:\S+/);
});
afterAll(() => upstream.end('SIGTERM'));

interface Watched {
  conversationId: ConversationId;
  token: string;
  client: ProtocolClient;
}

/** Asks for an answer of 10 s with 50 deltas a second. */
async function ask(url: string): Promise<Watched> {
  const client = await ProtocolClient.connect(url);
  const { token = '' } = await client.received('welcome');
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: JSON.stringify({ deltas: 500, perSecond: 50 }) }];
  const messageId = mintMessageId(randomBytes);
  await client.answer(client.send({ type: 'send-message', conversationId, messageId, parts }));
  return { conversationId, token, client };
}

const textOf = (message: Message | undefined): string =>
  message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? '';

/** When the upstream wrote the last delta of a text, in nanoseconds. */
const lastWrittenNs = (text: string): number => Number(/ (\d+);$/.exec(text)?.[1]);

/** Reads the conversation after the crash. @returns the age of the shown text that is not in it, in milliseconds */
async function measureLost(url: string, { conversationId, token, client }: Watched): Promise<number> {
  const reader = await ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] });
  await reader.received('synced');
  const [question, answer] = reader.view?.conversation.messages ?? [];
  await reader.cut();
  expect(question?.role).toBe('user');
  // The clear end, with a retry by one click.
  expect(answer?.run).toMatchObject({ state: 'finished', reason: 'interrupted', error: { retry: 'new' } });
  const shown = client.text;
  const stored = textOf(answer);
  expect(stored.startsWith(shown) || shown.startsWith(stored), 'the stored text is a part of the shown').toBe(
    true,
  );
  return Math.max(0, lastWrittenNs(shown) - lastWrittenNs(stored)) / NS_PER_MS;
}

it(`a SIGKILL loses at most the text that visitors saw in the last ${MAX_LOST_MS} ms (invariant 7)`, async () => {
  const data = createDataFolder();
  const environment = {
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: `${upstreamUrl}/v1`,
    RIVULET_DATA: data.path,
  };
  const lostMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = await startGateway(environment);
    const watched = await Promise.all(Array.from({ length: VISITORS }, () => ask(first.url)));
    // Another moment in each round.
    const deltas = 10 + ((round * 7) % 30);
    const countDeltas = () =>
      watched[0]?.client.events.filter(({ type }) => type === 'text-delta').length ?? 0;
    await watched[0]?.client.until(() => countDeltas() >= deltas);
    await first.end('SIGKILL');
    await Promise.all(watched.map(({ client }) => client.closed));
    const second = await startGateway(environment);
    for (const one of watched) lostMs.push(await measureLost(second.url, one));
    await second.end('SIGKILL');
  }
  data.remove();
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => quantile(lostMs, share).toFixed(1));
  console.log(
    `kill -9 in mid-answer: ${lostMs.length} answers, shown text lost p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`,
  );
  expect(Math.max(...lostMs)).toBeLessThanOrEqual(MAX_LOST_MS);
});
