/** Reads the text of a PDF, by the optional package `unpdf`. */
import { MissingPackageError } from '../base/index.ts';
import type { Block, ReadDocument } from './pieces.ts';

/** Reads a PDF; a piece is found by its page. @throws {MissingPackageError} when `unpdf` is not installed */
export async function readPdf(content: Uint8Array, name: string): Promise<ReadDocument> {
  const { extractText, getDocumentProxy, getMeta } = await loadUnpdf();
  const pdf = await getDocumentProxy(new Uint8Array(content)); // it takes the bytes away
  const { text: pages } = await extractText(pdf, { mergePages: false });
  const { info } = await getMeta(pdf);
  const blocks = pages.flatMap((text, index): Block[] => [
    { kind: 'anchor', anchor: `page=${index + 1}` },
    { kind: 'text', text },
  ]);
  const title: unknown = info.Title;
  return { title: typeof title === 'string' && title.trim() !== '' ? title.trim() : name, blocks, links: [] };
}

async function loadUnpdf() {
  try {
    return await import('unpdf');
  } catch (error) {
    throw new MissingPackageError('unpdf', 'Reading a PDF', error);
  }
}
