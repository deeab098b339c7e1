/** The door of the demo: a provider and tools that answer from Rivulet's own documents, without a key or a network. */
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

/** What the demo brings to a gateway. */
export interface Demo {
  /** Answers from the documents of this version. */
  provider: Provider;
  /** Tools that the demo's answers call; a real model is not given them. */
  tools: Tool[];
}

/** A search result is shown as two lines of a card. */
const EXCERPT_MAX_CHARACTERS = 160;

/**
 * Reads the documents that were packed with the gateway and builds the demo's provider and tools over them. Without the
 * documents (a run from the sources) the demo still answers and says what it lacks.
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
