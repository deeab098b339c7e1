/** @rivulet/widget/client: the headless client. */
export type { Chat, ChatEvents, ChatSnapshot, ChatStatus, PendingMessage, SendOptions } from './chat.ts';
export type { Clock, Timer } from './clock.ts';
