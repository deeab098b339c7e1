/** @rivulet/widget/client: the headless client. */
export type {
  Chat,
  ChatAccess,
  ChatEvents,
  ChatSnapshot,
  ChatStatus,
  PageTool,
  PendingMessage,
  SendOptions,
  SharedState,
} from './chat.ts';
export type { Clock, Timer } from './clock.ts';
export type {
  Environment,
  KeyValueStorage,
  LockNews,
  Sign,
  Socket,
  SocketHandlers,
  TabChannel,
  TabLocks,
} from './environment.ts';
export type { ClientChannel, LineObserver, Transport } from './transports/transport.ts';
export { ChatClient, createChatClient, type ChatClientOptions } from './chat-client.ts';
export { createBrowserEnvironment } from './browser-environment.ts';
export { createLadderTransport, type LadderOptions } from './transports/ladder.ts';
export { createWebSocketTransport } from './transports/websocket.ts';
