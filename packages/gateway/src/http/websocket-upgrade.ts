/** WebSocket upgrades: checks path, origin and subprotocol before a socket is opened. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  bodyOf,
  ChatError,
  encodeFrame,
  MAX_COMMAND_FRAME_BYTES,
  WEBSOCKET_SUBPROTOCOL,
} from '@rivulet/protocol';
import { WebSocketServer } from 'ws';
import type { Limits, Metrics } from '../base/index.ts';
import type { AddressOf } from '../rate-limits/client-address.ts';
import type { VisitorLimits } from '../rate-limits/visitor-limits.ts';
import { closeCodeOf } from '../sessions/admission.ts';
import type { RequestOrigin } from '../sites/origins.ts';
import type { Refusals } from '../sites/refusals.ts';
import type { Sites } from '../sites/sites.ts';
import { limitHeaders } from './slow-requests.ts';
import type { OpenSocket } from '../transports/text-socket.ts';

/** A path that serves WebSockets. */
export interface SocketEndpoint {
  /** The path, below the prefix that the router is mounted at. */
  path: string;
  /** The subprotocol that a client must offer. Undefined: it need not offer any. */
  subprotocol?: string;
  /** Called with each open socket, which it owns from then on, the headers for the check of the site's origin, and the query of its address. */
  onSocket: (socket: OpenSocket, origin: RequestOrigin, query: URLSearchParams) => void;
}

/** What upgrades need. */
export interface UpgradeOptions {
  refusals: Refusals;
  sites: Sites;
  metrics: Metrics;
  addressOf: AddressOf;
  visitorLimits: Pick<VisitorLimits, 'openConnection'>;
  limits: Pick<Limits, 'requestMs'>;
  endpoints: readonly SocketEndpoint[];
}

/**
 * Four times the limit of the protocol. Up to here a frame is read and rejected with `too-large`; a larger one closes the socket
 * without being read.
 */
const MAX_READ_BYTES = 4 * MAX_COMMAND_FRAME_BYTES;
/**
 * No client fragments its messages, or sends them in smaller chunks: each chunk that waits for the rest costs far more memory than
 * its bytes.
 */
const MAX_FRAGMENTS = 256;
const MAX_BUFFERED_CHUNKS = 4_096;
/** A refused page has read the reason by then; its socket is not kept longer. */
const REFUSED_CLOSE_MS = 2_000;

/** Sockets that are being told why they are refused. A flood beyond it gets the status alone. */
const MAX_REFUSED = 500;

/** An upgrade that was not answered yet. */
interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/** Serves the upgrades of some paths of `server`, leaves all others alone, and limits the time of headers. @returns a function that stops serving them */
export function serveUpgrades(
  server: Server,
  { sites, metrics, limits, endpoints, refusals, addressOf, visitorLimits }: UpgradeOptions,
): () => void {
  limitHeaders(server, limits);
  const sockets = createSocketServer();
  const refusing = createSocketServer({ closeTimeout: REFUSED_CLOSE_MS });
  const refuseOpenly = (error: ChatError, origin: RequestOrigin, upgrade: Upgrade) => {
    metrics.rejected.inc({ code: error.code });
    tellRefusal(refusing, upgrade, refusals.report(error, origin));
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [path, query] = addressIn(request);
    const endpoint = endpoints.find((one) => one.path === path);
    if (endpoint === undefined) {
      // Another listener may handle it. Without one, the socket would stay open for ever.
      if (server.listenerCount('upgrade') === 1) refuse(socket, '404 Not Found');
      return;
    }
    const { origin: from, host } = request.headers;
    const origin = { origin: from, host, address: addressOf(request) };
    if (!offersProtocol(request, endpoint.subprotocol)) {
      refuse(socket, '400 Bad Request');
      return;
    }
    if (!sites.allowsSomewhere(origin)) {
      refuseOpenly(new ChatError('origin-denied'), origin, { request, socket, head });
      return;
    }
    let endConnection: () => void;
    try {
      endConnection = visitorLimits.openConnection(origin.address);
    } catch (error) {
      refuseOpenly(ChatError.from(error), origin, { request, socket, head });
      return;
    }
    socket.once('close', endConnection);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      endpoint.onSocket({ webSocket, stream: socket }, origin, new URLSearchParams(query));
    });
  };
  server.on('upgrade', onUpgrade);
  return () => {
    server.off('upgrade', onUpgrade);
    sockets.close();
    refusing.close();
  };
}

/** A page cannot read the status of an upgrade: the socket opens, says why, and closes without being read. */
function tellRefusal(refusing: WebSocketServer, { request, socket, head }: Upgrade, error: ChatError): void {
  if (refusing.clients.size >= MAX_REFUSED) {
    refuse(socket, '429 Too Many Requests');
    return;
  }
  refusing.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on('error', () => undefined); // what it sends is not read
    webSocket.send(encodeFrame({ type: 'rejected', error: bodyOf(error) }));
    webSocket.close(closeCodeOf(error), error.code);
  });
}

function createSocketServer(more: { closeTimeout?: number } = {}): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MAX_READ_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    perMessageDeflate: false, // costs memory and latency; text this short gains little
    handleProtocols: (offered) => (offered.has(WEBSOCKET_SUBPROTOCOL) ? WEBSOCKET_SUBPROTOCOL : false),
    ...more,
  });
}

function addressIn({ url = '' }: IncomingMessage): [path: string, query: string] {
  const [path = '', ...query] = url.split('?');
  return [path, query.join('?')];
}

const offersProtocol = ({ headers }: IncomingMessage, subprotocol: string | undefined): boolean =>
  subprotocol === undefined ||
  (headers['sec-websocket-protocol'] ?? '').split(',').some((offer) => offer.trim() === subprotocol);

function refuse(socket: Duplex, status: string): void {
  // Node has given the socket away: an error without a listener would end the process, and nothing else would close it when the
  // client does not.
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
