/** The figures of the overview in the SQLite store: the work is done in the worker. */
import { settleAsync } from '../base/index.ts';
import { sitesOf, toFigureSum, toNode } from './figures-rows.ts';
import { KEPT_NODE_MS, tidyingAt, type FiguresStore } from './figures.ts';
import type { SqliteReader, SqliteThread } from './sqlite-thread.ts';

/** Creates the figures of an open file. @param reader reads those of a month, which no write waits for */
export function createSqliteFigures(thread: SqliteThread, reader: SqliteReader): FiguresStore {
  return {
    write: (writer, rows) => {
      const json = JSON.stringify(
        rows.map(({ siteId, startMs, name, value }) => [siteId, startMs, name, value]),
      );
      return thread.call('writeFigures', [['writeFigures', [writer, json]]]);
    },
    read: (query) =>
      settleAsync(async () => {
        const values = [query.bucketMs, query.sinceMs, ...sitesOf(query)];
        return (await reader.call('readFigures', 'readFigures', values)).map(toFigureSum);
      }),
    tidy: (nowMs) => {
      const { rolls, forgetBeforeMs } = tidyingAt(nowMs);
      return thread.call('writeFigures', [
        ...rolls.flatMap(({ fromMs, toMs, beforeMs }) => [
          ['addRolledFigures', [toMs, fromMs, beforeMs]] as const,
          ['removeRolledFigures', [fromMs, beforeMs]] as const,
        ]),
        ['forgetFigures', [forgetBeforeMs]],
        ['forgetNodes', [nowMs - KEPT_NODE_MS]],
      ]);
    },
    keepNode: ({ id, seenMs, body }) =>
      thread.call('writeFigures', [['keepNode', [id, seenMs, JSON.stringify(body)]]]),
    listNodes: (sinceMs) =>
      settleAsync(async () => (await thread.call('readFigures', 'listNodes', [sinceMs])).map(toNode)),
  };
}
