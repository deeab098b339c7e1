import { mintConversationId, mintMessageId, ChatError } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { post } from '../testing/http-protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway();
});
afterEach(() => started.stop());

const newConversation = () => mintConversationId(randomBytes);
const ask = (conversationId: string, body: object, options?: RequestInit) =>
  post(`${started.url}/v1/conversations/${conversationId}/messages`, body, options);
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** Sends a message and finishes its reply. */
async function answered(conversationId: string, body: object, options?: RequestInit) {
  const asking = ask(conversationId, body, options);
  const scene = await started.provider.next();
  scene.emitText('Good ', 'day.');
  scene.finish();
  const response = await asking;
  return { response, body: (await response.json()) as Record<string, unknown> & { token: string } };
}

describe('POST /v1/conversations/{id}/messages', () => {
  it('responds with the whole reply, and creates a token for a caller without one', async () => {
    const conversationId = newConversation();
    const { response, body } = await answered(conversationId, { text: 'Hello?' });
    expect(response.status).toBe(200);
    expect(body).toMatchObject({
      conversationId,
      message: { role: 'assistant', parts: [{ type: 'text', text: 'Good day.' }] },
      run: { state: 'finished', reason: 'stop' },
    });
    const second = await answered(conversationId, { text: 'And?' }, bearer(body.token));
    expect(second.response.status).toBe(200);
    expect(second.body.token).toBeUndefined();
  });

  it('returns the same reply for the same message, and conflict for another body (invariant 7)', async () => {
    const conversationId = newConversation();
    const messageId = mintMessageId(randomBytes);
    const first = await answered(conversationId, { messageId, text: 'Hello?' });
    const again = await ask(conversationId, { messageId, text: 'Hello?' }, bearer(first.body.token));
    expect(await again.json()).toMatchObject({ message: first.body.message });
    const other = await ask(conversationId, { messageId, text: 'Other' }, bearer(first.body.token));
    expect(other.status).toBe(409);
    expect(await other.json()).toMatchObject({ code: 'conflict', retry: 'no', conversationId, messageId });
  });

  it('does not stop the run when the caller disconnects (invariant 2)', async () => {
    const conversationId = newConversation();
    const messageId = mintMessageId(randomBytes);
    const { token } = (await answered(conversationId, { text: 'Hello?' })).body;
    const caller = new AbortController();
    const options = { ...bearer(token), signal: caller.signal };
    const asking = ask(conversationId, { messageId, text: 'More?' }, options).catch(() => 'gone');
    const scene = await started.provider.next();
    caller.abort();
    expect(await asking).toBe('gone');
    const again = ask(conversationId, { messageId, text: 'More?' }, bearer(token));
    scene.emitText('Still here.');
    scene.finish();
    expect(await (await again).json()).toMatchObject({ message: { parts: [{ text: 'Still here.' }] } });
  });

  it.each([
    ['upstream-failed', 502],
    ['upstream-timeout', 504],
    ['upstream-overloaded', 503],
    ['context-length', 422],
  ] as const)('maps the provider error %s to the status %i', async (code, status) => {
    const asking = ask(newConversation(), { text: 'Hello?' });
    const scene = await started.provider.next();
    scene.fail(new ChatError(code));
    const response = await asking;
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, retry: 'new', runId: expect.any(String) as string });
  });

  it.each([
    ['neither text nor parts', {}],
    ['both', { text: 'a', parts: [{ type: 'text', text: 'b' }] }],
    ['blank text', { text: ' \u200b\n' }],
    ['blank parts', { parts: [{ type: 'text', text: '\u2060' }] }],
    ['a text that holds NUL only', { text: '\0' }],
    ['an invalid message id', { messageId: 'x', text: 'a' }],
  ])('rejects %s', async (_what, body) => {
    const response = await ask(newConversation(), body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'bad-frame' });
  });

  it('rejects an invalid token, another visitor’s conversation, an unknown site and a long message', async () => {
    const conversationId = newConversation();
    await answered(conversationId, { text: 'Hello?' });
    const forged = await ask(conversationId, { text: 'a' }, bearer('forged'));
    expect(forged.status).toBe(401);
    expect(forged.headers.get('www-authenticate')).toBe('Bearer');
    expect((await ask(conversationId, { text: 'a' })).status).toBe(404);
    expect((await ask(conversationId, { text: 'a', site: 'none' })).status).toBe(404);
    expect((await ask(conversationId, { text: 'a'.repeat(20_000) })).status).toBe(413);
  });

  it('responds 503 draining while the gateway drains', async () => {
    const conversationId = newConversation();
    const { token } = (await answered(conversationId, { text: 'One' })).body;
    void started.gateway.drain();
    const response = await ask(conversationId, { text: 'Two' }, bearer(token));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'draining', retry: 'same' });
  });
});
