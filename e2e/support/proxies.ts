/** Proxies that block WebSockets or buffer responses, as some networks do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-nginx-'));
  const listen = await freePort();
  const upgrade =
    sockets === 'upgrades'
      ? 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;'
      : '';
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${listen};
    location / { proxy_pass http://127.0.0.1:${port}; proxy_set_header Host $http_host; ${upgrade} }
  }
}
`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Error('nginx could not be started: install the package nginx-light', { cause }));
    });
    child.once('exit', (code) => {
      reject(new Error(`nginx exited with code ${code}: see ${folder}/error.log`));
    });
  });
  failed.catch(() => undefined); // after the start, only close() ends nginx
  process.once('exit', () => child.kill('SIGTERM'));
  await Promise.race([failed, waitUntilListening(listen)]);
  return {
    url: `http://127.0.0.1:${listen}`,
    requestedPaths: [],
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM'); // the master process ends its workers
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when the port accepts connections. */
async function waitUntilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    socket.destroy();
    if (isOpen) return;
  }
}
