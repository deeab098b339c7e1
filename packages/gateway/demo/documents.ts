/** Reads the documents that the demo provider answers from. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A Markdown document that the demo searches. */
export interface DemoDocument {
  /** The first heading of level 1, else the path. */
  title: string;
  /** Relative to the folder, with `/` as the separator: `docs/decisions/0001-log.md`. */
  path: string;
  markdown: string;
}

/** Reads every `.md` file below a folder, sorted by path. Returns an empty array when there is no such folder. */
export async function loadDemoDocuments(folder: string): Promise<DemoDocument[]> {
  const paths = await listMarkdown(folder);
  return Promise.all(
    paths.map(async (path) => {
      const markdown = await readFile(join(folder, path), 'utf8');
      return { title: titleOf(markdown) ?? path, path, markdown };
    }),
  );
}

async function listMarkdown(folder: string): Promise<string[]> {
  try {
    const paths = await readdir(folder, { recursive: true });
    return paths
      .filter((path) => path.endsWith('.md'))
      .map((path) => path.replaceAll('\\', '/'))
      .sort();
  } catch (error) {
    // A gateway that runs from the sources has no documents; the demo works without them.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function titleOf(markdown: string): string | undefined {
  return /^#\s+(.+?)\s*#*$/m.exec(markdown)?.[1];
}
