import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import { createFakeClock, type FakeClock } from '../../testing/fake-clock.ts';
import { helloOf, readBlocks } from '../../testing/http-protocol-client.ts';
import { ProtocolClient } from '../../testing/protocol-client.ts';
import { flush } from '../../testing/ruled-providers.ts';
import { startGateway, type StartedGateway } from '../../testing/start-gateway.ts';
import { createWaitLog } from './wait-log.ts';

let clock: FakeClock;
let started: StartedGateway;
let client: ProtocolClient;
let conversationId: ConversationId;
beforeEach(async () => {
  clock = createFakeClock(Date.now());
  started = await startGateway({ clock, limits: { maxUpstreamRequests: 1, drainMs: 1 } });
  client = await ProtocolClient.connect(started.url);
});

async function ask(): Promise<ConversationId> {
  const id = mintConversationId(randomBytes);
  const messageId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Hi' }];
  await client.answer(client.send({ type: 'send-message', conversationId: id, messageId, parts }));
  return id;
}
const runIn = (one: Pick<ProtocolClient, 'view'>) => one.view?.conversation.messages.at(-1)?.run;
/** Starts an answer that keeps the only slot, and a second one that waits for it. */
async function wait() {
  await ask();
  const scene = await started.provider.next();
  conversationId = await ask();
  await client.until(() => client.view?.conversation.id === conversationId);
  await flush();
  clock.advance(1_000);
  await client.until(() => runIn(client)?.waiting === 'queue');
  return scene;
}
afterEach(async () => {
  await Promise.all([client.closed, client.close(1000)]);
  const stopping = started.stop();
  const timer = setInterval(() => {
    clock.advance(10);
  }, 1);
  await stopping;
  clearInterval(timer);
});

describe('a run that waits for its upstream', () => {
  it('is shown as waiting, and no longer once it goes on', async () => {
    const scene = await wait();
    scene.finish();
    await client.until(() => runIn(client)?.waiting === undefined);
    const own = await started.provider.next();
    own.emitText('Hm.');
    own.finish();
    await client.until(() => runIn(client)?.state === 'finished');
    expect(runIn(client)).toMatchObject({ reason: 'stop' });
  });

  it('is shown as waiting to a viewer who comes later, over every transport', async () => {
    await wait();
    const { token } = await client.received('welcome');
    const hello = { ...(token === undefined ? {} : { token }), subscriptions: [{ conversationId }] };
    const tab = await ProtocolClient.connect(started.url, hello);
    await tab.until(() => runIn(tab)?.waiting === 'queue');
    const stream = await fetch(`${started.url}/v1/sse`, {
      method: 'POST',
      body: JSON.stringify(helloOf(hello)),
    });
    for await (const { data } of readBlocks(stream)) if (data.includes('"waiting":"queue"')) break;
    const poll = await fetch(`${started.url}/v1/poll?wait=0`, {
      method: 'POST',
      body: JSON.stringify(helloOf(hello)),
    });
    expect(await poll.text()).toContain('"waiting":"queue"');
    await tab.cut();
  });

  it('ends at once when it is stopped, and its upstream is never asked', async () => {
    const scene = await wait();
    const atMs = clock.now();
    client.send({ type: 'abort-run', conversationId });
    await client.until(() => runIn(client)?.state === 'finished');
    expect([runIn(client)?.reason, runIn(client)?.waiting, clock.now() - atMs]).toEqual([
      'aborted',
      undefined,
      0,
    ]);
    scene.finish();
    await flush();
    expect(await Promise.race([started.provider.next(), flush().then(() => 'not asked')])).toBe('not asked');
  });
});

describe('the log of waits', () => {
  const start = (run: Promise<void>) => {
    const logged: unknown[] = [];
    const stop = new AbortController();
    const writer = { log: (events: unknown[]) => void logged.push(...events) };
    const onWait = createWaitLog(
      { runId: 'r_1234567890abcd' as never, started: run },
      { writer, signal: stop.signal },
    );
    return { logged, stop, onWait };
  };

  it('holds nothing before the message is stored, and then only what still holds', async () => {
    const stored = Promise.withResolvers<undefined>();
    const { logged, onWait } = start(stored.promise);
    onWait('queue');
    onWait(undefined);
    onWait('retry');
    await flush();
    expect(logged).toEqual([]);
    stored.resolve(undefined);
    await flush();
    expect(logged).toMatchObject([{ type: 'run-waiting', why: 'retry' }]);
  });

  it('holds nothing after the run was aborted', async () => {
    const { logged, stop, onWait } = start(Promise.resolve());
    onWait('queue');
    await flush();
    stop.abort();
    onWait(undefined);
    expect(logged).toMatchObject([{ why: 'queue' }]);
  });
});
