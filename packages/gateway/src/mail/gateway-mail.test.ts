import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { startMailServer, type MailServer } from '../testing/mail-server.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let server: MailServer;
let started: StartedGateway | undefined;
beforeEach(async () => {
  server = await startMailServer();
});
afterEach(async () => {
  await started?.stop();
  await server.stop();
});
const mail = () => ({ host: server.host, port: server.port, from: 'chat@shop.example' });

describe('the mail of a gateway', () => {
  it('tells of a visitor who asks for a person while nobody is there, and of the address that they leave', async () => {
    const store = createMemoryStore();
    const notify = { to: ['team@shop.example'] };
    const sites = [{ id: 'shop', origins: ['self'], desk: {}, notify }];
    started = await startGateway({ store, sites, mail: mail(), adminUrl: 'http://localhost:1/' });
    const client = await ProtocolClient.connect(started.url, { site: 'shop' });
    const conversationId = mintConversationId(randomBytes);
    const question = { conversationId, messageId: mintMessageId(randomBytes) };
    client.send({ type: 'send-message', ...question, parts: [{ type: 'text', text: 'my question' }] });
    (await started.provider.next()).finish();
    await client.received('run-finished');
    client.send({ type: 'request-person', conversationId });
    client.send({
      type: 'leave-address',
      conversationId,
      name: 'Vi',
      email: 'vi@example.com',
      consent: true,
    });
    await expect.poll(() => server.received.length).toBe(2);
    expect(server.received.map(({ headers }) => [headers.get('subject'), headers.get('reply-to')])).toEqual([
      ['shop: a visitor asks for a person, and nobody is there', undefined],
      ['shop: a visitor has left an address', 'vi@example.com'],
    ]);
    for (const { text } of server.received) {
      expect(text).toContain(`http://localhost:1/admin/conversations/${conversationId}\n`);
      expect(text).not.toContain('my question');
    }
  });

  it('follows the sites when they are replaced', async () => {
    started = await startGateway({ mail: { ...mail(), to: ['team@shop.example'] } });
    started.gateway.updateSites([
      { id: 'demo', origins: ['self'], notify: { to: ['new@shop.example'], events: ['conversation.rated'] } },
    ]);
    const client = await ProtocolClient.connect(started.url);
    const conversationId = mintConversationId(randomBytes);
    const question = { conversationId, messageId: mintMessageId(randomBytes) };
    client.send({ type: 'send-message', ...question, parts: [{ type: 'text', text: 'my question' }] });
    (await started.provider.next()).finish();
    await client.received('run-finished');
    const messageId = client.view!.conversation.messages[1]!.id;
    client.send({ type: 'feedback', conversationId, messageId, value: 'down', comment: 'Wrong price.' });
    await expect.poll(() => server.received.flatMap(({ to }) => to)).toEqual(['new@shop.example']);
  });

  it('with settings that cannot be used does not start', async () => {
    await expect(startGateway({ mail: { ...mail(), from: 'chat' } })).rejects.toThrow('mail.from');
    await expect(startGateway({ mail: mail() })).rejects.toThrow('mail: expected somebody to tell');
  });
});
