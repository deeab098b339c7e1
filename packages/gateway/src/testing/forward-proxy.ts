/** A forward proxy on loopback, as companies have them between their machines and the internet. It reaches one server, whatever is asked for. */
import { createServer, request as requestHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** What the proxy does. */
export interface ForwardProxyOptions {
  /** The port on loopback that every tunnel and request leads to. */
  target: number;
  /** What it answers a tunnel with in place of opening it. */
  refuse?: number;
}

/** A running proxy. */
export interface ForwardProxy {
  url: string;
  /** What it was asked for: `CONNECT host:port` or `GET url`, with the login when there is one. */
  asked: string[];
  stop(): Promise<void>;
}

/** Starts it on a free local port. */
export async function startForwardProxy({ target, refuse }: ForwardProxyOptions): Promise<ForwardProxy> {
  const asked: string[] = [];
  const note = ({ method = '', url = '', headers }: IncomingMessage) => {
    const [, login] = /^Basic (.*)$/.exec(headers['proxy-authorization'] ?? '') ?? [];
    const by = login === undefined ? '' : ` by ${Buffer.from(login, 'base64').toString()}`;
    asked.push(`${method} ${url}${by}`);
  };
  const sockets = new Set<Socket>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    note(request);
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const to = { host: '127.0.0.1', port: target, path: pathname + search, method: request.method ?? 'GET' };
    const behind = requestHttp({ ...to, headers: request.headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    behind.on('error', () => response.destroy());
    request.pipe(behind);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request);
    sockets.add(socket);
    socket.on('error', () => undefined); // an end that breaks off
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const behind = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      behind.pipe(socket).pipe(behind);
    });
    sockets.add(behind);
    behind.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
  return {
    ...{ asked, url: `http://127.0.0.1:${port}` },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
