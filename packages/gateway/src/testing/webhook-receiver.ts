/** A receiver of webhooks: a real HTTP server that can be away, or answer as a test says, and keeps what it got. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that was received. */
export interface ReceivedRequest {
  headers: IncomingHttpHeaders;
  body: string;
  /** The status that it was answered with. */
  status: number;
}

/** A receiver on a port of its own. */
export interface WebhookReceiver {
  url: string;
  /** In the order of their arrival. */
  received: ReceivedRequest[];
  /** Answers with what this returns, 200 at first; `drop`: the connection is closed without an answer. */
  answer: (request: Omit<ReceivedRequest, 'status'>) => number | 'drop';
  /** Stops listening, so that connections are refused. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  restart(): Promise<void>;
}

/** Starts a receiver on a free local port. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  let port = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const given = { headers: request.headers, body };
      const status = receiver.answer(given);
      if (status === 'drop') request.socket.destroy();
      else {
        receiver.received.push({ ...given, status });
        response.writeHead(status, { location: '/elsewhere' }).end('an answer');
      }
    });
  });
  const listen = async () => {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo); // a TCP server has this kind of address
  };
  const receiver: WebhookReceiver = {
    url: '',
    received: [],
    answer: () => 200,
    restart: listen,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await listen();
  receiver.url = `http://127.0.0.1:${port}/hooks`;
  return receiver;
}
