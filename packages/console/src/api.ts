/** The requests of the console to its gateway, and what a refusal means in words. */
import type { ConversationOwner, FinishReason, Message } from '@rivulet/protocol';
import { fill, TEXTS } from './texts.ts';

/** A user as the gateway shows them. `sites` is null when they may see all. */
export interface User {
  name: string;
  role: 'viewer' | 'agent' | 'admin';
  sites: readonly string[] | null;
}
/** A way to sign in. */
export type SignInWay = { kind: 'token' } | { kind: 'oidc'; name: string; url: string };
/** A conversation of a list. Times are milliseconds since 1970. */
export interface ListedConversation {
  id: string;
  siteId: string;
  ownerId: string;
  title: string | null;
  preview: string;
  createdAtMs: number;
  updatedAtMs: number;
  isHeld?: true;
  desk?: { owner: ConversationOwner };
  totals: ConversationTotals;
}
/** What the answers of a conversation have cost, in trillionths of the unit of the prices, and how many of them are rated as bad. */
export interface ConversationTotals {
  /** Null when the cost of no answer is known. */
  costPico: number | null;
  /** Answers whose cost is not known. */
  unpriced: number;
  ratedDown: number;
}
/** What was asked of one upstream. */
export interface AskedUpstream {
  name: string;
  model?: string;
  requests: number;
  failed: number;
  /** Why the last one failed. */
  error?: string;
  status?: number;
}
/** What the gateway keeps of a run beside its answer. What is absent is not known. Times are milliseconds since the acceptance. */
export interface RunFacts {
  messageId: string;
  ref: string;
  upstream?: string;
  model?: string;
  asked: readonly AskedUpstream[];
  /** How many gateways have worked on it, when it is more than one. */
  attempts?: number;
  usage?: {
    inputTokens: number;
    outputTokens: number;
    cachedInputTokens?: number;
    reasoningTokens?: number;
    isEstimated?: true;
  };
  costPico?: number;
  queuedMs?: number;
  firstDeltaMs?: number;
  totalMs?: number;
  toolCalls: number;
}
/** A page of a search. `next` is where it goes on; null at the end. */
export interface ConversationPage {
  conversations: readonly ListedConversation[];
  next: string | null;
}
/** A conversation with all of its messages. */
export interface StoredConversation extends Omit<ListedConversation, 'preview' | 'totals'> {
  messages: Message[];
  /** Of the answers that have ended. */
  runs: RunFacts[];
}
/** An entry of the audit log. */
export interface AuditEntry {
  id: string;
  atMs: number;
  userName: string;
  action: string;
  target: string;
  siteId: string;
  address: string;
}
/** A session of a user. */
export interface SessionRow {
  id: string;
  userName: string;
  address: string;
  createdAtMs: number;
  expiresAtMs: number;
}
/** Why an answer may have ended. */
export type Reason = FinishReason;

/** A refusal. Its message is a text for the user. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** What the gateway has said besides. */
  readonly answer: Pick<ErrorAnswer, 'problems' | 'edited'>;
  constructor(status: number, message: string, answer: ApiError['answer'] = {}) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

interface ErrorAnswer {
  code?: string;
  message?: string;
  ref?: string;
  retryAfterMs?: number;
  /** Values that cannot be used, by the path of their setting. */
  problems?: { path: string; problem: string }[];
  /** Who has edited it meanwhile. */
  edited?: { by: string; atMs: number };
}

/** The text for a refusal. */
export function refusalText(status: number, { code, message = '', ref, retryAfterMs }: ErrorAnswer): string {
  const { errors } = TEXTS;
  if (status === 0) return errors.offline;
  if (code === 'rate-limited')
    return fill(errors.throttled, { seconds: Math.ceil((retryAfterMs ?? 60_000) / 1_000) });
  if (status === 401) return errors.wrongToken;
  if (status === 403) return message.includes('another origin') ? errors.foreign : errors.forbidden;
  if (status === 404) return errors.notFound;
  if (status === 409) return fill(errors.conflict, { message });
  if (status >= 500) return fill(errors.internal, { ref: ref ?? '?' });
  return fill(errors.other, { message });
}

/** A request. `query` leaves out what is empty. */
export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  /** A body as it is, in place of JSON. */
  file?: File;
  signal?: AbortSignal | undefined;
}

/** The path of a request, with its query. */
export function pathOf(path: string, query: ApiRequest['query'] = {}): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  const text = new URLSearchParams(entries).toString();
  return `/admin/api/${path}${text === '' ? '' : `?${text}`}`;
}

/** Asks the gateway. @returns the answer; undefined for an empty one @throws {ApiError} */
export async function ask<Answer>(path: string, request: ApiRequest = {}): Promise<Answer> {
  const { method = 'GET', query, signal } = request;
  const sent = bodyOf(request);
  const response = await fetch(pathOf(path, query), {
    method,
    headers: {
      'X-Rivulet-Console': '1',
      ...(sent === undefined ? {} : { 'Content-Type': sent.type }),
    },
    credentials: 'same-origin',
    ...(sent === undefined ? {} : { body: sent.body }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, refusalText(0, {}));
  });
  const text = await response.text();
  if (!response.ok) {
    const answer = readError(text);
    throw new ApiError(response.status, refusalText(response.status, answer), answer);
  }
  // The gateway of this page answers what the types say; it is of the same version.
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

function bodyOf({ body, file }: ApiRequest): { type: string; body: string | File } | undefined {
  if (file !== undefined)
    return { type: file.type === '' ? 'application/octet-stream' : file.type, body: file };
  return body === undefined ? undefined : { type: 'application/json', body: JSON.stringify(body) };
}

/** A proxy in between may answer with a page. */
function readError(text: string): ErrorAnswer {
  try {
    return JSON.parse(text) as ErrorAnswer; // fields are optional, and used as texts only
  } catch {
    return { message: text.slice(0, 200) };
  }
}
