/** Edited settings of sites on two gateways that share a Redis and a store. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from './base/index.ts';
import { CONSOLE_USERS } from './testing/console-actors.ts';
import { ProtocolClient } from './testing/protocol-client.ts';
import { createTwoNodes, type StartedNodes } from './testing/start-nodes.ts';

const HEADERS = { 'x-rivulet-console': '1' };
const service = createTwoNodes();
let nodes: StartedNodes;
beforeAll(() => service.prepare());
afterAll(() => service.dispose());
beforeEach(async () => {
  nodes = await service.open({
    ...{
      adminUsers: CONSOLE_USERS,
      sites: [{ id: 'shop', origins: ['self'], systemPrompt: 'From the file.' }],
    },
    // Longer than the test: nothing is read from the store by itself.
    limits: { sweepMs: 60_000 },
  });
});
afterEach(() => nodes.stop());

async function signIn(url: string): Promise<string> {
  const body = JSON.stringify({ token: 'the token of admin-of-all-sites' });
  const response = await fetch(`${url}/admin/api/login`, { method: 'POST', headers: HEADERS, body });
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

describe('two gateways', () => {
  it('serve what was edited on one of them, without dropping a connection or touching what runs', async () => {
    const { first, other } = nodes;
    const client = await ProtocolClient.connect(other.url, { site: 'shop' });
    const promptOfNext = async () => {
      const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
      client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello' }] });
      const { request, signal } = await other.provider.next();
      return { message: request.messages[0], signal };
    };
    const running = await promptOfNext();
    const cookie = await signIn(first.url);
    const response = await fetch(`${first.url}/admin/api/sites/shop`, {
      method: 'PATCH',
      headers: { ...HEADERS, cookie },
      body: JSON.stringify({ revision: 0, set: { systemPrompt: 'Edited.' }, reset: [] }),
    });
    expect(response.status).toBe(200);
    const seen = async () => {
      const answer = await fetch(`${other.url}/admin/api/sites/shop`, { headers: { cookie } });
      return answer.text();
    };
    await expect.poll(seen).toContain('Edited.');
    const next = await promptOfNext();
    expect([running.message, next.message]).toEqual([
      { role: 'system', text: 'From the file.' },
      { role: 'system', text: 'Edited.' },
    ]);
    expect([running.signal.aborted, next.signal.aborted]).toEqual([false, false]);
  });
});
