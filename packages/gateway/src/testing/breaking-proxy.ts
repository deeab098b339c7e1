/** A proxy in front of a gateway that breaks one promise of the protocol, to see that somebody notices. */
import {
  createServer,
  request as requestTo,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WEBSOCKET_SUBPROTOCOL } from '@rivulet/protocol';
import { WebSocket, WebSocketServer } from 'ws';

/** A command or an event as it travels: the proxy breaks what types would not allow. */
export type Item = { type: string } & Record<string, unknown>;

/** One connection through the proxy. */
export interface Link {
  /** 0 for the first connection of the proxy, 1 for the next one. */
  readonly index: number;
  /** Sends to the gateway what the client did not send. */
  toGateway(item: Item): void;
  /** Sends to the client what the gateway did not send. */
  toClient(item: Item): void;
}

/** How the proxy breaks a promise. What is absent is passed on as it is. */
export interface Break {
  /** Negotiates compression. */
  compress?: boolean;
  /** The commands of one frame, and what the gateway gets in their place. */
  commands?: (items: Item[], link: Link) => Item[];
  /** The events of one frame, and what the client gets in their place. */
  events?: (items: Item[], link: Link) => Item[];
  /** The close code of the gateway, and what the client gets in its place. */
  closeCode?: (code: number) => number;
  /** The client has closed. */
  clientClosed?: (link: Link) => void;
  /** Changes a request over HTTP before the gateway gets it. */
  request?: (request: { path: string; headers: IncomingHttpHeaders; body: string }) => void;
  /** The body of an answer over HTTP, or a piece of it, and what the client gets in its place. */
  response?: (body: string) => string;
}

/** A running proxy. */
export interface BreakingProxy {
  url: string;
  close(): Promise<void>;
}

/** Starts a proxy on a free local port. @param gatewayUrl `http://127.0.0.1:…` */
export async function startBreakingProxy(gatewayUrl: string, broken: Break): Promise<BreakingProxy> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const changed = { path: request.url ?? '/', headers: { ...request.headers }, body };
      broken.request?.(changed);
      const headers = { ...changed.headers, 'content-length': String(Buffer.byteLength(changed.body)) };
      const outgoing = requestTo(gatewayUrl + changed.path, { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, withoutLength(answer));
        answer.setEncoding('utf8');
        answer.on('data', (piece: string) => response.write(broken.response?.(piece) ?? piece));
        answer.on('end', () => response.end());
      });
      outgoing.on('error', () => response.destroy());
      response.on('close', () => outgoing.destroy());
      outgoing.end(changed.body);
    });
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: broken.compress ?? false });
  let count = 0;
  sockets.on('connection', (client) => {
    connect(client, gatewayUrl, broken, count);
    count += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function withoutLength({ headers }: IncomingMessage): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-length'));
}

function connect(client: WebSocket, gatewayUrl: string, broken: Break, index: number): void {
  const gateway = new WebSocket(`${gatewayUrl.replace(/^http/, 'ws')}/v1/ws`, WEBSOCKET_SUBPROTOCOL);
  const send = (socket: WebSocket) => (item: Item) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(item));
  };
  const link: Link = { index, toGateway: send(gateway), toClient: send(client) };
  const opened = new Promise<void>((resolve) => gateway.once('open', resolve));
  client.on('message', (data: Buffer) => {
    const frame = data.toString();
    void opened.then(() => {
      gateway.send(changedFrame(frame, (items) => broken.commands?.(items, link) ?? items));
    });
  });
  gateway.on('message', (data: Buffer) => {
    client.send(changedFrame(data.toString(), (items) => broken.events?.(items, link) ?? items));
  });
  gateway.on('close', (code, reason) => {
    const sent = broken.closeCode?.(code) ?? code;
    if (sent === 1005 || sent === 1006) client.terminate();
    else client.close(sent, reason.toString());
  });
  client.on('close', () => {
    broken.clientClosed?.(link);
    gateway.close();
  });
  gateway.on('error', () => {
    client.terminate();
  });
}

/** A frame that cannot be read is passed on as it is. */
function changedFrame(frame: string, change: (items: Item[]) => Item[]): string {
  try {
    return JSON.stringify(change([JSON.parse(frame) as Item | Item[]].flat()));
  } catch {
    return frame;
  }
}
