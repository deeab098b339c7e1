/** The figures of the overview in the Postgres store. */
import { settleAsync } from '../base/index.ts';
import { sitesOf, toFigureSum, toNode } from './figures-rows.ts';
import { KEPT_NODE_MS, tidyingAt, type FiguresStore } from './figures.ts';
import type { PostgresDatabase, Query } from './postgres-database.ts';

/** Creates the figures of an open database. A crash of the server may lose the last 0.6 s of them. */
export function createPostgresFigures(database: PostgresDatabase): FiguresStore {
  const write = (work: (query: Query) => Promise<unknown>): Promise<void> =>
    settleAsync(() =>
      database.transaction('soon', async (query) => {
        await work(query);
        return { end: 'commit', result: undefined };
      }),
    );
  return {
    write: (writer, rows) =>
      write((query) =>
        query('writeFigures', [
          writer,
          ...[rows.map(({ siteId }) => siteId), rows.map(({ startMs }) => startMs)],
          ...[rows.map(({ name }) => name), rows.map(({ value }) => value)],
        ]),
      ),
    read: (query) =>
      settleAsync(async () => {
        const { sinceMs, bucketMs, siteIds } = query;
        const values = [bucketMs, sinceMs, sitesOf(query)[0] === 1, siteIds ?? []];
        return (await database.query('readFigures', values)).rows.map(toFigureSum);
      }),
    tidy: (nowMs) =>
      write(async (query) => {
        const { rolls, forgetBeforeMs } = tidyingAt(nowMs);
        for (const { fromMs, toMs, beforeMs } of rolls) await query('rollFigures', [fromMs, toMs, beforeMs]);
        await query('forgetFigures', [forgetBeforeMs]);
        await query('forgetNodes', [nowMs - KEPT_NODE_MS]);
      }),
    keepNode: ({ id, seenMs, body }) =>
      write((query) => query('keepNode', [id, seenMs, JSON.stringify(body)])),
    listNodes: (sinceMs) =>
      settleAsync(async () => (await database.query('listNodes', [sinceMs])).rows.map(toNode)),
  };
}
