import { once } from 'node:events';
import { createServer, request as requestHttp, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpstreamFetch } from './upstream-fetch.ts';
import { explainProxy, proxyFor } from './upstream-proxy.ts';
import { checkReachable } from './upstream-reachability.ts';

const listen = async (server: Server) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // a TCP server has this kind of address
};

/** An upstream that answers, and a proxy that passes requests and tunnels on and remembers them. */
let upstream: Server;
let proxy: Server;
let [upstreamUrl, proxyUrl] = ['', ''];
let passed: string[];
beforeEach(async () => {
  passed = [];
  upstream = createServer((incoming, response) => {
    void text(incoming).then((body) => response.end(`${incoming.headers.authorization ?? ''} ${body}`));
  });
  proxy = createServer((incoming, response) => {
    passed.push(`${incoming.url ?? ''} ${incoming.headers['proxy-authorization'] ?? ''}`.trim());
    const { method, headers } = incoming;
    const onward = requestHttp(incoming.url ?? '', { method, headers }, (answer) => answer.pipe(response));
    incoming.pipe(onward);
  });
  proxy.on('connect', ({ url = '' }, socket) => {
    passed.push(`CONNECT ${url}`);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  upstreamUrl = `http://127.0.0.1:${await listen(upstream)}/v1`;
  proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
});
afterEach(() => {
  for (const server of [upstream, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

describe('the proxy of the upstream', () => {
  it('gets requests to http, with its own password and without a limit of time, and they reach the upstream (G28)', async () => {
    const withLogin = new URL(proxyUrl.replace('//', '//team:p%40ss@'));
    const { fetch, bodyOf } = createUpstreamFetch(undefined, withLogin);
    const headers = { authorization: 'Bearer key' };
    const ask = () => fetch(upstreamUrl, { method: 'POST', headers, body: 'Hello' }).then(bodyOf).then(text);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill('Bearer key Hello'));
    expect(passed).toEqual(Array(3).fill(`${upstreamUrl} Basic ${btoa('team:p@ss')}`));
  });

  it('is asked for a tunnel to https, and its refusal has a code for the log (G28)', async () => {
    const { fetch } = createUpstreamFetch(undefined, new URL(proxyUrl));
    const failure = await fetch('https://api.example/v1').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'PROXY_PASSWORD_REQUIRED' });
    expect(passed).toEqual(['CONNECT api.example:443']);
    const other = new Error('reset');
    expect(explainProxy(other)).toBe(other);
  });
});

describe('the choice of the proxy', () => {
  const settings = { http: 'http://one.example:3128', https: 'http://other.example:3128' };
  it.each([
    ['http://api.example/v1', '', 'one.example:3128'],
    ['https://api.example/v1', '', 'other.example:3128'],
    ['https://api.example/v1', 'api.example', undefined],
    ['https://eu.api.example/v1', '.api.example', undefined],
    ['https://eu.api.example/v1', '*.api.example, x', undefined],
    ['https://notapi.example/v1', 'api.example', 'other.example:3128'],
    ['https://api.example/v1', 'API.example:443', undefined],
    ['https://api.example/v1', 'api.example:8443', 'other.example:3128'],
    ['http://127.0.0.1:11434/v1', 'localhost 127.0.0.1', undefined],
    ['http://[::1]:11434/v1', '::1', undefined],
    ['https://api.example/v1', '*', undefined],
  ])('for %s with NO_PROXY=%s is %s (G28)', (baseUrl, except, expected) => {
    expect(proxyFor(baseUrl, { ...settings, except })?.host).toBe(expected);
  });

  it('is none without settings, and for the other scheme (G28)', () => {
    expect(proxyFor('https://api.example/v1')).toBeUndefined();
    expect(proxyFor('https://api.example/v1', { http: settings.http })).toBeUndefined();
  });
});

describe('whether an upstream can be reached', () => {
  it('is found out by a connection, without a request', async () => {
    const requests: unknown[] = [];
    upstream.on('request', (incoming) => requests.push(incoming));
    await checkReachable(new URL(upstreamUrl));
    expect(requests).toEqual([]);
    upstream.close();
    await once(upstream, 'close');
    await expect(checkReachable(new URL(upstreamUrl))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('includes TLS: a server without it cannot be reached by https', async () => {
    const silent = createServer().on('connection', (socket) => socket.end('no TLS here\r\n'));
    const port = await listen(silent);
    await expect(checkReachable(new URL(`https://127.0.0.1:${port}`))).rejects.toHaveProperty('code');
    silent.close();
  });
});
