/** Builds a page with Vite for production, and serves the result. */
import { rmSync } from 'node:fs';
import { preview } from 'vite';
import { startProcess } from './processes.ts';

/** A page that is served until `close()` is called. */
export interface ServedPage {
  /** The address of the page. */
  url: string;
  /** Stops the server and removes what was built. */
  close(): Promise<void>;
}

/**
 * Builds and serves the page in a folder.
 * @param root the folder's path, with a slash at its end
 * @throws {Error} with the build's error output when the build fails
 */
export async function buildAndServe(root: string): Promise<ServedPage> {
  // In a process of its own, because the test runner's NODE_ENV would make it a development build.
  const build = startProcess(['node_modules/vite/bin/vite.js', 'build', root, '--logLevel', 'error']);
  if ((await build.ended) !== 0) throw new Error(build.errors());
  const server = await preview({ root, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
  const [url = ''] = server.resolvedUrls?.local ?? [];
  return {
    url,
    async close() {
      await server.close();
      rmSync(`${root}dist`, { recursive: true });
    },
  };
}
