import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { CLOSE_CODES } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createWidgetRoutes, WidgetFilesError } from './widget-files.ts';
import { createSites } from '../sites/sites.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { createScriptProvider } from '../testing/script-provider.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let started: StartedGateway;
beforeAll(async () => {
  started = await startGateway({ demoPage: true });
});
afterAll(() => started.stop());

describe('the routes', () => {
  it.each([
    ['/healthz', 200, /json/],
    ['/readyz', 200, /json/],
    ['/metrics', 200, /text\/plain/],
    ['/rivulet.js', 200, /javascript/],
    ['/', 200, /html/],
    ['/page.css', 200, /css/],
    ['/rivulet/none.js', 404, /json/],
    ['/rivulet/..%2f..%2fpackage.json', 404, /json/],
  ])('%s: %i', async (path, status, type) => {
    const response = await fetch(started.url + path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(type);
  });

  it('report an upstream that cannot be reached, without its host, and stay ready', async () => {
    const check = () => Promise.reject(new Error('connect ECONNREFUSED upstream.example'));
    const gateway = await startGateway({ provider: { ...createScriptProvider(), check } });
    const response = await fetch(`${gateway.url}/readyz`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ready', upstream: 'unreachable' },
    ]);
    await gateway.stop();
  });

  it('count a close code that a client made up as `other`', async () => {
    for (const code of [4099, 4777, CLOSE_CODES.replaced]) {
      const client = await ProtocolClient.connect(started.url);
      await client.received('welcome');
      await client.close(code);
    }
    await vi.waitFor(async () => {
      const lines = (await (await fetch(`${started.url}/metrics`)).text()).split('\n');
      expect(lines.filter((line) => line.startsWith('rivulet_sessions_closed_total'))).toEqual([
        'rivulet_sessions_closed_total{code="other"} 2',
        'rivulet_sessions_closed_total{code="4409"} 1',
      ]);
    });
  });

  it('serve the widget to every origin, compressed, and with 304 while it is unchanged', async () => {
    const first = await fetch(`${started.url}/rivulet.js`);
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    const etag = first.headers.get('etag') ?? '';
    const second = await fetch(`${started.url}/rivulet.js`, {
      headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' },
    });
    expect(second.status).toBe(304);
  });

  it('serve the licenses of what the widget contains, which a cache keeps for five minutes', async () => {
    const response = await fetch(`${started.url}/rivulet/licenses.txt`);
    expect(response.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=300');
    expect(await response.text()).toContain('Name: lit-html');
  });

  it('serve the loader under a name with its hash, and its integrity, for pages that pin it', async () => {
    const { script, integrity } = (await (await fetch(`${started.url}/rivulet/integrity.json`)).json()) as {
      script: string;
      integrity: string;
    };
    const pinned = await fetch(started.url + script);
    const hash = createHash('sha384').update(Buffer.from(await pinned.arrayBuffer()));
    expect(integrity).toBe(`sha384-${hash.digest('base64')}`);
    expect(pinned.headers.get('cache-control')).toMatch(/immutable/);
    expect(pinned.headers.get('access-control-allow-origin')).toBe('*');
    expect((await fetch(`${started.url}/rivulet-0123456789abcdef.js`)).status).toBe(404);
  });
});

describe('a widget folder that cannot be served', () => {
  it.each([
    ['has no rivulet.js', fileURLToPath(new URL('.', import.meta.url))],
    ['cannot be read', '/no/such/folder'],
  ])('%s: the gateway is not created, and the error names the folder', (problem, folder) => {
    expect(() => createWidgetRoutes(folder, createSites([]))).toThrow(WidgetFilesError);
    expect(() => createWidgetRoutes(folder, createSites([]))).toThrow(`${folder} ${problem}`);
  });
});
