import { CLOSE_CODES, comeBackAfter, mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { MAX_BAD_COMMANDS } from './session-state.ts';

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway();
});
afterEach(() => started.stop());

const ask = (client: ProtocolClient, text: string) =>
  client.send({
    type: 'send-message',
    conversationId: mintConversationId(randomBytes),
    messageId: mintMessageId(randomBytes),
    parts: [{ type: 'text', text }],
  });

describe('a connection', () => {
  it.each([
    ['is not JSON', '{'],
    ['is binary', Buffer.from([1, 2, 3])],
    ['is no object', '[1]'],
    ['has no id', '{"type":"read"}'],
  ])('is told so and closed for good after a frame that %s', async (_, frame) => {
    const client = await ProtocolClient.connect(started.url);
    client.sendRaw(frame);
    const { code } = await client.closed;
    expect([code, comeBackAfter(code)]).toEqual([CLOSE_CODES['bad-frame'], 'never']);
    expect(client.events.at(-1)).toMatchObject({ type: 'rejected', error: { code: 'bad-frame' } });
  });

  it('is closed for good, at once, after a first frame that is no valid hello', async () => {
    const client = await ProtocolClient.open(started.url);
    client.sendRaw('{"type":"hello","id":"q_12345678"}');
    expect(await client.closed).toEqual({ code: CLOSE_CODES['bad-frame'] });
  });

  it.each(['', ' \n\t', '\u200b\u2060\ufeff', '\u0000\u001b', '\u2800', '\u3164', '\u{e0041}'])(
    'rejects the blank message %j and stays open',
    async (text) => {
      const client = await ProtocolClient.connect(started.url);
      const commandId = ask(client, text);
      expect(await client.answer(commandId)).toMatchObject({ error: { code: 'bad-frame', retry: 'no' } });
      client.send({ type: 'ping' });
      await client.received('pong');
      expect(client.events.map(({ type }) => type)).not.toContain('accepted');
    },
  );

  it('is closed for good after its 17th command with a wrong field', async () => {
    const client = await ProtocolClient.connect(started.url);
    for (let sent = 0; sent <= MAX_BAD_COMMANDS; sent += 1)
      client.sendRaw(`{"type":"read","id":"q_${10_000_000 + sent}"}`);
    expect(await client.closed).toEqual({ code: CLOSE_CODES['bad-frame'] });
    expect(client.events.filter(({ type }) => type === 'rejected')).toHaveLength(MAX_BAD_COMMANDS + 1);
  });
});
