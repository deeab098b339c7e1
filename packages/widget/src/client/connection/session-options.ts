/** The options of a chat client and of its session. */
import type { ConversationId } from '@rivulet/protocol';
import type { OutboxMessage } from '../outbox/outbox-entry.ts';
import type { Environment } from '../environment/environment.ts';
import type { Transport } from '../transports/transport.ts';

/** Options of `createChatClient`. */
export interface ChatClientOptions {
  /** The gateway's absolute URL, e.g. `https://chat.example.com`. A base path is kept. */
  gateway: string;
  /** The id of the site at the gateway. */
  site: string;
  /** From opening a connection to its `welcome`, in milliseconds. Default: 4000. */
  welcomeTimeoutMs?: number;
  /** Clock, storage, network and tabs. Default: the browser's. */
  environment?: Environment;
  /** Default: a WebSocket, with SSE and long-polling as fallbacks. */
  transport?: Transport;
}

/** Options of a ChatSession; everything is required. */
export interface ChatSessionOptions {
  gateway: string;
  site: string;
  environment: Environment;
  transport: Transport;
  welcomeTimeoutMs: number;
  /** The first message of a new conversation was accepted. */
  conversationStarted: (conversationId: ConversationId) => void;
  /** Tells the other tabs about a message of this tab. */
  tellTabs: (message: OutboxMessage) => void;
}

/** Renews the tokens of a site's token function. Implemented in identity/renewal.ts, which is loaded on demand. */
export interface TokenRenewal {
  /** Whether a fresh token is being fetched after a rejection; the connection is closed until it arrives. */
  readonly isFetching: boolean;
  /** The gateway accepted the token. */
  welcomed(): void;
  /** The gateway rejected the token. @returns whether a fresh one is being fetched; then no error is reported */
  refused(): boolean;
  /** Another tab has the user with this key: fetches a token again, unless this tab has the same one. */
  otherTabIdentified(identityKey: string): void;
  /** Stops renewing. May be called twice. */
  close(): void;
}
