import {
  fold,
  isLogged,
  mintConversationId,
  mintMessageId,
  type Conversation,
  type View,
} from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { createRedisEventLog } from '../event-logs/redis.ts';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startRedis } from '../testing/redis-server.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const JOINS = 200;
/** Words that are special in Markdown, JSON or UTF-16. */
const WORDS = ['plain ', '**bold** ', '"quoted" ', '👩‍🚀 ', 'line\n', '\\ ', 'ünïcode '];

/** The state of a viewer that was there from the start, at every position of the log. */
function statesOf(client: ProtocolClient): Map<number, Conversation> {
  const states = new Map<number, Conversation>();
  let view: View | undefined;
  for (const event of client.events) {
    if (event.type === 'snapshot') view = { position: event, conversation: event.conversation };
    else if (isLogged(event) && view !== undefined) {
      view = { position: { ...view.position, seq: event.seq }, conversation: fold(view.conversation, event) };
    }
    if (view !== undefined) states.set(view.position.seq, view.conversation);
  }
  return states;
}

/** 200 viewers join while the first gateway writes; each of the gateways serves its share. @returns how many states were compared */
async function joinAtManyPoints([first, ...others]: readonly [StartedGateway, ...StartedGateway[]]) {
  const gateways = [first, ...others];
  const witness = await ProtocolClient.connect(first.url);
  const { token = '' } = await witness.received('welcome');
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Go on.' }];
  witness.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  const scene = await first.provider.next();
  await witness.received('synced');

  const joined: ProtocolClient[] = [];
  for (let join = 0; join < JOINS; join += 1) {
    const words = Array.from({ length: join % 5 }, (_, index) => WORDS[(join + index) % WORDS.length] ?? '');
    const { url } = gateways[join % gateways.length] ?? first;
    // Half of the joins race the deltas, half come after them.
    if (join % 2 === 0) scene.emitText(...words);
    const opening = ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] });
    if (join % 2 === 1) scene.emitText(...words);
    joined.push(await opening);
  }
  scene.finish();
  await witness.received('run-finished');
  const hasAll = ({ view }: ProtocolClient) => view?.position.seq === witness.view?.position.seq;
  await Promise.all(joined.map((client) => client.until(() => hasAll(client))));

  const states = statesOf(witness);
  let compared = 0;
  for (const viewer of joined) {
    expect(viewer.view).toEqual(witness.view);
    for (const [seq, state] of statesOf(viewer)) {
      if (!states.has(seq)) continue; // merged differently: this viewer skipped the position
      expect(state).toEqual(states.get(seq));
      compared += 1;
    }
  }
  return compared;
}

describe(`joining at ${JOINS} points of a stream gives the same state as following it from the start (invariant 5)`, () => {
  it('on one gateway with the memory log', { timeout: 60_000 }, async () => {
    const started = await startGateway();
    expect(await joinAtManyPoints([started])).toBeGreaterThan(JOINS * 2);
    await started.stop();
  });

  it('on two gateways with a shared Redis log, one of which writes', { timeout: 60_000 }, async () => {
    const redis = await startRedis('volatile');
    const store = createMemoryStore();
    const start = () => startGateway({ store, eventLog: createRedisEventLog({ url: redis.url }) });
    const [writer, other] = [await start(), await start()];
    expect(await joinAtManyPoints([writer, other])).toBeGreaterThan(JOINS * 2);
    await Promise.all([writer.stop(), other.stop()]);
    await redis.dispose();
  });
});
