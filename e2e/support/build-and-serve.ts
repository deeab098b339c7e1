/** A page that Vite builds, as its owner would build and serve it. */
import { rmSync } from 'node:fs';
import { preview } from 'vite';
import { startProcess } from './processes.ts';

/** A built page at an address of its own, until it is closed. */
export interface Served {
  url: string;
  close(): Promise<void>;
}

/** Builds the page in this folder, whose name ends with a slash, and serves it. @throws {Error} with what the build complained about */
export async function buildAndServe(root: string): Promise<Served> {
  // Not in this process: the test runner's NODE_ENV would make it a development build.
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
