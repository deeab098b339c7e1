import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const TOKEN = 'an-operator-token-of-32-characters';
let started: StartedGateway;
afterEach(() => started.stop());

/** Not `fetch`, which sets `Host` itself. */
const statusOf = (path: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = httpRequest(started.url + path, { headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    sent.on('error', reject).end();
  });
const status = async (...asked: Parameters<typeof statusOf>) => (await statusOf(...asked)).status;

describe('without an admin token, the metrics', () => {
  it('are for direct requests of the own machine', async () => {
    started = await startGateway();
    expect(await status('/metrics')).toBe(200);
    expect(await status('/metrics', { host: 'localhost:8787' })).toBe(200);
  });

  it.each([
    { 'x-forwarded-for': '203.0.113.9' },
    { forwarded: 'for=203.0.113.9' },
    { 'x-real-ip': '203.0.113.9' },
    { via: '1.1 proxy' },
    { origin: 'https://attacker.example' },
    { host: 'chat.example.com' },
    { host: 'localhost.attacker.example' },
  ])('are refused to a request with %j, which a proxy or a page may have sent', async (headers) => {
    started = await startGateway();
    expect(await status('/metrics', headers)).toBe(403);
    expect(await statusOf('/readyz', headers)).toEqual({ status: 200, body: '{"status":"ready"}' });
    expect(await status('/healthz', headers)).toBe(200);
  });
});

describe('with an admin token', () => {
  it('a wrong one, a beginning of it and none are 401, on the own machine too', async () => {
    started = await startGateway({ adminToken: TOKEN });
    const wrong = ['x'.repeat(TOKEN.length), TOKEN.slice(0, -1), `${TOKEN}x`, 'short'];
    for (const token of wrong)
      expect(await status('/metrics', { authorization: `Bearer ${token}` })).toBe(401);
    expect(await status('/metrics')).toBe(401);
  });

  it('the right one opens the metrics through a proxy, and shows that it was refused before', async () => {
    started = await startGateway({ adminToken: TOKEN });
    await status('/metrics', { authorization: 'Bearer wrong' });
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.9' };
    const { body } = await statusOf('/metrics', headers);
    expect(body).toContain('rivulet_refusals_total{kind="operator",reason="admin-token-wrong"} 1');
  });

  it('a short one is refused at the start', async () => {
    started = await startGateway();
    await expect(startGateway({ adminToken: 'short' })).rejects.toThrow('adminToken');
  });
});

describe('an operator', () => {
  const revoke = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${started.url}/v1/revocations`, { method: 'POST', headers, body: JSON.stringify(body) });

  it('revokes the tokens of a visitor, whose connection is closed', async () => {
    started = await startGateway();
    const client = await ProtocolClient.connect(started.url);
    const { principal } = await client.received('welcome');
    expect((await revoke({ siteId: 'demo', ownerId: principal.id })).status).toBe(204);
    expect(await client.closed).toEqual({ code: 4401 });
  });

  it('is told what is wrong with a request, and no page can make one', async () => {
    started = await startGateway();
    for (const body of [{}, { siteId: 'demo' }, { siteId: 'demo', ownerId: 'a', tokenId: 'b' }])
      expect((await revoke(body)).status).toBe(400);
    const headers = { origin: 'http://localhost:3000' };
    expect((await revoke({ siteId: 'demo', ownerId: 'a' }, headers)).status).toBe(403);
  });
});

describe('with a listener of their own, the metrics', () => {
  const own = async () => {
    const server = createServer(express().use(started.gateway.adminRouter));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
    const asked = ['/metrics', '/readyz', '/v1/conversations'].map((path) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-forwarded-for': '203.0.113.9' } }),
    );
    const statuses = (await Promise.all(asked)).map((response) => response.status);
    server.closeAllConnections();
    server.close();
    return statuses;
  };

  it('are not on that of visitors, not even for the own machine', async () => {
    started = await startGateway({ adminListener: 'own' });
    expect(await status('/metrics')).toBe(403);
    expect(await status('/healthz')).toBe(200);
    expect(await own()).toEqual([200, 200, 404]);
  });

  it('need the token there too when there is one', async () => {
    started = await startGateway({ adminListener: 'own', adminToken: TOKEN });
    expect(await own()).toEqual([401, 200, 404]);
    expect(await status('/metrics', { authorization: `Bearer ${TOKEN}` })).toBe(200);
  });
});
