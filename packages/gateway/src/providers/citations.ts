/** Collects what an answer cites, and gives it as sources at the end: a source within a text would divide it. */
import { createHash } from 'node:crypto';
import { record, textOf } from './json-fields.ts';
import type { ProviderEvent } from './provider.ts';

/** The citations of one answer. */
export interface Citations {
  /** Reads an annotation of a text, of any kind. */
  read(annotation: unknown): void;
  /** Adds a source for each page and file that is cited. */
  end(events: ProviderEvent[]): void;
}

type Source = Extract<ProviderEvent, { type: 'source' }>;

/** Far more than a reader looks at. */
const MAX_SOURCES = 64;
const ID_CHARS = 16;

/** Creates the collector of one answer. */
export function createCitations(): Citations {
  const sources = new Map<string, Source>();
  return {
    read(annotation) {
      if (sources.size === MAX_SOURCES) return;
      const source = sourceOf(record(annotation));
      if (source !== undefined && !sources.has(source.sourceId)) sources.set(source.sourceId, source);
    },
    end(events) {
      events.push(...sources.values());
    },
  };
}

function sourceOf(annotation: Record<string, unknown>): Source | undefined {
  // Chat completions put the citation of a page into a field of its name.
  const {
    type,
    url,
    title,
    file_id: fileId,
    filename,
  } = { ...annotation, ...record(annotation.url_citation) };
  if (type === 'url_citation') {
    const page = URL.parse(textOf(url));
    if (page === null || !/^https?:$/.test(page.protocol)) return undefined;
    return { type: 'source', sourceId: idOf(page.href), title: textOf(title) || page.host, url: page.href };
  }
  const name = textOf(filename) || textOf(fileId);
  if (name === '') return undefined;
  return { type: 'source', sourceId: idOf(textOf(fileId) || name), title: name };
}

/** The same for the same page, also in another round of the answer. */
const idOf = (what: string): string =>
  createHash('sha256').update(what).digest('base64url').slice(0, ID_CHARS);
