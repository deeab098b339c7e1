/** The entry of the demo: a provider and tools that answer from Rivulet's own documents, without a key or a network. */
import { fileURLToPath } from 'node:url';
import type { RandomBytes } from '@rivulet/protocol';
import type { Clock } from '../src/base/clock.ts';
import type { Provider } from '../src/providers/provider.ts';
import type { Tool } from '../src/tools/tool.ts';
import { createDemoProvider } from './demo-provider.ts';
import { createDemoTools } from './demo-tools.ts';
import { loadDemoDocuments } from './documents.ts';
import { createFindPassages } from './passage-search.ts';
import { excerptOf } from './passages.ts';

export { createDemoProvider, type DemoProviderOptions } from './demo-provider.ts';
export type { DemoDocument } from './documents.ts';

/** The provider and the tools of the demo. */
export interface Demo {
  /** Answers from the documents of the installed version. */
  provider: Provider;
  /** The tools that the provider calls. They are not offered to a real model. */
  tools: Tool[];
}

/** A search result is shown as two lines of a card. */
const EXCERPT_MAX_CHARACTERS = 160;

/**
 * Creates the demo from the documents that were packed with the gateway. A gateway that runs from the sources has none: the
 * demo then replies that it found nothing.
 */
export async function createDemo({ clock, random }: { clock: Clock; random: RandomBytes }): Promise<Demo> {
  const documents = await loadDemoDocuments(fileURLToPath(new URL('documents/', import.meta.url)));
  const find = createFindPassages(documents);
  const search = (query: string) =>
    find(query).map((passage) => ({
      title: passage.heading,
      excerpt: excerptOf(passage, EXCERPT_MAX_CHARACTERS),
    }));
  return {
    provider: createDemoProvider({ documents, clock }),
    tools: createDemoTools({ search, random }),
  };
}
