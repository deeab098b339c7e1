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
  TokenSource,
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
export { ChatClient, createChatClient } from './chat-client.ts';
export type { ChatClientOptions } from './session-options.ts';
export { createBrowserEnvironment } from './browser-environment.ts';
export type { LadderOptions } from './transports/climber.ts';
export { createLadderTransport } from './transports/ladder.ts';
export { createWebSocketTransport } from './transports/websocket.ts';
