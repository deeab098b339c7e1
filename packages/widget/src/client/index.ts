/** `@rivulet/widget/client`: the headless client. It needs no DOM and no framework. */
export type {
  Chat,
  ChatAccess,
  ChatDesk,
  ChatEvents,
  ChatSnapshot,
  ChatStatus,
  FileLimits,
  PageTool,
  PendingMessage,
  SendOptions,
  SharedState,
  TokenSource,
  VisitorAddress,
} from './chat.ts';
export type { Clock, Timer } from '@rivulet/protocol';
export type {
  Environment,
  KeyValueStorage,
  LockNews,
  LockWay,
  Sign,
  Socket,
  SocketHandlers,
  TabChannel,
  TabLocks,
} from './environment/environment.ts';
export type { ClientChannel, ConnectionObserver, Transport } from './transports/transport.ts';
export { ChatClient, createChatClient } from './chat-client.ts';
export type { ChatClientOptions } from './connection/session-options.ts';
export { createBrowserEnvironment } from './environment/browser-environment.ts';
export type { FallbackOptions } from './transports/transport-fallback.ts';
export { createFallbackTransport } from './transports/fallback-transport.ts';
export { createWebSocketTransport } from './transports/websocket-transport.ts';
