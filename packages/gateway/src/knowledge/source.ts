/** What an ingestion and the kinds of sources know of each other. */
import type { Clock } from '../base/index.ts';
import type { KnowledgeDocument, KnowledgeStore } from '../stores/knowledge-store.ts';
import type { RawDocument } from './read-document.ts';
import type { KnowledgeSourceSettings } from './settings.ts';

/** What an ingestion needs. */
export interface IngestOptions {
  store: KnowledgeStore;
  siteId: string;
  source: KnowledgeSourceSettings;
  clock: Clock;
  signal: AbortSignal;
  /** Called after each document. */
  onDocument?: (counts: IngestCounts) => void;
}

/** What became of the documents. */
export interface IngestCounts {
  added: number;
  changed: number;
  unchanged: number;
  /** They are not there any more, or ask not to be found. */
  removed: number;
  /** They were done before the interruption. */
  resumed: number;
  /** They could not be read. What was known of them is kept. */
  failed: number;
}

/** A source cannot be read at all. Nothing was changed. */
export class IngestError extends Error {
  override readonly name = 'IngestError';
}

/** What a source says of one of its documents. */
export type Offered =
  | { kind: 'document'; raw: RawDocument; etag: string; lastModified: string }
  | { kind: 'unchanged' | 'gone' }
  | { kind: 'failed'; problem: string };

/** A source that was opened. */
export interface OpenSource {
  /** The addresses of its documents, in the order in which they are read. `follow` may add further ones meanwhile. */
  addresses(): AsyncIterable<string>;
  /** Reads one, unless it is as the known one. Rejects only with the reason of the signal. */
  read(url: string, known: KnowledgeDocument | undefined): Promise<Offered>;
  /** Tells the links of a document. */
  follow(links: readonly string[]): void;
  close(): void;
}
