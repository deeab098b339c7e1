/**
 * The stored conversations of the visitor: list, search, rename, open, export, erase. Uses HTTP requests outside the connection,
 * and is loaded on demand. @see PROTOCOL.md §14
 */
import {
  ChatError,
  readConversationList,
  readErrorBody,
  type ConversationId,
  type ConversationSummary,
} from '@rivulet/protocol';
import type { Chat } from '../chat.ts';

export type { ConversationSummary };

/** Options of `list` and `search`. */
export interface ListOptions {
  /** The size of a page, 1 to 100. Default: 30. */
  limit?: number;
  /** The next page begins before this time: `updatedAtMs` of the last conversation of the page before. */
  beforeMs?: number;
  /** Aborts the request, which then rejects. */
  signal?: AbortSignal;
}

/** The stored conversations of one visitor. @see createHistory */
export interface ChatHistory {
  /** Lists conversations, the most recently changed first. Empty for a visitor without a token. */
  list(options?: ListOptions): Promise<ConversationSummary[]>;
  /** Lists the conversations whose title or messages contain `query`, ignoring case. White space alone lists all. */
  search(query: string, options?: ListOptions): Promise<ConversationSummary[]>;
  /** Sets the title. Every tab that shows the conversation is updated. */
  rename(id: ConversationId, title: string): Promise<void>;
  /** Erases a conversation. A tab that shows it begins an empty one. */
  remove(id: ConversationId): Promise<void>;
  /** Shows a conversation in place of the one on screen. */
  open(id: ConversationId): void;
  /** Downloads everything that the gateway stores of this visitor, as JSON. */
  exportAll(): Promise<Blob>;
  /** Erases everything that the gateway stores of this visitor, then logs out in all tabs. */
  eraseAll(): Promise<void>;
}

/**
 * Creates the history of the visitor of `chat`. Requests reject with a ChatError: `unauthenticated` when the gateway has issued
 * no token yet, `internal` when it cannot be reached, or the refusal of the gateway, e.g. `not-found`.
 */
export function createHistory(chat: Pick<Chat, 'access' | 'openConversation' | 'logout'>): ChatHistory {
  const find = async (
    query: string,
    { limit, beforeMs, signal }: ListOptions,
  ): Promise<ConversationSummary[]> => {
    if (chat.access.token === undefined) return [];
    const parameters: Record<string, string> = query.trim() === '' ? {} : { query };
    if (limit !== undefined) parameters.limit = `${limit}`;
    if (beforeMs !== undefined) parameters.before = `${beforeMs}`;
    const response = await request(chat, 'conversations', {
      parameters,
      ...(signal === undefined ? {} : { signal }),
    });
    return readConversationList(await json(response));
  };
  return {
    list: (options = {}) => find('', options),
    search: (query, options = {}) => find(query, options),
    async rename(id, title) {
      await request(chat, `conversations/${id}`, { method: 'PATCH', body: JSON.stringify({ title }) });
    },
    async remove(id) {
      await request(chat, `conversations/${id}`, { method: 'DELETE' });
    },
    open: (id) => {
      chat.openConversation(id);
    },
    exportAll: async () => (await request(chat, 'export')).blob(),
    async eraseAll() {
      await request(chat, 'visitor', { method: 'DELETE' });
      await chat.logout();
    },
  };
}

interface HistoryRequest extends RequestInit {
  parameters?: Record<string, string>;
}

/** @throws {ChatError} the refusal of the gateway; internal: it cannot be reached */
async function request(
  { access }: Pick<Chat, 'access'>,
  path: string,
  { parameters, ...init }: HistoryRequest = {},
): Promise<Response> {
  const { gateway, site, token, fetch } = access;
  if (token === undefined) throw new ChatError('unauthenticated');
  const query = new URLSearchParams({ site, ...parameters });
  const headers = { Authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(`${gateway.replace(/\/$/, '')}/v1/${path}?${query}`, { ...init, headers });
  } catch (error) {
    throw new ChatError('internal', {
      message: 'The gateway could not be reached; try again.',
      cause: error,
    });
  }
  if (!response.ok) throw ChatError.fromBody(readErrorBody(await json(response)));
  return response;
}

/** The body as JSON; undefined when it is not JSON, because a proxy answered. */
async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined; // readConversationList and readErrorBody handle undefined
  }
}
