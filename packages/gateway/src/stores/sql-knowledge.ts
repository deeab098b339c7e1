/** The documents of sites in the SQL stores, over the few things in which they differ. */
import * as v from 'valibot';
import { settleAsync } from '../base/index.ts';
import type {
  FoundPiece,
  KnowledgeDocument,
  KnowledgePiece,
  KnowledgeSource,
  KnowledgeStore,
} from './knowledge-store.ts';
import type { KnowledgeStatement, KnowledgeWrite } from './knowledge-statements.ts';
import { questionTerms, termsOf } from './knowledge-terms.ts';

/** How a database runs the statements. */
export interface KnowledgeDatabase {
  /** The rows that a statement reads. */
  read: (name: KnowledgeStatement, values: readonly (string | number)[]) => Promise<readonly unknown[]>;
  /** Runs statements in one transaction, which is on disk when it resolves. @returns how many rows each has changed */
  write: (writes: readonly KnowledgeWrite[]) => Promise<number[]>;
  /** The rows of the pieces that fit best, by the terms of the question, of which there is at least one. */
  search: (siteId: string, terms: readonly string[], limit: number) => Promise<readonly unknown[]>;
}

/** Creates it for a database. */
export function createSqlKnowledge(database: KnowledgeDatabase): KnowledgeStore {
  const { read, search } = database;
  return {
    ...createIngesting(database),
    ...createDocuments(database),
    find: (siteId, url) =>
      settleAsync(async () => (await read('findKnowledge', [siteId, url])).map(toDocument)[0]),
    sources: (siteId) =>
      settleAsync(async () => (await read('listKnowledgeSources', [siteId])).map(toSource)),
    count: (siteId) =>
      settleAsync(async () => v.parse(CountsSchema, (await read('countKnowledge', [siteId, siteId]))[0])),
    search: (siteId, question, limit) =>
      settleAsync(async () => {
        const terms = questionTerms(question);
        return terms.length === 0 ? [] : (await search(siteId, terms, limit)).map(toPiece);
      }),
  };
}

const CountsSchema = v.object({ documents: v.number(), pieces: v.number() });
const StartSchema = v.object({ started_ms: v.number() });

function createIngesting({
  read,
  write,
}: KnowledgeDatabase): Pick<KnowledgeStore, 'begin' | 'finish' | 'removeSource'> {
  const startOf = async (siteId: string, source: string): Promise<number | undefined> => {
    const [row] = await read('readKnowledgeSource', [siteId, source]);
    return row === undefined ? undefined : v.parse(StartSchema, row).started_ms;
  };
  return {
    begin: (siteId, source, nowMs) =>
      settleAsync(async () => {
        await write([['beginKnowledge', [siteId, source, nowMs]]]);
        return (await startOf(siteId, source)) ?? nowMs;
      }),
    finish: (siteId, source, { nowMs, unseen }) =>
      settleAsync(async () => {
        const startedMs = await startOf(siteId, source);
        if (startedMs === undefined) return 0;
        const gone: KnowledgeWrite = ['removeKnowledgeOf', [siteId, source, startedMs]];
        const end: KnowledgeWrite = ['finishKnowledge', [nowMs, siteId, source]];
        const [, removed = 0] = await write(unseen === 'remove' ? [end, gone] : [end]);
        return removed;
      }),
    removeSource: (siteId, source) =>
      settleAsync(async () => {
        const [removed = 0] = await write([
          ['removeKnowledgeOf', [siteId, source, Number.MAX_VALUE]],
          ['removeKnowledgeSource', [siteId, source]],
        ]);
        return removed;
      }),
  };
}

const createDocuments = ({ write }: KnowledgeDatabase): Pick<KnowledgeStore, 'put' | 'touch' | 'remove'> => ({
  put: (document, pieces) =>
    settleAsync(async () => {
      await write([
        ['removeKnowledge', [document.siteId, document.url]],
        ['putKnowledge', toValues(document)],
        ...pieces.map((piece, ordinal): KnowledgeWrite => [
          'addKnowledgePiece',
          pieceValues(document, piece, ordinal),
        ]),
      ]);
    }),
  touch: ({ siteId, url, source, checkedMs }) =>
    settleAsync(async () => {
      await write([['touchKnowledge', [source, checkedMs, siteId, url]]]);
    }),
  remove: (siteId, url) =>
    settleAsync(async () => ((await write([['removeKnowledge', [siteId, url]]]))[0] ?? 0) > 0),
});

const toValues = (document: KnowledgeDocument) => [
  ...[document.siteId, document.url, document.source, document.title, document.etag, document.lastModified],
  ...[document.digest, JSON.stringify(document.links), document.checkedMs, document.changedMs],
];

function pieceValues(
  { siteId, url, title }: KnowledgeDocument,
  { heading, anchor, text }: KnowledgePiece,
  ordinal: number,
) {
  const terms = [title, heading, text].map((each) => termsOf(each).join(' '));
  const all = terms.filter((each) => each !== '').join(' ');
  return [siteId, url, ordinal, heading, anchor, text, ...terms, all];
}

const DocumentSchema = v.pipe(
  v.object({
    site_id: v.string(),
    url: v.string(),
    source: v.string(),
    title: v.string(),
    etag: v.string(),
    last_modified: v.string(),
    digest: v.string(),
    links_json: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
    checked_ms: v.number(),
    changed_ms: v.number(),
  }),
  v.transform(
    ({ site_id, last_modified, links_json, checked_ms, changed_ms, ...same }): KnowledgeDocument => ({
      ...same,
      siteId: site_id,
      lastModified: last_modified,
      links: links_json,
      checkedMs: checked_ms,
      changedMs: changed_ms,
    }),
  ),
);
const toDocument = (row: unknown): KnowledgeDocument => v.parse(DocumentSchema, row);

const SourceSchema = v.pipe(
  v.object({
    source: v.string(),
    started_ms: v.number(),
    finished_ms: v.nullable(v.number()),
    documents: v.number(),
  }),
  v.transform(({ started_ms, finished_ms, ...same }): KnowledgeSource => ({
    ...same,
    startedMs: started_ms,
    finishedMs: finished_ms,
  })),
);
const toSource = (row: unknown): KnowledgeSource => v.parse(SourceSchema, row);

const PieceSchema = v.object({
  url: v.string(),
  title: v.string(),
  ordinal: v.number(),
  heading: v.string(),
  anchor: v.string(),
  text: v.string(),
});
const toPiece = (row: unknown): FoundPiece => v.parse(PieceSchema, row);
