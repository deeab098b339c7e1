/** The documents of sites in the memory store. A search reads every piece of the site. */
import { scoreOf, type RankedTerms } from './knowledge-rank.ts';
import type {
  FoundPiece,
  KnowledgeCounts,
  KnowledgeDocument,
  KnowledgePiece,
  KnowledgeSource,
  KnowledgeStore,
} from './knowledge-store.ts';
import { questionTerms, termsOf } from './knowledge-terms.ts';

interface Entry {
  document: KnowledgeDocument;
  pieces: readonly { piece: FoundPiece; terms: RankedTerms }[];
}

interface Ingestion {
  siteId: string;
  source: string;
  startedMs: number;
  finishedMs: number | null;
}

const keyOf = (siteId: string, name: string): string => JSON.stringify([siteId, name]);

/** Creates it. @param settle does the work as the store does: not when it is closed */
export function createMemoryKnowledge(
  settle: <Result>(work: () => Result) => Promise<Result>,
): KnowledgeStore {
  const memory = new MemoryKnowledge();
  return {
    begin: (...args) => settle(() => memory.begin(...args)),
    finish: (...args) => settle(() => memory.finish(...args)),
    put: (document, pieces) =>
      settle(() => {
        memory.put(structuredClone(document), pieces);
      }),
    touch: (place) =>
      settle(() => {
        memory.touch(place);
      }),
    remove: (...args) => settle(() => memory.remove(...args)),
    removeSource: (...args) => settle(() => memory.removeSource(...args)),
    find: (...args) => settle(() => structuredClone(memory.find(...args))),
    sources: (siteId) => settle(() => memory.sources(siteId)),
    count: (siteId) => settle(() => memory.count(siteId)),
    search: (siteId, question, limit) =>
      settle(() => structuredClone(memory.search(siteId, question).slice(0, limit))),
  };
}

class MemoryKnowledge {
  /** Bounded by what an operator ingests. */
  readonly #entries = new Map<string, Entry>();
  readonly #sources = new Map<string, Ingestion>();

  begin(siteId: string, source: string, nowMs: number): number {
    const known = this.#sources.get(keyOf(siteId, source));
    const startedMs = known?.finishedMs === null ? known.startedMs : Math.max(nowMs, known?.finishedMs ?? 0);
    this.#sources.set(keyOf(siteId, source), { siteId, source, startedMs, finishedMs: null });
    return startedMs;
  }

  finish(siteId: string, source: string, end: { nowMs: number; unseen: 'keep' | 'remove' }): number {
    const known = this.#sources.get(keyOf(siteId, source));
    if (known === undefined) return 0;
    known.finishedMs = end.nowMs;
    return end.unseen === 'remove' ? this.#removeOf(siteId, source, known.startedMs) : 0;
  }

  put(document: KnowledgeDocument, pieces: readonly KnowledgePiece[]): void {
    this.#entries.set(keyOf(document.siteId, document.url), entryOf(document, pieces));
  }

  touch({
    siteId,
    url,
    source,
    checkedMs,
  }: Pick<KnowledgeDocument, 'siteId' | 'url' | 'source' | 'checkedMs'>): void {
    const entry = this.#entries.get(keyOf(siteId, url));
    if (entry !== undefined) Object.assign(entry.document, { source, checkedMs });
  }

  remove(siteId: string, url: string): boolean {
    return this.#entries.delete(keyOf(siteId, url));
  }

  removeSource(siteId: string, source: string): number {
    this.#sources.delete(keyOf(siteId, source));
    return this.#removeOf(siteId, source, Infinity);
  }

  find(siteId: string, url: string): KnowledgeDocument | undefined {
    return this.#entries.get(keyOf(siteId, url))?.document;
  }

  sources(siteId: string): KnowledgeSource[] {
    return [...this.#sources.values()]
      .filter((each) => each.siteId === siteId)
      .map(({ source, startedMs, finishedMs }) => {
        const documents = this.#entriesOf(siteId).filter(({ document }) => document.source === source).length;
        return { source, startedMs, finishedMs, documents };
      })
      .sort((one, other) => (one.source < other.source ? -1 : 1));
  }

  count(siteId: string): KnowledgeCounts {
    const all = this.#entriesOf(siteId);
    return { documents: all.length, pieces: all.reduce((sum, { pieces }) => sum + pieces.length, 0) };
  }

  search(siteId: string, question: string): FoundPiece[] {
    return search(
      this.#entriesOf(siteId).flatMap(({ pieces }) => pieces),
      question,
    );
  }

  #entriesOf(siteId: string): Entry[] {
    return [...this.#entries.values()].filter(({ document }) => document.siteId === siteId);
  }

  #removeOf(siteId: string, source: string, untilMs: number): number {
    const gone = this.#entriesOf(siteId).filter(
      ({ document }) => document.source === source && document.checkedMs <= untilMs,
    );
    for (const { document } of gone) this.#entries.delete(keyOf(siteId, document.url));
    return gone.length;
  }
}

function entryOf(document: KnowledgeDocument, pieces: readonly KnowledgePiece[]): Entry {
  const { url, title } = document;
  return {
    document,
    pieces: pieces.map((piece, ordinal) => ({
      piece: { ...piece, url, title, ordinal },
      terms: { title: termsOf(title), heading: termsOf(piece.heading), text: termsOf(piece.text) },
    })),
  };
}

function search(pieces: Entry['pieces'], question: string): FoundPiece[] {
  const terms = questionTerms(question);
  const has = ({ title, heading, text }: RankedTerms, term: string) =>
    title.includes(term) || heading.includes(term) || text.includes(term);
  const withTerm = new Map(
    terms.map((term) => [term, pieces.filter((piece) => has(piece.terms, term)).length]),
  );
  const lengths = pieces.map(
    ({ terms: { title, heading, text } }) => title.length + heading.length + text.length,
  );
  const corpus = {
    pieces: pieces.length,
    meanLength: lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, pieces.length),
    piecesWith: (term: string) => withTerm.get(term) ?? 0,
  };
  return pieces
    .map(({ piece, terms: own }) => ({ piece, score: scoreOf(terms, own, corpus) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ piece }) => piece);
}
