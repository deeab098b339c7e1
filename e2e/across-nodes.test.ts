/** What a visitor or an operator does on one node takes effect on the others. Prints how long it takes. */
import { CLOSE_CODES } from '@rivulet/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAnonymousAuth } from '../packages/gateway/src/auth/anonymous.ts';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import { systemClock } from '../packages/gateway/src/base/clock.ts';
import { createRedisEventLog } from '../packages/gateway/src/event-logs/redis.ts';
import { createPostgresStore } from '../packages/gateway/src/stores/postgres.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../packages/gateway/src/testing/start-gateway.ts';
import { converse, type Conversing } from './support/accept-probe.ts';
import { startNodes, type Nodes } from './support/nodes.ts';
import { ask, greet } from './support/protocol-visitor.ts';
import { describeTimes, isFull, quantile, scaled } from './support/scale.ts';

const REPEATS = scaled({ sample: 20, full: 100 });
const MAX_ABORT_MS = 250;
const MAX_OPERATOR_MS = 1_000;
/** A sample runs beside other tests: one slow repeat says nothing about the gateways. */
const SHARE = isFull ? 0.99 : 0.5;
const SECRET = 'one secret for all gateways of a service';
const sites = [{ id: 'demo', origins: ['self'], allowClientTools: true }];

let nodes: Nodes;
/** Another gateway of the service, embedded in the application of its operator. */
let embedded: StartedGateway;
let urls: [string, string];
beforeAll(async () => {
  nodes = await startNodes({ count: 2, config: { sites } });
  urls = [nodes.gateways[0]!.url, nodes.gateways[1]!.url];
  embedded = await startGateway({
    sites,
    store: createPostgresStore({ connectionString: nodes.postgres.connectionString }),
    eventLog: createRedisEventLog({ url: nodes.redis.url }),
    auth: createAnonymousAuth({ secret: SECRET, clock: systemClock, random: randomBytes }),
  });
});
afterAll(async () => {
  await embedded.stop();
  await nodes.close();
});

/** Prints the times, and checks all but the slowest. */
function checkTimes(what: string, timesMs: readonly number[], maxMs: number): void {
  console.log(`${what}: ${describeTimes(timesMs)}`);
  expect(quantile(timesMs, SHARE)).toBeLessThan(maxMs);
}

/** Repeats a measurement, one after the other. */
async function repeat<Value>(measure: (index: number) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  while (values.length < REPEATS) values.push(await measure(values.length));
  return values;
}

/** Another viewer of a conversation, on another node. */
const watch = async (
  url: string,
  { conversationId, token }: Pick<Conversing, 'conversationId' | 'token'>,
) => {
  const viewer = await ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] });
  await viewer.received('synced');
  return viewer;
};

it(`a stop on another node has ended the request to the upstream within ${MAX_ABORT_MS} ms`, async () => {
  const { upstream } = nodes;
  const times = await repeat(async (index) => {
    const { client, token } = await greet(urls[index % 2]!);
    const { conversationId, messageId } = ask(client, `Stop me ${index} [[hang-mid]]`);
    await client.until(() => client.text.includes('first half'));
    const stopper = await watch(urls[(index + 1) % 2]!, { conversationId, token });
    const [before, askedAtMs] = [closedOf(nodes), Date.now()];
    stopper.send({ type: 'abort-run', conversationId, messageId });
    await upstream.waitFor({ state: 'client-closed', count: before + 1 });
    const endedAtMs = Math.max(...upstream.requests.map(({ endedAtMs: at = 0 }) => at));
    await stopper.until(() => stopper.view?.conversation.messages.at(-1)?.run?.reason === 'aborted');
    await Promise.all([client.cut(), stopper.cut()]);
    return endedAtMs - askedAtMs;
  });
  checkTimes('a stop on another node, until the request to the upstream is gone', times, MAX_ABORT_MS);
});

const closedOf = ({ upstream }: Nodes): number =>
  upstream.requests.filter(({ state }) => state === 'client-closed').length;

