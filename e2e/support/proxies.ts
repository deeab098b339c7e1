/** Proxies that block WebSockets or buffer responses, as some networks do. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runNginx } from './nginx.ts';

/** A running proxy; the caller closes it. */
export interface Proxy {
  /** The proxy's address, with the scheme `http:`. */
  url: string;
  /** The paths of the requests, in order; `upgrade` for a WebSocket. Always empty for nginx. */
  readonly requestedPaths: string[];
  /** Stops the proxy. */
  close(): Promise<void>;
}

/**
 * Starts a proxy that rejects WebSockets.
 * @param kind `streams` forwards responses as they arrive, `buffers` only when they are complete
 */
export async function startProxy(port: number, kind: 'streams' | 'buffers'): Promise<Proxy> {
  const requestedPaths: string[] = [];
  const server = createServer((incoming, answer) => {
    requestedPaths.push(incoming.url ?? '');
    pass(incoming, answer, { port, kind });
  });
  server.on('upgrade', (_request, socket) => {
    requestedPaths.push('upgrade');
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requestedPaths,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { port, kind }: { port: number; kind: 'streams' | 'buffers' },
): void {
  const { url, method, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, path: url, method, headers }, (response) => {
    const { 'transfer-encoding': _, ...rest } = response.headers;
    if (kind === 'streams') {
      answer.writeHead(response.statusCode ?? 502, rest);
      response.pipe(answer);
      return;
    }
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => answer.writeHead(response.statusCode ?? 502, rest).end(Buffer.concat(chunks)));
  });
  onward.on('error', () => answer.destroy());
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

/**
 * Starts nginx with its default settings: it buffers responses, and speaks HTTP/1.0 without upgrades to the gateway.
 * @param sockets `upgrades` adds the settings that forward WebSockets
 * @throws {Error} when the package nginx-light is not installed
 */
export async function startNginx(port: number, sockets: 'refused' | 'upgrades'): Promise<Proxy> {
  const upgrade =
    sockets === 'upgrades'
      ? 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;'
      : '';
  const nginx = await runNginx(
    ({ port: listen }) => `server {
    listen 127.0.0.1:${listen};
    location / { proxy_pass http://127.0.0.1:${port}; proxy_set_header Host $http_host; ${upgrade} }
  }`,
  );
  return { ...nginx, requestedPaths: [] };
}
