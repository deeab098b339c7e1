/** The console of the SQL stores: executes the statements, validates the rows and converts them. */
import { MessageIdSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { settleAsync } from '../base/index.ts';
import { pageOf, prepareQuery, runIdsOf, type Scanned } from './console-search.ts';
import type { ConsoleStatement } from './console-statements.ts';
import {
  FIRST_RANK,
  type AuditEntry,
  type ConsoleFilters,
  type ConsoleQuery,
  type ConsoleSession,
  type ConsoleStore,
  type ConversationTotals,
  type MessageFacts,
  type RankPosition,
  type RankQuery,
} from './console-store.ts';
import { readRunFacts } from './run-facts.ts';
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
    rank: (query) => settleAsync(() => rank(read, rows, query)),
    readFacts: (id) => settleAsync(async () => (await read('readFacts', [id])).flatMap(toFacts)),
  };
}

type Read = ConsoleDatabase['read'];
const ScannedRowSchema = v.object({
  id: v.string(),
  updated_ms: v.number(),
  is_found: v.number(),
  cost_pico: v.nullable(v.number()),
  unpriced: v.number(),
  rated_down: v.number(),
});
type ScannedRow = v.InferOutput<typeof ScannedRowSchema>;

async function search(read: Read, rows: RowReader, query: ConsoleQuery) {
  const { siteId = '', ownerId = '', ref, after } = query;
  const { values, scan } = valuesOf(query, after.atMs, after.id);
  const { statements, ofOwner } = ownerOf(query);
  const found = await (ref === undefined
    ? read(statements.search, [...values, ...ofOwner])
    : read('searchRun', [...values, siteId, ownerId, ...runIdsOf(ref)]));
  const positionOf = ({ id, updated_ms: atMs }: ScannedRow) => ({ id, atMs });
  return pageOf(scannedOf(rows, found, positionOf), query, scan);
}

async function rank(read: Read, rows: RowReader, query: RankQuery) {
  const { sort, beforeMs, after = FIRST_RANK } = query;
  const { values, scan } = valuesOf(query, after.costPico, after.id);
  const { statements, ofOwner } = ownerOf(query);
  const isByRating = sort === 'rating';
  const order = [after.ratedDown, isByRating ? 1 : 0, beforeMs];
  const found = await read(statements.rank, [...values, ...order, ...ofOwner]);
  const positionOf = ({ id, cost_pico: costPico, rated_down: ratedDown }: ScannedRow): RankPosition => ({
    ...{ id, costPico: costPico ?? -1, ratedDown: isByRating ? ratedDown : 0 },
  });
  return pageOf(scannedOf(rows, found, positionOf), query, scan);
}

/** The values that all of these statements begin with. */
function valuesOf(
  filters: ConsoleFilters,
  ...position: [number, string]
): { values: ConsoleValue[]; scan: number } {
  const { text, marks, model, scan } = prepareQuery(filters);
  return { values: [...position, filters.sinceMs, scan, text, ...marks, model], scan };
}

/** The statements for the site and the visitor that are asked for, if any, and their values. */
function ownerOf({ siteId, ownerId }: ConsoleFilters) {
  if (siteId === undefined) return { statements: STATEMENTS.all, ofOwner: [] };
  if (ownerId === undefined) return { statements: STATEMENTS.site, ofOwner: [siteId] };
  return { statements: STATEMENTS.owner, ofOwner: [siteId, ownerId] };
}

const STATEMENTS = {
  all: { search: 'searchAll', rank: 'rankAll' },
  site: { search: 'searchSite', rank: 'rankSite' },
  owner: { search: 'searchOwner', rank: 'rankOwner' },
} as const;

function scannedOf<Position>(
  rows: RowReader,
  found: readonly unknown[],
  positionOf: (row: ScannedRow) => Position,
): Scanned<Position>[] {
  return found.map((row) => {
    const scanned = v.parse(ScannedRowSchema, row);
    const [summary] = scanned.is_found === 1 ? rows.summaries([row]) : [];
    return { position: positionOf(scanned), found: summary && { ...summary, totals: totalsOf(scanned) } };
  });
}

const totalsOf = ({
  cost_pico: costPico,
  unpriced,
  rated_down: ratedDown,
}: ScannedRow): ConversationTotals => ({
  costPico,
  unpriced,
  ratedDown,
});

const FactsRowSchema = v.object({ message_id: MessageIdSchema, facts: v.string() });

/** The facts in a row of the statement `readFacts`. What is damaged is left out: the answer itself is complete without it. */
export function toFacts(row: unknown): MessageFacts[] {
  const { message_id: messageId, facts: json } = v.parse(FactsRowSchema, row);
  const facts = readRunFacts(json);
  return facts === undefined ? [] : [{ messageId, facts }];
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
