/** A reverse proxy before a gateway. A test counts the connections through it, and breaks them while pages still load. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A running reverse proxy; the caller closes it. */
export interface ReverseProxy {
  /** The proxy's address, with the scheme `http:`. */
  url: string;
  /** The port that it listens on. */
  port: number;
  /** The number of open connections that carry events: WebSockets, event streams and long polls. */
  readonly openConnections: number;
  /** Breaks every protocol connection and rejects new ones. Pages and scripts still load. */
  cut(): void;
  /** Accepts protocol connections again after `cut()`. */
  restore(): void;
  /** Destroys every connection and stops listening. */
  close(): Promise<void>;
}

const PROTOCOL_PATH = '/v1/';
const EVENT_PATHS = ['/v1/sse', '/v1/poll'];

/** Starts a reverse proxy on a free port. */
export async function startReverseProxy(gatewayPort: number): Promise<ReverseProxy> {
  const sockets = new Set<Socket>();
  const carriers = new Set<object>();
  let isCut = false;
  const server = createServer((incoming, answer) => {
    const path = incoming.url ?? '';
    if (isCut && path.startsWith(PROTOCOL_PATH)) incoming.destroy();
    else {
      pass(incoming, answer, gatewayPort);
      if (path.startsWith(PROTOCOL_PATH)) keep(sockets, incoming.socket);
      if (EVENT_PATHS.some((one) => path.startsWith(one))) trackUntilClose(carriers, answer);
    }
  });
  server.on('upgrade', (incoming: IncomingMessage, near: Socket, head: Buffer) => {
    if (isCut) {
      near.destroy();
      return;
    }
    for (const socket of [near, passSocket(incoming, near, { head, port: gatewayPort })])
      keep(sockets, socket);
    trackUntilClose(carriers, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get openConnections() {
      return carriers.size;
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    restore() {
      isCut = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  if (sockets.has(socket)) return;
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

function trackUntilClose(carriers: Set<object>, carrier: ServerResponse | Socket): void {
  carriers.add(carrier);
  carrier.once('close', () => carriers.delete(carrier));
}

function pass(incoming: IncomingMessage, answer: ServerResponse, port: number): void {
  const { url, method, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, path: url, method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
    response.on('error', () => answer.destroy());
  });
  onward.on('error', () => answer.destroy());
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

/** Forwards the upgrade request unchanged, and then the bytes in both directions. @returns the socket to the gateway */
function passSocket(
  { method, url, rawHeaders }: IncomingMessage,
  near: Socket,
  { head, port }: { head: Buffer; port: number },
): Socket {
  const far = connect(port, '127.0.0.1');
  const fields = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
  far.write([`${method} ${url} HTTP/1.1`, ...fields, '', ''].join('\r\n'));
  far.write(head);
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
  return far;
}
