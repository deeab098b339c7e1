/**
 * The conversations that this person has: listed, searched, renamed, opened, taken along, erased. Over plain requests, beside
 * the line. Import it when somebody asks for it: most pages never do.
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

export interface ListOptions {
  /** 1 to 100; the gateway's 30 when absent. */
  limit?: number;
  /** `updatedAtMs` of the last one of the page before. */
  beforeMs?: number;
  /** Ends the request, which rejects. */
  signal?: AbortSignal;
}

export interface ChatHistory {
  /** The most recently changed first. Empty for a visitor who has not said anything. */
  list(options?: ListOptions): Promise<ConversationSummary[]>;
  /** Those in whose title or messages `query` stands, upper and lower case alike. */
  search(query: string, options?: ListOptions): Promise<ConversationSummary[]>;
  /** Every tab that shows it sees the new name. */
  rename(id: ConversationId, title: string): Promise<void>;
  /** Erases it; a tab that shows it begins an empty one. */
  remove(id: ConversationId): Promise<void>;
  /** Shows it in place of the one on screen. */
  open(id: ConversationId): void;
  /** Everything that the gateway has of this person: a JSON text to be saved. */
  exportAll(): Promise<Blob>;
  /** Erases everything, there and here: every tab has forgotten the person afterwards. */
  eraseAll(): Promise<void>;
}

/** Every method rejects with a ChatError: `unauthenticated` for a visitor whom the gateway does not know yet, `not-found`, or its own refusal. */
export function createHistory(chat: Pick<Chat, 'access' | 'openConversation' | 'logout'>): ChatHistory {
  const find = async (
    query: string,
    { limit, beforeMs, signal }: ListOptions,
  ): Promise<ConversationSummary[]> => {
    if (chat.access.token === undefined) return [];
    const parameters: Record<string, string> = query.trim() === '' ? {} : { query };
    if (limit !== undefined) parameters.limit = `${limit}`;
    if (beforeMs !== undefined) parameters.before = `${beforeMs}`;
    const response = await ask(chat, 'conversations', {
      parameters,
      ...(signal === undefined ? {} : { signal }),
    });
    return readConversationList(await json(response));
  };
  return {
    list: (options = {}) => find('', options),
    search: (query, options = {}) => find(query, options),
    async rename(id, title) {
      await ask(chat, `conversations/${id}`, { method: 'PATCH', body: JSON.stringify({ title }) });
    },
    async remove(id) {
      await ask(chat, `conversations/${id}`, { method: 'DELETE' });
    },
    open: (id) => {
      chat.openConversation(id);
    },
    exportAll: async () => (await ask(chat, 'export')).blob(),
    async eraseAll() {
      await ask(chat, 'visitor', { method: 'DELETE' });
      await chat.logout();
    },
  };
}

interface Asked extends RequestInit {
  parameters?: Record<string, string>;
}

/** @throws {ChatError} also when nobody answers */
async function ask(
  { access }: Pick<Chat, 'access'>,
  path: string,
  { parameters, ...init }: Asked = {},
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

/** undefined when it is none: something in between has answered. */
async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined; // the reader of the value says so
  }
}
