/** @rivulet/widget/client: the headless client. */
export type { Chat, ChatEvents, ChatSnapshot, ChatStatus, PendingMessage, SendOptions } from './chat.ts';
export type { Clock, Timer } from './clock.ts';
export type { Environment, KeyValueStorage, Sign, Socket, SocketHandlers } from './environment.ts';
export type { ClientChannel, LineObserver, Transport } from './transports/transport.ts';
export { ChatClient, createChatClient, type ChatClientOptions } from './chat-client.ts';
export { createBrowserEnvironment } from './browser-environment.ts';
export { createLadderTransport, type LadderOptions } from './transports/ladder.ts';
export { createWebSocketTransport } from './transports/websocket.ts';
