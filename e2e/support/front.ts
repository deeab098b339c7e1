/** What a customer has in front of a gateway: one address, whose lines the test counts and cuts while the pages still load. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface Front {
  url: string;
  port: number;
  /** Lines that bring events to a page and are open now: sockets, streams, polls. */
  readonly lines: number;
  /** From now on nothing of the protocol passes, and what is open breaks. Pages and scripts still load. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

const PROTOCOL_PATH = '/v1/';
const EVENT_PATHS = ['/v1/sse', '/v1/poll'];

export async function startFront(gatewayPort: number): Promise<Front> {
  const sockets = new Set<Socket>();
  const lines = new Set<object>();
  let isCut = false;
  const server = createServer((incoming, answer) => {
    const path = incoming.url ?? '';
    if (isCut && path.startsWith(PROTOCOL_PATH)) incoming.destroy();
    else {
      pass(incoming, answer, gatewayPort);
      if (path.startsWith(PROTOCOL_PATH)) keep(sockets, incoming.socket);
      if (EVENT_PATHS.some((one) => path.startsWith(one))) countUntilClose(lines, answer);
    }
  });
  server.on('upgrade', (incoming: IncomingMessage, near: Socket, head: Buffer) => {
    if (isCut) {
      near.destroy();
      return;
    }
    for (const socket of [near, passSocket(incoming, near, { head, port: gatewayPort })])
      keep(sockets, socket);
    countUntilClose(lines, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get lines() {
      return lines.size;
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
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

function countUntilClose(lines: Set<object>, line: ServerResponse | Socket): void {
  lines.add(line);
  line.once('close', () => lines.delete(line));
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

/** The upgrade as it came, and then whatever either side says. */
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
