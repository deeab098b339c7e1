import {
  CLOSE_CODES,
  mintConversationId,
  mintMessageId,
  mintRunId,
  type ConversationId,
} from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomBytes } from './base/index.ts';
import { ProtocolClient } from './testing/protocol-client.ts';
import { startGateway, type StartedGateway } from './testing/start-gateway.ts';

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway();
});
afterEach(() => started.stop());

const text = (value: string) => [{ type: 'text' as const, text: value }];
const ask = (client: ProtocolClient, conversationId: ConversationId, words = 'Hello?') => {
  const messageId = mintMessageId(randomBytes);
  const commandId = client.send({ type: 'send-message', conversationId, messageId, parts: text(words) });
  return { messageId, commandId };
};
const newConversation = () => mintConversationId(randomBytes);

describe('a gateway', () => {
  it('answers a message: it is accepted, and the run starts, streams and finishes', async () => {
    const client = await ProtocolClient.connect(started.url);
    const { commandId } = ask(client, newConversation());
    const scene = await started.provider.next();
    expect(scene.request.messages).toEqual([{ role: 'user', text: 'Hello?' }]);
    scene.emitText('Good ', 'day', '.');
    scene.finish();
    await client.received('run-finished');
    expect(await client.answer(commandId)).toMatchObject({ type: 'accepted' });
    expect(client.text).toBe('Good day.');
    expect(client.view?.conversation.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', run: { state: 'finished', reason: 'stop', usage: { outputTokens: 1 } } },
    ]);
  });

  it('appends run-started to the log before it calls the provider (invariant 4)', async () => {
    const client = await ProtocolClient.connect(started.url);
    ask(client, newConversation());
    const scene = await started.provider.next();
    await client.until(() => client.view?.conversation.messages.length === 2);
    scene.finish();
    await client.received('run-finished');
  });

  it('sends the earlier messages of the conversation to the model', async () => {
    const client = await ProtocolClient.connect(started.url);
    const conversationId = newConversation();
    ask(client, conversationId, 'One?');
    const first = await started.provider.next();
    first.emitText('First.');
    first.finish();
    await client.received('run-finished');
    ask(client, conversationId, 'Two?');
    const second = await started.provider.next();
    expect(second.request.messages.map((message) => message.text)).toEqual(['One?', 'First.', 'Two?']);
    second.finish();
  });
});

describe('an accepted message (invariant 7)', () => {
  it('is stored once when it is sent twice with the same id', async () => {
    const client = await ProtocolClient.connect(started.url);
    const message = {
      conversationId: newConversation(),
      messageId: mintMessageId(randomBytes),
      parts: text('Once?'),
    };
    const first = await client.answer(client.send({ type: 'send-message', ...message }));
    const second = await client.answer(client.send({ type: 'send-message', ...message }));
    expect(second).toEqual({ ...first, commandId: second.commandId });
    (await started.provider.next()).finish();
    await client.received('run-finished');
    expect(client.view?.conversation.messages).toHaveLength(2);
  });

  it('rejects another body under the same id with conflict', async () => {
    const client = await ProtocolClient.connect(started.url);
    const message = { conversationId: newConversation(), messageId: mintMessageId(randomBytes) };
    await client.answer(client.send({ type: 'send-message', ...message, parts: text('One?') }));
    const answer = await client.answer(
      client.send({ type: 'send-message', ...message, parts: text('Other?') }),
    );
    expect(answer).toMatchObject({ type: 'rejected', error: { code: 'conflict' } });
  });
});

describe('a viewer', () => {
  it('that joins during a run gets the same state as one that was there from the start', async () => {
    const first = await ProtocolClient.connect(started.url);
    const token = (await first.received('welcome')).token ?? '';
    const conversationId = newConversation();
    ask(first, conversationId);
    const scene = await started.provider.next();
    scene.emitText('Half an ');
    await first.until(() => first.text === 'Half an ');
    const second = await ProtocolClient.connect(started.url, { token, subscriptions: [{ conversationId }] });
    await second.received('synced');
    expect(second.view).toEqual(first.view);
    scene.emitText('answer.');
    scene.finish();
    await Promise.all([first.received('run-finished'), second.received('run-finished')]);
    expect(second.view).toEqual(first.view);
  });

  it('that was disconnected resumes from its cursor, and the run has continued (invariant 2)', async () => {
    const first = await ProtocolClient.connect(started.url);
    const token = (await first.received('welcome')).token ?? '';
    const conversationId = newConversation();
    ask(first, conversationId);
    const scene = await started.provider.next();
    scene.emitText('Before');
    await first.until(() => first.text === 'Before');
    await first.cut();
    await vi.waitFor(async () => {
      const metrics = await fetch(`${started.url}/metrics`);
      expect(await metrics.text()).toMatch(/^rivulet_sessions 0$/m); // the gateway has noticed the disconnect
    });
    scene.emitText(' and after.');
    scene.finish();
    const cursor = first.view?.position ?? { epoch: '', seq: 0 };
    const second = await ProtocolClient.connect(started.url, {
      token,
      subscriptions: [{ conversationId, cursor }],
      view: first.view,
    });
    expect(await second.received('run-finished')).toMatchObject({ reason: 'stop' });
    expect(second.events.some(({ type }) => type === 'snapshot')).toBe(false);
    expect(second.text).toBe('Before and after.');
  });

  it('of another visitor gets not-found for the conversation (invariant 9)', async () => {
    const owner = await ProtocolClient.connect(started.url);
    const conversationId = newConversation();
    await owner.answer(ask(owner, conversationId).commandId);
    const other = await ProtocolClient.connect(started.url);
    const attempts = [
      other.send({ type: 'subscribe', conversationId }),
      other.send({ type: 'abort-run', conversationId }),
      ask(other, conversationId).commandId,
      other.send({ type: 'subscribe', conversationId: newConversation() }),
    ];
    for (const attempt of attempts) {
      expect(await other.answer(attempt)).toMatchObject({ type: 'rejected', error: { code: 'not-found' } });
    }
  });
});

