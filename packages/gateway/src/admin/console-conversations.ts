/** The conversations of the console: search, read, export, erase, hold. */
import { ChatError, ConversationIdSchema, FINISH_REASONS, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import type { Archive } from '../conversations/archive.ts';
import type { Holds } from '../conversations/holds.ts';
import { checkSchema, jsonBodyOf } from '../http/body.ts';
import { NEWEST, type ConsolePosition } from '../stores/console-store.ts';
import type { ConversationRecord, Store } from '../stores/store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { streamLive, type ConsoleLiveOptions } from './console-live.ts';
import type { ConsoleSessions } from './console-sessions.ts';

/** What the routes of conversations need. */
export interface ConsoleConversationsOptions extends ConsoleLiveOptions {
  store: Store;
  archive: Archive;
  holds: Holds;
}

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const time = v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number));
const limit = v.optional(
  v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
  '50',
);
const CursorSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,16}(\.\d{1,8})?~[\w-]{1,64}$/),
  v.transform((text): ConsolePosition => {
    const [atMs = '', id = ''] = text.split('~');
    return { atMs: Number(atMs), id };
  }),
);
/** The page of a list. */
export const PageSchema = v.object({ limit, after: v.optional(CursorSchema) });
/** Times are milliseconds since 1970: `from` is included, `to` is not. */
const SearchSchema = v.object({
  ...PageSchema.entries,
  site: v.optional(short),
  visitor: v.optional(short),
  text: v.optional(short),
  rating: v.optional(v.picklist(['up', 'down'])),
  reason: v.optional(v.picklist(FINISH_REASONS)),
  tool: v.optional(short),
  /** What a visitor was shown beside an error, and what log lines have: the beginning of a run's id. */
  ref: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/))),
  from: v.optional(time, '0'),
  to: v.optional(time),
});

/** A position as a client sends it back; null when there is no next page. */
export const cursorOf = (position: ConsolePosition | undefined): string | null =>
  position === undefined ? null : `${position.atMs}~${position.id}`;

/** Creates the handlers. */
export function createConsoleConversations(
  options: ConsoleConversationsOptions,
  sessions: Pick<ConsoleSessions, 'find'>,
) {
  const { store, archive, holds } = options;
  const find = (asked: ConsoleRequest) => findConversation(store, asked);
  const readAll = async (record: ConversationRecord) => ({
    ...record,
    messages: await store.readMessages(record.id),
  });
  return {
    search: (asked: ConsoleRequest) => search(store, asked),
    async read(asked: ConsoleRequest): Promise<void> {
      asked.response.json({ conversation: await readAll(await find(asked)) });
    },
    async live(asked: ConsoleRequest): Promise<void> {
      const { id, siteId } = await find(asked);
      await streamLive(options, sessions, { id, siteId, asked });
    },
    async exportOne(asked: ConsoleRequest): Promise<void> {
      const record = await find(asked);
      asked.response.attachment(`${record.id}.json`).json({ conversation: await readAll(record) });
    },
    async erase(asked: ConsoleRequest): Promise<void> {
      const { id, siteId, ownerId } = await find(asked);
      // In the visitor's place: the archive decides as for them, and a held conversation stays.
      await archive.erase({ id: ownerId, siteId, kind: 'user' }, id);
      asked.response.status(204).end();
    },
    async hold(asked: ConsoleRequest): Promise<void> {
      const { reason } = checkSchema(
        v.strictObject({ reason: v.string() }),
        jsonBodyOf(asked.request),
        'body',
      );
      await holds.hold(await idOf(asked), reason);
      asked.response.status(204).end();
    },
    async lift(asked: ConsoleRequest): Promise<void> {
      await holds.lift(await idOf(asked));
      asked.response.status(204).end();
    },
  };

  async function idOf(asked: ConsoleRequest): Promise<ConversationId> {
    return (await find(asked)).id;
  }
}

/** Finds the conversation of the path, and records that it is touched. @throws {ChatError} not-found */
async function findConversation(
  store: Store,
  { request, touch }: ConsoleRequest,
): Promise<ConversationRecord> {
  const id = v.safeParse(ConversationIdSchema, request.params.id);
  const record = id.success ? await store.readConversation(id.output) : undefined;
  if (record === undefined) throw new ChatError('not-found');
  await touch({ target: record.id, siteId: record.siteId });
  return record;
}

async function search(store: Store, { request, response, user, touch }: ConsoleRequest): Promise<void> {
  const query = checkSchema(SearchSchema, request.query, 'query');
  const { site, visitor, text, rating, reason, tool, ref, from, to } = query;
  // Whoever has some sites searches one of them: the first, unless they name another one.
  const siteId = site ?? user.sites?.[0];
  if (visitor !== undefined && siteId === undefined)
    throw new ChatError('bad-frame', { message: 'visitor: name the site, too.' });
  await touch({ target: '', siteId: siteId ?? '' });
  const start = to === undefined ? NEWEST : { atMs: to, id: '' };
  const page = await store.console.search({
    ...{ siteId, ownerId: visitor, text, rating, finishReason: reason, tool, ref },
    sinceMs: from,
    after: query.after ?? start,
    limit: query.limit,
  });
  response.json({ conversations: page.conversations, next: cursorOf(page.next) });
}
