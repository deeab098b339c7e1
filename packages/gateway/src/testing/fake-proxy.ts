/** A reverse proxy in front of a gateway of a test, sound or with one of the faults that proxies have. */
import {
  createServer,
  request as requestHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What the proxy does. By default it changes nothing and keeps the `Host` header. */
export interface FakeProxyOptions {
  /** The origin of the server behind it. */
  target: string;
  /** The certificate and its key in PEM; absent: without TLS. */
  tls?: { cert: string; key: string } | undefined;
  /** `all`: a response is sent when it is complete. */
  buffering?: 'none' | 'all';
  /** `refuse`: an upgrade is answered with 400. */
  upgrades?: 'pass' | 'refuse';
  /** `replace`: the server behind it gets its own name. */
  host?: 'keep' | 'replace';
  /** `none`: it does not tell that it is there. */
  forwarding?: 'x-forwarded-for' | 'none';
  /** `close`: a stream and a WebSocket are closed as soon as they have carried something. */
  idle?: 'keep' | 'close';
  /** Answers in place of the server behind it, with this status and a page. */
  answer?: (request: Pick<IncomingMessage, 'headers'>) => number | undefined;
  /** Changes the headers of responses. */
  headers?: (headers: IncomingHttpHeaders) => IncomingHttpHeaders;
  /** Is appended to each script. */
  script?: string;
}

/** A running proxy. */
export interface FakeProxy {
  /** Its origin. */
  url: string;
  close(): Promise<void>;
}

/** Starts a proxy on a free local port. */
export async function startFakeProxy(options: FakeProxyOptions): Promise<FakeProxy> {
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  const upgraded = new Set<Duplex>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const status = options.answer?.(request);
    if (status !== undefined) {
      response
        .writeHead(status, { 'content-type': 'text/html' })
        .end('<!doctype html><title>a proxy</title>');
      return;
    }
    const { method, url } = request;
    const behind = requestHttp(
      new URL(url ?? '/', options.target),
      { method: method ?? 'GET', headers: headersOf(request, options), agent: false },
      (answer) => void pass(answer, response, options).catch(() => response.destroy()),
    );
    behind.on('error', () => response.destroy());
    response.on('close', () => behind.destroy());
    request.pipe(behind);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    upgraded.add(socket);
    socket.on('error', () => undefined);
    if (options.upgrades === 'refuse') socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    else tunnel(request, socket, options);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    async close() {
      for (const socket of upgraded) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function headersOf({ headers }: IncomingMessage, { host, forwarding, target }: FakeProxyOptions) {
  return {
    ...headers,
    ...(host === 'replace' ? { host: new URL(target).host } : {}),
    ...(forwarding === 'none' ? {} : { 'x-forwarded-for': '203.0.113.7' }),
  };
}

async function pass(
  answer: IncomingMessage,
  response: ServerResponse,
  { headers: change = (all) => all, buffering = 'none', script, idle }: FakeProxyOptions,
): Promise<void> {
  const { 'content-length': _changes, ...headers } = change(answer.headers);
  const isScript = script !== undefined && headers['content-type']?.includes('javascript') === true;
  answer.on('error', () => response.destroy());
  if (buffering === 'none' && !isScript) {
    response.writeHead(answer.statusCode ?? 502, headers);
    response.flushHeaders();
    answer.pipe(response);
    if (idle === 'close' && headers['content-type']?.startsWith('text/event-stream') === true)
      answer.on('data', (bytes: Buffer) => {
        if (!bytes.includes('data:')) return;
        answer.unpipe(response);
        response.end();
      });
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer); // a stream without an encoding
  response.writeHead(answer.statusCode ?? 502, headers);
  response.end(Buffer.concat([...chunks, Buffer.from(isScript ? script : '')]));
}

function tunnel(request: IncomingMessage, socket: Duplex, options: FakeProxyOptions): void {
  const { hostname, port } = new URL(options.target);
  const behind: Socket = connect(Number(port), hostname, () => {
    const lines = Object.entries(headersOf(request, options)).map(
      ([name, value]) => `${name}: ${String(value)}`,
    );
    behind.write(`GET ${request.url ?? '/'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    behind.pipe(socket).pipe(behind);
  });
  behind.on('error', () => socket.destroy());
  socket.on('close', () => behind.destroy());
  if (options.idle !== 'close') return;
  socket.once('data', () => {
    behind.once('data', () => socket.end());
  });
}