describe('a run', () => {
  it('ends as aborted and keeps the text so far when a viewer stops it (invariant 2)', async () => {
    const client = await ProtocolClient.connect(started.url);
    const conversationId = newConversation();
    const { messageId } = ask(client, conversationId);
    const scene = await started.provider.next();
    scene.emitText('So far');
    await client.until(() => client.text === 'So far');
    await client.answer(client.send({ type: 'abort-run', conversationId, messageId }));
    expect(await client.received('run-finished')).toMatchObject({ reason: 'aborted' });
    expect(scene.signal.aborted).toBe(true);
    expect(client.text).toBe('So far');
  });

  it('ends as an error when the upstream ends without a finish reason (invariant 3)', async () => {
    const client = await ProtocolClient.connect(started.url);
    ask(client, newConversation());
    const scene = await started.provider.next();
    scene.emitText('Half');
    scene.end();
    const finished = await client.received('run-finished');
    expect(finished).toMatchObject({ reason: 'error', error: { code: 'upstream-truncated', retry: 'new' } });
    expect(finished.error?.ref).toBeTypeOf('string');
  });

  it('can be regenerated, which keeps the first reply as a sibling of the second', async () => {
    const client = await ProtocolClient.connect(started.url);
    const conversationId = newConversation();
    ask(client, conversationId);
    (await started.provider.next()).fail(new Error('no luck'));
    await client.received('run-finished');
    const failed = client.view?.conversation.messages.at(-1);
    const runId = mintRunId(randomBytes);
    const command = { type: 'regenerate' as const, conversationId, messageId: failed!.id, runId };
    expect(await client.answer(client.send(command))).toMatchObject({ type: 'accepted', runId });
    expect(await client.answer(client.send(command))).toMatchObject({ type: 'accepted', runId });
    const scene = await started.provider.next();
    expect(scene.request.messages).toEqual([{ role: 'user', text: 'Hello?' }]);
    scene.emitText('Better.');
    scene.finish();
    await client.until(() => client.view?.conversation.messages.at(-1)?.run?.reason === 'stop');
    const answers = client.view?.conversation.messages.filter(({ role }) => role === 'assistant');
    expect(answers).toMatchObject([{ parentId: failed?.parentId }, { parentId: failed?.parentId }]);
  });
});

describe('a connection', () => {
  it('is closed when its first command is not a hello', async () => {
    const client = await ProtocolClient.open(started.url);
    client.send({ type: 'ping' });
    expect(await client.closed).toEqual({ code: CLOSE_CODES['bad-frame'] });
  });

  it.each([
    ['an unknown site', { site: 'nowhere' }, CLOSE_CODES['site-unknown'], 'site-unknown'],
    ['a forged token', { token: 'forged' }, CLOSE_CODES.unauthenticated, 'unauthenticated'],
  ])(
    'with %s is rejected and closed with a code that tells the client not to retry',
    async (_name, hello, code, error) => {
      const client = await ProtocolClient.open(started.url);
      client.hello(hello);
      expect(await client.closed).toEqual({ code });
      expect(client.events).toMatchObject([{ type: 'rejected', error: { code: error } }]);
    },
  );

  it('stays open after a command with a wrong field and after a command of an unknown type', async () => {
    const client = await ProtocolClient.connect(started.url);
    client.sendRaw('{"type":"read","id":"q_wrongfield"}');
    client.sendRaw('{"type":"levitate","id":"q_tomorrow1"}');
    await client.until(() => client.events.filter(({ type }) => type === 'rejected').length === 2);
    const codes = client.events.flatMap((event) => (event.type === 'rejected' ? [event.error.code] : []));
    expect(codes).toEqual(['bad-frame', 'unsupported']);
    client.send({ type: 'ping' });
    await client.received('pong');
  });

  it('is closed as too-large after a frame over 64 KiB', async () => {
    const client = await ProtocolClient.connect(started.url);
    client.sendRaw('x'.repeat(65 * 1024));
    expect(await client.closed).toEqual({ code: CLOSE_CODES['too-large'] });
  });

  it('is told why and closed, unread, when no site allows its origin (W61)', async () => {
    const client = await ProtocolClient.open(started.url, { origin: 'https://evil.example' });
    client.hello();
    expect(await client.closed).toEqual({ code: CLOSE_CODES['origin-denied'] });
    expect(client.events).toMatchObject([
      { type: 'rejected', error: { code: 'origin-denied', retry: 'no' } },
    ]);
  });
});

describe('a draining gateway', () => {
  it('tells its clients, rejects new messages and lets the running reply finish', async () => {
    await started.stop();
    started = await startGateway({ limits: { drainMs: 60_000 } });
    const client = await ProtocolClient.connect(started.url);
    const conversationId = newConversation();
    ask(client, conversationId);
    const scene = await started.provider.next();
    const drained = started.gateway.drain();
    await client.received('draining');
    const late = await client.answer(ask(client, newConversation()).commandId);
    expect(late).toMatchObject({ type: 'rejected', error: { code: 'draining', retry: 'same' } });
    expect((await fetch(`${started.url}/readyz`)).status).toBe(503);
    scene.emitText('Finished.');
    scene.finish();
    await drained;
    expect(await client.received('run-finished')).toMatchObject({ reason: 'stop' });
  });
});
