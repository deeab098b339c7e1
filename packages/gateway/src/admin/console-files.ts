/** Serves the pages of the console: one HTML file under the address of each page, and the scripts that it loads. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RequestHandler } from 'express';
import { ROUTE_NAMES, ROUTES, type RouteName } from '../http/route-table.ts';
import { isServed, readStatic, serve, type StaticFile } from '../http/static-file.ts';

/** The path of the folder that the build writes: beside the modules in a package, and in `dist` beside the sources. */
export function consoleFolder(): string {
  const isBuilt = import.meta.url.includes('/dist/src/');
  return fileURLToPath(new URL(isBuilt ? '../../console/' : '../../dist/console/', import.meta.url));
}

/** The address of a page, which names it while its content changes. */
const PAGE = 'no-cache, max-age=0, must-revalidate';
/** For a name that contains a hash of its content. */
const FOREVER = 'private, max-age=31536000, immutable';

type PageRoute = Extract<RouteName, `GET /admin${string}`>;

/** The routes of pages: the script that all of them load reads the address. */
const PAGES = ROUTE_NAMES.filter(
  (name): name is PageRoute => name.startsWith('GET /admin') && ROUTES[name].keep === 'revalidated',
);

/**
 * Creates the handlers. The files are read and compressed once. A gateway that runs from its sources without a build has none, and
 * answers 404.
 */
export function createConsoleFiles(
  folder: string = consoleFolder(),
): Readonly<Partial<Record<RouteName, RequestHandler>>> {
  const files = readFiles(folder);
  const page = files.get('index.html');
  const servePage: RequestHandler = (request, response) => {
    serve(request, response, { file: page, cacheControl: PAGE, readers: 'same-origin' });
  };
  return {
    // Object.fromEntries forgets the key type.
    ...(Object.fromEntries(PAGES.map((name) => [name, servePage])) as Record<PageRoute, RequestHandler>),
    'GET /admin/files/:file': (request, response) => {
      const { file: name } = request.params;
      const file = typeof name === 'string' && name !== 'index.html' ? files.get(name) : undefined;
      serve(request, response, { file, cacheControl: FOREVER, readers: 'same-origin' });
    },
  };
}

function readFiles(folder: string): Map<string, StaticFile> {
  if (!existsSync(join(folder, 'index.html'))) return new Map();
  const names = readdirSync(folder).filter(isServed);
  return new Map([
    ...names.map((name) => [name, readStatic(join(folder, name))] as const),
    ['index.html', { ...readStatic(join(folder, 'index.html')), type: 'text/html; charset=utf-8' }],
  ]);
}
