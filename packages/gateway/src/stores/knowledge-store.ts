/** The part of a store that keeps the documents of sites, in pieces that are found by their words. */

/** A document of a site. Its texts are well-formed and hold no NUL. */
export interface KnowledgeDocument {
  siteId: string;
  /** Unique within the site. */
  url: string;
  /** What was named to `ingest`: the address of a sitemap or of a page, or a folder. */
  source: string;
  title: string;
  /** The `ETag` and `Last-Modified` of the answer that it came in; of a file, what tells its versions apart. Empty: there is none. */
  etag: string;
  lastModified: string;
  /** A hash of the title and the pieces: the same one means that nothing has changed. */
  digest: string;
  /** The addresses that it links to, as far as they are followed. */
  links: readonly string[];
  /** When it was last seen at its source, in milliseconds since 1970. */
  checkedMs: number;
  /** When its text last changed, in milliseconds since 1970. */
  changedMs: number;
}

/** A piece of a document: what is below one heading, or a part of that. */
export interface KnowledgePiece {
  /** The headings above it, outermost first, joined by ` › `; empty at the beginning of a document. */
  heading: string;
  /** The `id` of its heading, for the fragment of the address; empty when it has none. */
  anchor: string;
  text: string;
}

/** A piece that fits a question. */
export interface FoundPiece extends KnowledgePiece {
  url: string;
  title: string;
  /** The place of the piece in its document, from 0. */
  ordinal: number;
}

/** A source of documents, and its last ingestion. */
export interface KnowledgeSource {
  source: string;
  /** When its newest ingestion began, in milliseconds since 1970. */
  startedMs: number;
  /** When it ended; null while it runs, or when it was interrupted. */
  finishedMs: number | null;
  documents: number;
}

/** How many documents and pieces a site has. */
export interface KnowledgeCounts {
  documents: number;
  pieces: number;
}

/** The documents of all sites. They belong to no visitor, so that erasing one touches none of them. */
export interface KnowledgeStore {
  /**
   * Begins an ingestion of a source, or goes on with one that has not finished.
   * @returns when it began, which is not before the end of the one before: what was checked after that is done
   */
  begin(siteId: string, source: string, nowMs: number): Promise<number>;
  /**
   * Ends an ingestion.
   * @param end `unseen` is `remove` when the documents of the source that were not checked since it began are gone; they are removed
   * @returns how many were removed
   */
  finish(siteId: string, source: string, end: { nowMs: number; unseen: 'keep' | 'remove' }): Promise<number>;
  /** Adds a document, or replaces it with all of its pieces. */
  put(document: KnowledgeDocument, pieces: readonly KnowledgePiece[]): Promise<void>;
  /** Notes that a document is still as it was. No effect when there is none. */
  touch(place: Pick<KnowledgeDocument, 'siteId' | 'url' | 'source' | 'checkedMs'>): Promise<void>;
  /** Removes a document. @returns whether there was one */
  remove(siteId: string, url: string): Promise<boolean>;
  /** Removes a source with its documents. @returns how many documents were removed */
  removeSource(siteId: string, source: string): Promise<number>;
  /** @returns undefined when there is no such document */
  find(siteId: string, url: string): Promise<KnowledgeDocument | undefined>;
  /** The sources of a site, in the order of their names. */
  sources(siteId: string): Promise<KnowledgeSource[]>;
  count(siteId: string): Promise<KnowledgeCounts>;
  /**
   * The pieces of a site that have words of the question, those that fit best first: by BM25, in which a word of the title counts three
   * times and one of a heading twice. Case, accents and English endings do not matter; Chinese, Japanese and Korean are found by pairs of characters.
   */
  search(siteId: string, question: string, limit: number): Promise<FoundPiece[]>;
}
