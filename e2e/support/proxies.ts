/** What stands between a page and a gateway on bad networks: played by the test, on a free port of this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Proxy {
  url: string;
  /** The paths asked for, in order; sockets as `upgrade`. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** `streams`: lets answers flow. `gathers`: gives each answer when it is whole. Neither lets a WebSocket through. */
export async function startProxy(port: number, kind: 'streams' | 'gathers'): Promise<Proxy> {
  const asked: string[] = [];
  const server = createServer((incoming, answer) => {
    asked.push(incoming.url ?? '');
    pass(incoming, answer, { port, kind });
  });
  server.on('upgrade', (_request, socket) => {
    asked.push('upgrade');
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { port, kind }: { port: number; kind: 'streams' | 'gathers' },
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
 * nginx as its package comes: answers buffered, HTTP/1.0 without upgrades to what is behind it. `upgrades` passes WebSockets on.
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
      reject(new Error('nginx does not start: install the package nginx-light', { cause }));
    });
    child.once('exit', (code) => {
      reject(new Error(`nginx ended with ${code}; see ${folder}/error.log`));
    });
  });
  failed.catch(() => undefined); // after the start an end is the test's own
  process.once('exit', () => child.kill('SIGTERM'));
  await Promise.race([failed, accepts(listen)]);
  return {
    url: `http://127.0.0.1:${listen}`,
    asked: [],
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM'); // the master ends its workers
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

/** Resolves when somebody listens. */
async function accepts(port: number): Promise<void> {
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
