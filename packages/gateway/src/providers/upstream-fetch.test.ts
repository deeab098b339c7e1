import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstreamFetch } from './upstream-fetch.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // a port, not a pipe
}

const { fetch, bodyOf } = createUpstreamFetch();

describe('the HTTP client of the upstream', () => {
  it('sends method, headers and body, asks for no compression, and gives status, headers and body', async () => {
    const url = await serve((incoming, response) => {
      const { method = '', headers } = incoming;
      void text(incoming).then((body) => {
        const seen = [method, headers['x-team'], headers['accept-encoding'], body].join(' ');
        response.writeHead(201, { 'X-Request-Id': 'r1' }).end(seen);
      });
    });
    const response = await fetch(url, { method: 'POST', headers: { 'x-team': 'blue' }, body: 'Grüße' });
    expect([response.status, response.headers.get('x-request-id')]).toEqual([201, 'r1']);
    expect(await text(bodyOf(response))).toBe('POST blue identity Grüße');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('reads a body that comes in %s all the same', async (encoding, compress) => {
    const url = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(compress('Hello'));
    });
    expect(await text(bodyOf(await fetch(url)))).toBe('Hello');
  });

  it('keeps connections for later requests, also after a failure', async () => {
    let connections = 0;
    const url = await serve(({ url: path }, response) => {
      response.writeHead(path === '/broken' ? 500 : 200).end('Hello');
    });
    server.on('connection', () => (connections += 1));
    for (const path of ['', 'broken', '', 'broken', '']) await text(bodyOf(await fetch(`${url}${path}`)));
    // undici uses a connection again only in the next event-loop iteration.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it('follows no redirect', async () => {
    const url = await serve((_incoming, response) => {
      response.writeHead(307, { location: '/other' }).end('there');
    });
    const response = await fetch(url);
    expect([response.ok, response.status, await response.text()]).toEqual([false, 307, 'there']);
  });

  it('reads 64 KiB of an endless error body and closes its connection', async () => {
    const closed = Promise.withResolvers<undefined>();
    const url = await serve((_incoming, response) => {
      const write = () => {
        while (response.write('x'.repeat(16_384)));
      };
      response.writeHead(500).on('drain', write);
      response.on('close', () => {
        closed.resolve(undefined);
      });
      write();
    });
    const response = await fetch(url);
    expect(await response.text()).toHaveLength(65_536);
    await closed.promise;
  });

  it('keeps the status of a failure whose body breaks', async () => {
    const url = await serve((_incoming, response) => {
      response.writeHead(503, { 'content-length': '100' }).write('half', () => response.destroy());
    });
    expect(await fetch(url)).toMatchObject({ status: 503 });
  });

  it.each([[204], [999]])('accepts a response of status %s', async (status) => {
    const url = await serve((_incoming, response) => {
      response.writeHead(status).end();
    });
    expect((await fetch(url)).ok).toBe(status === 204);
  });

  it('cancels a request that waits for its headers, and one whose body is destroyed', async () => {
    const closes: Promise<unknown>[] = [];
    const url = await serve(({ url: path }, response) => {
      closes.push(new Promise((resolve) => response.on('close', resolve)));
      if (path === '/hang') run.abort();
      else response.writeHead(200).write('x');
    });
    const run = new AbortController();
    await expect(fetch(`${url}hang`, { signal: run.signal })).rejects.toMatchObject({ name: 'AbortError' });
    bodyOf(await fetch(url)).destroy();
    await Promise.all(closes);
    expect(closes).toHaveLength(2);
  });

  it('reads the body of another fetch from its web stream', async () => {
    server = createServer();
    const custom = createUpstreamFetch(() => Promise.resolve(new Response('Hello')));
    expect(await text(custom.bodyOf(await custom.fetch('http://upstream.example/')))).toBe('Hello');
    expect(await text(custom.bodyOf(new Response(null)))).toBe('');
  });
});
