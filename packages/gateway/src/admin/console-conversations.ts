/** The conversations of the console: read, export, erase, hold. */
import { ChatError, ConversationIdSchema, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import type { Archive } from '../conversations/archive.ts';
import type { Holds } from '../conversations/holds.ts';
import type { Uploads } from '../conversations/uploads.ts';
import { checkSchema, jsonBodyOf } from '../http/body.ts';
import { sendFile } from '../http/file-exchange.ts';
import type { ConversationRecord, Store } from '../stores/store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { streamLive, type ConsoleLiveOptions } from './console-live.ts';
import { searchConversations } from './console-search.ts';
import type { ConsoleSessions } from './console-sessions.ts';

/** What the routes of conversations need. */
export interface ConsoleConversationsOptions extends ConsoleLiveOptions {
  store: Store;
  archive: Archive;
  holds: Holds;
  uploads: Pick<Uploads, 'open' | 'put'>;
}

/** Creates the handlers. */
export function createConsoleConversations(
  options: ConsoleConversationsOptions,
  sessions: Pick<ConsoleSessions, 'find'>,
) {
  const { store, archive, holds } = options;
  const find = (asked: ConsoleRequest) => findConversation(store, asked);
  return {
    search: (asked: ConsoleRequest) => searchConversations(store, asked),
    ...createReading(options, sessions),
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
      await holds.hold((await find(asked)).id, reason);
      asked.response.status(204).end();
    },
    async lift(asked: ConsoleRequest): Promise<void> {
      await holds.lift((await find(asked)).id);
      asked.response.status(204).end();
    },
  };
}

/** What shows a conversation. */
function createReading(options: ConsoleConversationsOptions, sessions: Pick<ConsoleSessions, 'find'>) {
  const { store } = options;
  const find = (asked: ConsoleRequest) => findConversation(store, asked);
  const readAll = async (record: ConversationRecord) => {
    // The facts last: of each answer that is shown as ended they are there.
    const messages = await store.readMessages(record.id);
    return { ...record, messages, runs: await readRuns(store, record.id) };
  };
  return {
    async read(asked: ConsoleRequest): Promise<void> {
      asked.response.json({ conversation: await readAll(await find(asked)) });
    },
    async runs(asked: ConsoleRequest): Promise<void> {
      asked.response.json({ runs: await readRuns(store, (await find(asked)).id) });
    },
    async file(asked: ConsoleRequest): Promise<void> {
      const { id } = await find(asked);
      const file = await options.uploads.open(String(asked.request.params.file));
      if (file?.record.conversationId !== id) {
        file?.content.destroy();
        throw new ChatError('not-found');
      }
      await sendFile(asked.response, file, 'same-origin');
    },
    async live(asked: ConsoleRequest): Promise<void> {
      const { id, siteId } = await find(asked);
      await streamLive(options, sessions, { id, siteId, asked });
    },
    async exportOne(asked: ConsoleRequest): Promise<void> {
      const record = await find(asked);
      asked.response.attachment(`${record.id}.json`).json({ conversation: await readAll(record) });
    },
  };
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

/** The facts of the runs of a conversation, as the console and its export have them. */
const readRuns = async (store: Store, id: ConversationId) =>
  (await store.console.readFacts(id)).map(({ messageId, facts }) => ({ messageId, ...facts }));
