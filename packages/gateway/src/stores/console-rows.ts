/** The console of the SQL stores: executes the statements, validates the rows and converts them. */
import * as v from 'valibot';
import { settleAsync } from '../base/index.ts';
import { pageOf, prepareQuery, runIdsOf } from './console-search.ts';
import type { ConsoleStatement } from './console-statements.ts';
import type { AuditEntry, ConsoleQuery, ConsoleSession, ConsoleStore } from './console-store.ts';
import type { RowReader } from './stored-row.ts';

/** A value of a statement. */
export type ConsoleValue = string | number;

/** How a SQL store executes the statements of the console. */
export interface ConsoleDatabase {
  /** @returns the rows */
  read: (name: ConsoleStatement, values: readonly ConsoleValue[]) => Promise<readonly unknown[]>;
  /** The write is on disk when it has resolved. @returns the number of rows that were written */
  write: (name: ConsoleStatement, values: readonly ConsoleValue[]) => Promise<number>;
}

/** Creates the console of an open database. */
export function createSqlConsole(database: ConsoleDatabase, rows: RowReader): ConsoleStore {
  const { read, write } = database;
  return {
    addSession: (session) =>
      settleAsync(async () => {
        const { digest, id, userName, tokenId, address, createdAtMs, expiresAtMs } = session;
        await write('addConsoleSession', [digest, id, userName, tokenId, address, createdAtMs, expiresAtMs]);
      }),
    findSession: (digest, nowMs) =>
      settleAsync(async () => (await read('findConsoleSession', [digest, nowMs])).map(toSession)[0]),
    listSessions: (nowMs) =>
      settleAsync(async () => (await read('listConsoleSessions', [nowMs])).map(toSession)),
    endSession: (id) => settleAsync(async () => (await write('endConsoleSession', [id])) > 0),
    endSessionsOf: (marks) =>
      settleAsync(async () => {
        await write('endConsoleSessionsOf', marks);
      }),
    forgetSessions: (nowMs) =>
      settleAsync(async () => {
        await write('forgetConsoleSessions', [nowMs]);
      }),
    appendAudit: ({ atMs, id, userName, action, target, siteId, address }) =>
      settleAsync(async () => {
        await write('appendAudit', [atMs, id, userName, action, target, siteId, address]);
      }),
    listAudit: ({ atMs, id }, limit) =>
      settleAsync(async () => (await read('listAudit', [atMs, id, limit])).map(toEntry)),
    search: (query) => settleAsync(() => search(read, rows, query)),
  };
}

const ScannedRowSchema = v.object({ id: v.string(), updated_ms: v.number(), is_found: v.number() });

async function search(read: ConsoleDatabase['read'], rows: RowReader, query: ConsoleQuery) {
  const { after, sinceMs } = query;
  const { text, marks, scan } = prepareQuery(query);
  const values = [after.atMs, after.id, sinceMs, scan, text, ...marks];
  const found = await readFound(read, query, values);
  const scanned = found.map((row) => {
    const { id, updated_ms: atMs, is_found: isFound } = v.parse(ScannedRowSchema, row);
    return { id, atMs, found: isFound === 1 ? rows.summaries([row])[0] : undefined };
  });
  return pageOf(scanned, query, scan);
}

function readFound(
  read: ConsoleDatabase['read'],
  { siteId, ownerId, ref }: ConsoleQuery,
  values: readonly ConsoleValue[],
): Promise<readonly unknown[]> {
  if (ref !== undefined) return read('searchRun', [...values, siteId ?? '', ownerId ?? '', ...runIdsOf(ref)]);
  if (siteId === undefined) return read('searchAll', values);
  if (ownerId === undefined) return read('searchSite', [...values, siteId]);
  return read('searchOwner', [...values, siteId, ownerId]);
}

const SessionRowSchema = v.object({
  digest: v.string(),
  id: v.string(),
  user_name: v.string(),
  token_id: v.string(),
  address: v.string(),
  created_ms: v.number(),
  expires_ms: v.number(),
});

function toSession(row: unknown): ConsoleSession {
  const {
    user_name: userName,
    token_id: tokenId,
    created_ms: createdAtMs,
    expires_ms: expiresAtMs,
    ...same
  } = v.parse(SessionRowSchema, row);
  return { ...same, userName, tokenId, createdAtMs, expiresAtMs };
}

const EntryRowSchema = v.object({
  at_ms: v.number(),
  id: v.string(),
  user_name: v.string(),
  action: v.string(),
  target: v.string(),
  site_id: v.string(),
  address: v.string(),
});

function toEntry(row: unknown): AuditEntry {
  const { at_ms: atMs, user_name: userName, site_id: siteId, ...same } = v.parse(EntryRowSchema, row);
  return { ...same, atMs, userName, siteId };
}