it(`a revocation closes the connections on every node within ${MAX_OPERATOR_MS} ms, and no token is admitted after it`, async () => {
  const all = [...urls, embedded.url];
  const times = await repeat(async (index) => {
    const { client, token } = await greet(urls[0]);
    const clients = await Promise.all(all.map((url) => ProtocolClient.connect(url, { token })));
    const { principal } = await client.received('welcome');
    const askedMs = performance.now();
    const closed = clients.map(async (each) => {
      const { code } = await each.closed;
      return { code, tookMs: performance.now() - askedMs };
    });
    const response = await fetch(`${urls[index % 2]}/v1/revocations`, {
      method: 'POST',
      body: JSON.stringify({ siteId: 'demo', ownerId: principal.id }),
    });
    expect(response.status).toBe(204);
    const ends = await Promise.all(closed);
    expect(ends.map(({ code }) => code)).toEqual(all.map(() => CLOSE_CODES.unauthenticated));
    for (const url of all) {
      const late = await ProtocolClient.open(url);
      late.hello({ token });
      expect(await late.received('rejected')).toMatchObject({ error: { code: 'unauthenticated' } });
    }
    return ends.map(({ tookMs }) => tookMs);
  });
  checkTimes('a revocation, until the connection on each node is closed', times.flat(), MAX_OPERATOR_MS);
});

it(`a site that is switched off, or on again, is so on every node within ${MAX_OPERATOR_MS} ms`, async () => {
  const viewers = await Promise.all(urls.map((url) => ProtocolClient.connect(url)));
  const times = await repeat(async (index) => {
    const askedMs = performance.now();
    const isOff = index % 2 === 0;
    const told = viewers.map(async (viewer) => {
      viewer.events.length = 0;
      const { disabled } = await viewer.received('welcome');
      return { isOff: disabled !== undefined, tookMs: performance.now() - askedMs };
    });
    await (isOff ? embedded.gateway.disableSite('demo') : embedded.gateway.enableSite('demo'));
    const all = await Promise.all(told);
    expect(all.map((one) => one.isOff)).toEqual([isOff, isOff]);
    return all.map(({ tookMs }) => tookMs);
  });
  checkTimes('the switch of a site, until each node has told its clients', times.flat(), MAX_OPERATOR_MS);
});

it('the outputs of tools that are given on another node continue the answer there and here', async () => {
  const parameters = { type: 'object' };
  const tools = ['weather', 'time'].map((name) => ({ name, description: 'A tool.', parameters }));
  const times = await repeat(async (index) => {
    const { client, token } = await greet(urls[index % 2]!);
    const { conversationId } = ask(client, 'What is it like outside? [[tools]]', undefined, { tools });
    await client.until(() => callsOf(client).length === 2);
    const viewer = await watch(urls[(index + 1) % 2]!, { conversationId, token });
    const askedMs = performance.now();
    for (const callId of callsOf(viewer))
      viewer.send({ type: 'tool-output', conversationId, callId, output: 'fine' });
    await Promise.all([client, viewer].map((each) => each.until(() => each.text.includes('The tools gave'))));
    const tookMs = performance.now() - askedMs;
    await Promise.all([client.cut(), viewer.cut()]);
    return tookMs;
  });
  checkTimes(
    'two tool outputs on another node, until both nodes show the answer to them',
    times,
    MAX_OPERATOR_MS,
  );
});

/** The tool calls of the answer that wait for the page. */
const callsOf = ({ view }: ProtocolClient) =>
  (view?.conversation.messages.at(-1)?.parts ?? []).flatMap((part) =>
    part.type === 'tool' && part.state === 'called' ? [part.callId] : [],
  );

it('typing is shown on another node: the first of a second at once, then once what is newest', async () => {
  const all = await repeat(async (index) => {
    const conversing = await converse(urls[index % 2]!);
    const viewer = await watch(urls[(index + 1) % 2]!, conversing);
    const type = (isTyping: boolean) =>
      conversing.client.send({ type: 'typing', conversationId: conversing.conversationId, isTyping });
    const askedMs = performance.now();
    type(true);
    await viewer.received('typing');
    return { viewer, type, tookMs: performance.now() - askedMs };
  });
  for (const { type } of all) for (let key = 0; key < 20; key += 1) type(key % 2 === 0);
  const states = all.map(async ({ viewer }) => {
    await viewer.until(() => typingOf(viewer).at(-1)?.isTyping === false);
    return typingOf(viewer).length;
  });
  // A visitor whose first second was over before the others were sent has a second one.
  expect(Math.max(...(await Promise.all(states)))).toBeLessThanOrEqual(3);
  const times = all.map(({ tookMs }) => tookMs);
  checkTimes('typing, until a viewer on another node sees it', times, MAX_ABORT_MS);
});

const typingOf = ({ events }: ProtocolClient) =>
  events.flatMap((event) => (event.type === 'typing' ? [event] : []));
