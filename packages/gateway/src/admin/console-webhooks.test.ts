import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../stores/memory.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../testing/webhook-receiver.ts';
import { endpointNameOf } from '../webhooks/settings.ts';
import { sha256 } from './console-users.ts';

const HEADERS = { 'x-rivulet-console': '1' };
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const USERS = (['viewer', 'agent', 'admin'] as const).map((role) => ({
  ...{ name: role, role, tokenHash: sha256(`the token of ${role}`) },
}));
const ofBlog = { name: 'blogger', role: 'admin' as const, tokenHash: sha256('the token of blogger') };

const store = createMemoryStore();
let receiver: WebhookReceiver;
let started: StartedGateway;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  started = await startGateway({
    ...{ store, adminUsers: [...USERS, { ...ofBlog, sites: ['blog'] }] },
    webhooks: [{ url: receiver.url, secret, allowPrivate: true, events: ['conversation.rated'] }],
  });
});
afterAll(async () => {
  await started.stop();
  await receiver.stop();
});

async function signIn(name: string): Promise<string> {
  const body = JSON.stringify({ token: `the token of ${name}` });
  const response = await fetch(`${started.url}/admin/api/login`, { method: 'POST', headers: HEADERS, body });
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
const ask = (cookie: string, path: string, method = 'GET') =>
  fetch(`${started.url}/admin/api/${path}`, { method, headers: { ...HEADERS, cookie } });

/** A delivery that was given up. @returns its `webhook-id` */
async function bury(eventId: string): Promise<string> {
  const endpoint = endpointNameOf(receiver.url);
  const body = JSON.stringify({ type: 'conversation.rated', data: { comment: 'Wrong price.' } });
  await store.webhooks.add([{ eventId, endpoint, orderKey: eventId, body, atMs: 1 }]);
  const bounds = { nowMs: 2, maxWaiting: 9, deadBeforeMs: 0, maxDead: 9 };
  await store.webhooks.trim({ ...bounds, queuedBeforeMs: 2 });
  return eventId;
}

describe('the webhooks in the console', () => {
  it('are shown to an admin with the state of each endpoint, and what was given up page by page, which the audit log has', async () => {
    const cookie = await signIn('admin');
    for (const id of ['evt_1', 'evt_2']) await bury(id);
    const first = (await (await ask(cookie, 'webhooks?limit=1')).json()) as { next: string };
    expect(first).toMatchObject({
      endpoints: [
        {
          state: 'idle',
          origin: new URL(receiver.url).origin,
          waiting: 0,
          dead: 2,
          events: ['conversation.rated'],
        },
      ],
      deadLetters: [{ id: 'evt_1', problem: 'It was not delivered in time.', event: { data: {} } }],
    });
    expect(JSON.stringify(first)).not.toContain('/hooks');
    const second: unknown = await (await ask(cookie, `webhooks?limit=1&after=${first.next}`)).json();
    expect(second).toMatchObject({ deadLetters: [{ id: 'evt_2' }] });
    const audit = await (await ask(cookie, 'audit')).text();
    expect(audit).toContain('"console-list-webhooks"');
  });

  it('that were given up are sent again one by one, under the same id, and the audit log has which', async () => {
    const cookie = await signIn('admin');
    const id = await bury('evt_3');
    expect((await ask(cookie, `webhooks/${id}/redeliver`, 'POST')).status).toBe(204);
    await expect.poll(() => receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([id]);
    expect((await ask(cookie, `webhooks/${id}/redeliver`, 'POST')).status).toBe(404);
    const { entries } = (await (await ask(cookie, 'audit')).json()) as { entries: object[] };
    expect(entries).toContainEqual(
      expect.objectContaining({ userName: 'admin', action: 'console-redeliver-webhook', target: id }),
    );
  });

  it('are not shown to other roles, nor to an admin of some sites', async () => {
    const id = await bury('evt_4');
    for (const name of ['viewer', 'agent', 'blogger']) {
      const cookie = await signIn(name);
      const listed = await ask(cookie, 'webhooks');
      expect([listed.status, await listed.text()]).toEqual([
        403,
        expect.not.stringContaining('Wrong price.'),
      ]);
      expect((await ask(cookie, `webhooks/${id}/redeliver`, 'POST')).status).toBe(403);
    }
    expect((await ask('', 'webhooks')).status).toBe(401);
  });
});
