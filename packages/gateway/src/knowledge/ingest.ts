/**
 * Ingests one source: reads its documents, replaces those that have changed, and removes those that are gone. Each document is in the
 * store when the next one is read, so that an ingestion whose process has died goes on where it was.
 */
import type { KnowledgeDocument } from '../stores/knowledge-store.ts';
import { readDocument, type PiecedDocument, type RawDocument } from './read-document.ts';
import { DEFAULT_SOURCE } from './settings.ts';
import {
  IngestError,
  type IngestCounts,
  type IngestOptions,
  type Offered,
  type OpenSource,
} from './source.ts';
import { openFolder } from './folder-source.ts';
import { openWeb } from './web-source.ts';

/** The end of an ingestion. */
export interface IngestReport extends IngestCounts {
  source: string;
  /** Whether all was read. Otherwise nothing that was not seen was removed. */
  isComplete: boolean;
  /** What could not be read, and why; the first ones. */
  problems: readonly { url: string; problem: string }[];
}

const MAX_PROBLEMS = 20;

/**
 * Ingests a source.
 * @throws {IngestError} when the source itself cannot be read
 * @throws the reason of the signal, at once; the next ingestion of the source goes on
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const { store, siteId, source, clock, signal } = options;
  const { from, maxDocuments = DEFAULT_SOURCE.maxDocuments } = source;
  const opened = await open(options);
  try {
    const startedMs = await store.begin(siteId, from, clock.now());
    const work = new Ingestion(options, opened, startedMs);
    let count = 0;
    let isComplete = true;
    for await (const url of opened.addresses()) {
      signal.throwIfAborted();
      if (count === maxDocuments) {
        isComplete = false;
        break;
      }
      count += 1;
      await work.take(url);
    }
    if (count === 0) throw new IngestError(`${from} names no document.`);
    const unseen = isComplete ? 'remove' : 'keep';
    const removed = await store.finish(siteId, from, { nowMs: work.nowMs(), unseen });
    work.counts.removed += removed;
    return { source: from, ...work.counts, isComplete, problems: work.problems };
  } finally {
    opened.close();
  }
}

const open = (options: IngestOptions): Promise<OpenSource> =>
  /^https?:\/\//i.test(options.source.from) ? openWeb(options) : openFolder(options.source);

class Ingestion {
  readonly #options: IngestOptions;
  readonly #opened: OpenSource;
  readonly #startedMs: number;
  readonly #done = new Set<string>();
  readonly counts: IngestCounts = { added: 0, changed: 0, unchanged: 0, removed: 0, resumed: 0, failed: 0 };
  readonly problems: { url: string; problem: string }[] = [];

  constructor(options: IngestOptions, opened: OpenSource, startedMs: number) {
    this.#options = options;
    this.#opened = opened;
    this.#startedMs = startedMs;
  }

  /** Later than the beginning, also in the same millisecond. */
  nowMs(): number {
    return Math.max(this.#options.clock.now(), this.#startedMs + 1);
  }

  async take(url: string): Promise<void> {
    const { store, siteId, source } = this.#options;
    const known = await store.find(siteId, url);
    if (known?.source === source.from && known.checkedMs > this.#startedMs) {
      this.#done.add(url);
      this.#opened.follow(known.links);
      this.counts.resumed += 1;
    } else await this.#read(url, known);
    this.#options.onDocument?.({ ...this.counts });
  }

  async #read(url: string, known: KnowledgeDocument | undefined): Promise<void> {
    const { store, siteId } = this.#options;
    const offered = await this.#opened.read(url, known);
    switch (offered.kind) {
      case 'document':
        await this.#put(offered);
        break;
      case 'unchanged':
        await this.#keep(url, known);
        this.counts.unchanged += 1;
        break;
      case 'gone':
        if (await store.remove(siteId, url)) this.counts.removed += 1;
        break;
      case 'failed':
        this.#fail(url, offered.problem);
        await this.#keep(url, known);
    }
  }

  async #put({ raw, etag, lastModified }: Extract<Offered, { kind: 'document' }>): Promise<void> {
    const { store, siteId, source } = this.#options;
    const { url } = raw;
    if (this.#done.has(url)) return; // two addresses lead to it
    this.#done.add(url);
    const known = await store.find(siteId, url);
    const read = await readOrProblem(raw);
    if ('problem' in read) {
      this.#fail(url, read.problem);
      return this.#keep(url, known);
    }
    const { title, pieces, links, digest, isHidden } = read;
    this.#opened.follow(links);
    if (isHidden || pieces.length === 0) {
      if (await store.remove(siteId, url)) this.counts.removed += 1;
      return;
    }
    const nowMs = this.nowMs();
    const isSame = known?.digest === digest;
    const changedMs = isSame ? known.changedMs : nowMs;
    const document = { siteId, url, source: source.from, title, etag, lastModified, digest, links };
    await store.put({ ...document, checkedMs: nowMs, changedMs }, pieces);
    this.counts[known === undefined ? 'added' : isSame ? 'unchanged' : 'changed'] += 1;
  }

  /** What is known stays, and counts as seen. */
  async #keep(url: string, known: KnowledgeDocument | undefined): Promise<void> {
    const { store, siteId, source } = this.#options;
    if (known === undefined) return;
    this.#opened.follow(known.links);
    await store.touch({ siteId, url, source: source.from, checkedMs: this.nowMs() });
  }

  #fail(url: string, problem: string): void {
    this.counts.failed += 1;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ url, problem });
  }
}

/** A document that cannot be read fails alone. */
async function readOrProblem(raw: RawDocument): Promise<PiecedDocument | { problem: string }> {
  try {
    return (await readDocument(raw)) ?? { problem: `Documents of the type ${raw.mediaType} are not read.` };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'It cannot be read.' };
  }
}
