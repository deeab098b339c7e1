/** What a chat is made of from outside, and what it is given later. */
import type { ConversationId, MessageId } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import type { Transport } from '../transports/transport.ts';

export interface ChatClientOptions {
  /** Where the gateway is, absolute, e.g. `https://chat.example.com`; a base path is kept. */
  gateway: string;
  site: string;
  /** From opening a line to its `welcome`; 4000 when absent. */
  welcomeTimeoutMs?: number;
  /** The browser when absent. */
  environment?: Environment;
  /** When absent: a WebSocket, or what works where that does not. */
  transport?: Transport;
}

export interface ChatSessionOptions {
  gateway: string;
  site: string;
  environment: Environment;
  transport: Transport;
  welcomeTimeoutMs: number;
  /** A message of this tab was taken: the conversation is there. */
  conversationStarted: (conversationId: ConversationId) => void;
  /** A message of this tab is not to be sent any more. */
  gone: (messageId: MessageId) => void;
}

/** Who brings fresh tokens of the site while the page lives. */
export interface TokenRenewal {
  /** The line is closed until the fresh one is there. */
  readonly isAsking: boolean;
  welcomed(): void;
  /** The gateway takes the token no more. @returns whether a fresh one is on its way: then nothing needs to be told */
  refused(): boolean;
  close(): void;
}
