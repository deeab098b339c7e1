import { CLOSE_CODES, mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { SiteError } from '../sites/site-error.ts';
import type { Site } from '../sites/sites.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const site = (settings: Partial<Site> = {}): Site => ({
  id: 'demo',
  origins: ['https://shop.example'],
  ...settings,
});
const origin = 'https://shop.example';
const parts = [{ type: 'text' as const, text: 'Hello' }];
let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway({ sites: [site({ systemPrompt: 'old', model: 'old', whenBusy: 'queue' })] });
});
afterEach(() => started.stop());

async function connect(): Promise<ProtocolClient> {
  const client = await ProtocolClient.open(started.url, { origin });
  client.hello();
  await client.received('welcome');
  return client;
}
const send = (client: ProtocolClient, conversationId = mintConversationId(randomBytes)) =>
  client.answer(
    client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts }),
  );

describe('when the sites are replaced', () => {
  it('the next message of an open connection gets the new settings, and a running reply keeps the old ones', async () => {
    const client = await connect();
    const conversationId = mintConversationId(randomBytes);
    await send(client, conversationId);
    const running = await started.provider.next();
    await send(client, conversationId); // waits, accepted with the old settings
    const other = await connect();
    started.gateway.updateSites([site({ systemPrompt: 'new', model: 'new' })]);
    await send(other);
    const fresh = await started.provider.next();
    running.finish();
    const waited = await started.provider.next();
    expect([running, waited, fresh].map(({ request }) => request.model)).toEqual(['old', 'old', 'new']);
    expect(waited.request.messages[0]).toMatchObject({ role: 'system', text: 'old' });
  });

  it('a connection whose site is gone is closed as site-unknown, and its reply is finished', async () => {
    const client = await connect();
    await send(client);
    const scene = await started.provider.next();
    started.gateway.updateSites([site({ id: 'other' })]);
    expect(await client.closed).toEqual({ code: CLOSE_CODES['site-unknown'] });
    expect(scene.signal.aborted).toBe(false);
  });

  it('a connection from an origin that is not allowed any more is closed as origin-denied', async () => {
    const client = await connect();
    started.gateway.updateSites([site({ origins: ['https://other.example'] })]);
    expect(await client.closed).toEqual({ code: CLOSE_CODES['origin-denied'] });
  });

  it('a visitor who has to sign in now reconnects, and learns it from the refusal', async () => {
    const client = await connect();
    started.gateway.updateSites([site({ requireIdentity: true })]);
    expect(await client.closed).toEqual({ code: CLOSE_CODES.rebalance });
    const again = await ProtocolClient.open(started.url, { origin });
    again.hello();
    expect((await again.received('rejected')).error.code).toBe('identity-required');
  });

  it('by sites that cannot be used, nothing changes', async () => {
    const client = await connect();
    const bad = [site({ origins: ['shop.example'], systemPrompt: 'new' })];
    expect(() => {
      started.gateway.updateSites(bad);
    }).toThrow(SiteError);
    await send(client);
    expect((await started.provider.next()).request.model).toBe('old');
  });
});
