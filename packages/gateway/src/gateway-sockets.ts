/** Serves the WebSockets of an HTTP server. */
import type { Server } from 'node:http';
import { WEBSOCKET_SUBPROTOCOL } from '@rivulet/protocol';
import { createChatSockets } from './compat/ai-sdk/chat-sockets.ts';
import { serveUpgrades, type ConnectionRoutesOptions } from './http/index.ts';
import type { VisitorLimits } from './rate-limits/visitor-limits.ts';
import type { RequestOrigin } from './sites/origins.ts';
import type { GatewayChannel } from './transports/transport.ts';
import { createWebSocketChannel } from './transports/websocket-channel.ts';

/** What serving sockets needs. */
export interface WebSocketOptions extends Pick<
  ConnectionRoutesOptions,
  'sites' | 'refusals' | 'metrics' | 'clock' | 'limits' | 'addressOf'
> {
  visitorLimits: VisitorLimits;
  /** Starts a session on a channel. */
  serve: (channel: GatewayChannel, origin: RequestOrigin) => void;
}

/** Serves the WebSockets of a server. @returns a function that stops serving them */
export function serveSockets(
  server: Server,
  prefix: string,
  { serve, ...options }: WebSocketOptions,
): () => void {
  const base = prefix.replace(/\/$/, '');
  const chats = createChatSockets({ serve, ...options });
  const stop = serveUpgrades(server, {
    ...options,
    endpoints: [
      {
        path: `${base}/v1/ws`,
        subprotocol: WEBSOCKET_SUBPROTOCOL,
        onSocket: (socket, origin) => {
          serve(createWebSocketChannel(socket, options), origin);
        },
      },
      { path: `${base}/v1/ai-sdk/ws`, onSocket: chats.open },
    ],
  });
  return () => {
    stop();
    chats.close();
  };
}
