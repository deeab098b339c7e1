import { mintConversationId, mintMessageId, type EventOf } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { SiteError } from '../sites/site-error.ts';
import type { Site } from '../sites/sites.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { createTwoNodes, ONE_NODE, type StartedNodes } from '../testing/start-nodes.ts';

const site: Site = { id: 'demo', origins: ['self'] };
const conversationId = () => mintConversationId(randomBytes);
const parts = [{ type: 'text' as const, text: 'Hello' }];
const send = (client: ProtocolClient, id = conversationId()) =>
  client.answer(
    client.send({ type: 'send-message', conversationId: id, messageId: mintMessageId(randomBytes), parts }),
  );
const finished = ({ events }: ProtocolClient) => events.find(({ type }) => type === 'run-finished');
const welcomes = ({ events }: ProtocolClient) =>
  events.filter((event): event is EventOf<'welcome'> => event.type === 'welcome');

describe.each([ONE_NODE, createTwoNodes()])('a site that is switched off on $name', (service) => {
  let nodes: StartedNodes;
  let client: ProtocolClient;
  let other: ProtocolClient;
  beforeAll(() => service.prepare());
  afterAll(() => service.dispose());
  beforeEach(async () => {
    nodes = await service.open({ sites: [site] });
    client = await ProtocolClient.connect(nodes.first.url);
    other = await ProtocolClient.connect(nodes.other.url);
  });
  afterEach(() => nodes.stop());

  it('ends running and waiting replies with a typed reason, keeps the connection, and takes no new message', async () => {
    const id = conversationId();
    await send(client, id);
    const scene = await nodes.first.provider.next();
    scene.emitText('Once upon');
    await client.until(() => client.text === 'Once upon');
    await nodes.other.gateway.disableSite('demo', { text: 'Back at noon.' });
    await client.until(() => finished(client) !== undefined);
    expect(finished(client)).toMatchObject({ reason: 'error', error: { code: 'site-disabled' } });
    expect(scene.signal.aborted).toBe(true);
    expect(await send(client)).toMatchObject({ error: { code: 'site-disabled', message: 'Back at noon.' } });
    expect(client.text).toBe('Once upon');
  });

  it('is announced to open connections and in each welcome, and so is its return', async () => {
    await nodes.first.gateway.disableSite('demo');
    await other.until(() => welcomes(other).length === 2);
    const late = await ProtocolClient.connect(nodes.other.url);
    await nodes.first.gateway.enableSite('demo');
    await other.until(() => welcomes(other).length === 3);
    expect(welcomes(other).map(({ disabled }) => disabled)).toEqual([undefined, {}, undefined]);
    expect(welcomes(late)[0]?.disabled).toEqual({});
    expect((await send(other)).type).toBe('accepted');
  });
});

describe('a switch', () => {
  let nodes: StartedNodes;
  beforeEach(async () => {
    nodes = await ONE_NODE.open({ sites: [site] });
  });
  afterEach(() => nodes.stop());

  it('of a site in its settings works with a reload, and another site is not affected', async () => {
    const { gateway, url } = nodes.first;
    gateway.updateSites([
      { ...site, disabled: 'Closed.' },
      { ...site, id: 'other' },
    ]);
    const [off, on] = [
      await ProtocolClient.connect(url),
      await ProtocolClient.connect(url, { site: 'other' }),
    ];
    expect(welcomes(off)[0]?.disabled).toEqual({ text: 'Closed.' });
    expect([await send(off), await send(on)]).toMatchObject([{ type: 'rejected' }, { type: 'accepted' }]);
  });

  it('lasts when the sites are replaced, and does not undo the settings of the site', async () => {
    const { gateway, url } = nodes.first;
    await gateway.disableSite('demo');
    gateway.updateSites([{ ...site, systemPrompt: 'new' }]);
    const client = await ProtocolClient.connect(url);
    expect((await send(client)).type).toBe('rejected');
    gateway.updateSites([{ ...site, disabled: true }]);
    await gateway.enableSite('demo');
    expect((await send(client)).type).toBe('rejected');
  });

  it('of a message that is being stored ends its run before the model is asked', async () => {
    const { gateway, url } = nodes.first;
    const client = await ProtocolClient.connect(url);
    const sent = send(client);
    const switched = gateway.disableSite('demo');
    await Promise.all([sent, switched]);
    const answer = await sent;
    if (answer.type === 'accepted') await client.until(() => finished(client) !== undefined);
    expect(answer.type === 'accepted' ? finished(client) : answer).toMatchObject({
      error: { code: 'site-disabled' },
    });
  });

  it('of an unknown site, or with a text that is too long, is refused', async () => {
    const { gateway } = nodes.first;
    await expect(gateway.disableSite('shop')).rejects.toMatchObject({ code: 'site-unknown' });
    await expect(gateway.disableSite('demo', { text: 'x'.repeat(501) })).rejects.toThrow(SiteError);
  });

  it('is 503 for a caller that waits for the whole reply', async () => {
    await nodes.first.gateway.disableSite('demo');
    const response = await fetch(`${nodes.first.url}/v1/conversations/${conversationId()}/messages`, {
      method: 'POST',
      body: JSON.stringify({ text: 'Hello' }),
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      503,
      'site-disabled',
    ]);
  });
});
