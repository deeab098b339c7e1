/** A node with thousands of viewers is killed: all of them come back to the other nodes, and the visitors there notice little. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { converse, probeAccepts, type Conversing } from './support/accept-probe.ts';
import { startCrowd, type Crowd } from './support/crowd.ts';
import type { Return } from './support/crowd-viewer.ts';
import { cpuMsOf } from './support/memory.ts';
import { countersOf, startNodes, type Nodes } from './support/nodes.ts';
import type { GatewayProcess } from './support/processes.ts';
import { ask } from './support/protocol-visitor.ts';
import { describeTimes, quantile, scaled } from './support/scale.ts';

const CONVERSATIONS = scaled({ sample: 30, full: 40 });
const VIEWERS_EACH = scaled({ sample: 10, full: 50 });
const VIEWERS = CONVERSATIONS * VIEWERS_EACH;
/** In every fourth conversation nothing is written when the node is killed. */
const IDLE_EVERY = 4;
/** Milliseconds between two deltas of an answer. With 2,000 viewers it is slower, as two cores serve all nodes and viewers. */
const PACE_MS = scaled({ sample: 100, full: 200 });
/** More words than an answer is sent until the viewers have come back. */
const WORDS = 300;
/** Other visitors of each surviving node, and how many messages of each are measured before the node is killed. */
const [PROBERS, PROBES] = [2, 50];
/** By how much the viewers may delay the acceptance of the messages of others. */
const MAX_DELAY_MS = 50;
/** A machine that is busy with other things makes everything slower, also this test before the node is killed. */
const MAX_FACTOR = 6;

let nodes: Nodes;
let crowd: Crowd;
beforeAll(async () => {
  nodes = await startNodes({
    count: 3,
    // Short leases, so that the answers of the killed node end soon.
    config: { limits: { leaseMs: 3_000, sweepMs: 1_000 } },
    environment: { RIVULET_WHEN_UNWATCHED: '60000' }, // so that the gateways tell each other who is watched
  });
  crowd = startCrowd();
});
afterAll(async () => {
  await crowd.end();
  await nodes.close();
});

const READS = ['owner', 'messages'] as const;
/** How often a node has read the store for viewers. */
async function readsOf(gateway: GatewayProcess): Promise<number[]> {
  const counters = await countersOf(gateway);
  return READS.map((what) => counters.get(`rivulet_viewer_reads_total{what="${what}"}`) ?? 0);
}

const cpuOf = (gateways: readonly GatewayProcess[]): number =>
  gateways.reduce((sum, { child }) => sum + cpuMsOf(child.pid!), 0);

/** What the upstream writes: one word of each answer at an interval, until it rests, or writes the rest at once. */
function startPace() {
  let timer: NodeJS.Timeout;
  const resume = () => {
    timer = setInterval(() => {
      nodes.upstream.release(1);
    }, PACE_MS);
  };
  const pause = () => {
    clearInterval(timer);
  };
  const finish = () => {
    pause();
    nodes.upstream.release();
  };
  resume();
  return { pause, resume, finish };
}

function print(returns: readonly Return[], accepts: { before: number[]; during: number[] }): void {
  const replays = returns.filter(({ mode }) => mode === 'replay').length;
  const times = (name: 'resumeMs' | 'outageMs') => describeTimes(returns.map((each) => each[name]));
  console.log(
    [
      `${VIEWERS} viewers of ${CONVERSATIONS} conversations: resumed in ${times('resumeMs')}, ${replays} by a replay`,
      `from the loss of the connection, with the delay that spreads them: ${times('outageMs')}`,
      `accepts of others before: ${describeTimes(accepts.before)}, meanwhile: ${describeTimes(accepts.during)}`,
    ].join('\n'),
  );
}

/** The messages of each conversation as a new viewer gets them. */
async function readStored(conversations: readonly Conversing[], url: string): Promise<Map<string, string>> {
  const read = async ({ conversationId, token }: Conversing) => {
    const reader = await ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] });
    await reader.received('synced');
    const messages = JSON.stringify(reader.view?.conversation.messages);
    await reader.cut();
    return [conversationId, messages] as const;
  };
  return new Map(await Promise.all(conversations.map(read)));
}

it(`resumes the ${VIEWERS} viewers of a killed node on two others: one read a conversation, nothing lost, doubled or reordered`, async () => {
  const [dying, ...survivors] = nodes.gateways;
  const urls = survivors.map(({ url }) => url);
  const conversations = await Promise.all(
    Array.from({ length: CONVERSATIONS }, (_, index) => converse(nodes.gateways[index % 3]!.url)),
  );
  const probers = await Promise.all(
    urls.flatMap((url) => Array.from({ length: PROBERS }, () => converse(url))),
  );
  const probeAll = async (isOver: (asked: number) => boolean) =>
    (await Promise.all(probers.map((prober) => probeAccepts(prober, isOver)))).flat();
  await crowd.join(dying!.url, conversations, VIEWERS_EACH);
  const writing = conversations.filter((_, index) => index % IDLE_EVERY > 0);
  // Each node writes a third of the answers.
  for (const { client, conversationId } of writing) ask(client, `Tell me [[words:${WORDS}]]`, conversationId);
  const pace = startPace();
  const before = await probeAll((asked) => asked >= PROBES);
  // What was shown in the last 50 ms may be lost with its node (shown-text.test.ts measures that). Two accepts take longer.
  pace.pause();
  await probeAll((asked) => asked >= 2);
  const readsBefore = await Promise.all(survivors.map(readsOf));
  const cpuBeforeMs = cpuOf(survivors);

  let haveReturned = false;
  const returning = crowd.returnTo(urls).finally(() => (haveReturned = true));
  dying!.child.kill('SIGKILL');
  pace.resume();
  const during = await probeAll(() => haveReturned);
  const returns = await returning;
  const reads = (await Promise.all(survivors.map(readsOf))).map((all, node) =>
    all.map((count, what) => count - readsBefore[node]![what]!),
  );
  const cpuMs = cpuOf(survivors) - cpuBeforeMs;
  print(returns, { before, during });
  console.log(
    `CPU of the surviving nodes meanwhile, with the answers that they write: ${(cpuMs / VIEWERS).toFixed(2)} ms a viewer`,
  );
  console.log(`reads of the store on each node, of ${READS.join(' and ')}: ${reads.join('; ')}`);
  pace.finish();

  const { faults, states } = await crowd.settle(new Set(writing.map(({ conversationId }) => conversationId)));
  const stored = await readStored(conversations, urls[0]!);
  const different = states.filter(([id, messages]) => stored.get(id) !== messages);
  console.log(
    `faults: ${JSON.stringify(faults)}, states that differ: ${different.length} of ${states.length}`,
  );
  expect([faults, states.length, different]).toEqual([{ gaps: 0, shortened: 0, rejected: 0 }, VIEWERS, []]);
  for (const [owners = Infinity, messages = Infinity] of reads) {
    expect(owners).toBeLessThanOrEqual(CONVERSATIONS);
    // Once more where another node takes an answer over meanwhile: its log begins anew.
    expect(messages).toBeLessThanOrEqual(CONVERSATIONS + Math.ceil(writing.length / 3));
  }
  const beforeMs = quantile(before, 0.5);
  expect(quantile(during, 0.5)).toBeLessThan(Math.max(beforeMs + MAX_DELAY_MS, beforeMs * MAX_FACTOR));
});
