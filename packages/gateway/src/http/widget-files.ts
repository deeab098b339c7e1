/** Serves the widget's files: the loader that a page references, and the hashed modules that the loader imports. */
import { readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Router, type Request } from 'express';
import { presentationOf } from '../sites/site-presentation.ts';
import type { Site, Sites } from '../sites/sites.ts';
import { addRoutes } from './route-table.ts';
import { scriptOfUnknownSite, siteScript } from './site-script.ts';
import { isServed, readStatic, serve, toStatic, type StaticFile } from './static-file.ts';

/** The body of `/rivulet/integrity.json`: what a page needs to pin exactly these files. Paths are relative to the router. */
export interface WidgetIntegrity {
  /** The path of the loader under a name that changes with its content. */
  script: string;
  /** The hash of the loader, as the value of an `integrity` attribute. */
  integrity: string;
  /** The hash of each module that the loader may import, by path: the `integrity` of an import map. */
  modules: Record<string, string>;
}

/** The widget's files cannot be served. The message names the folder and says what to do. */
export class WidgetFilesError extends Error {
  override readonly name = 'WidgetFilesError';
  /** The folder that was read. */
  readonly folder: string;

  constructor(folder: string, problem: string, cause?: unknown) {
    super(
      `The widget folder ${folder} ${problem}. Build the widget or set \`widgetFolder\` to a folder that contains rivulet.js.`,
      { cause },
    );
    this.folder = folder;
  }
}

/** The path of the folder in `@rivulet/widget` that contains the files of the script tag. */
export function widgetFolder(): string {
  return fileURLToPath(new URL('.', import.meta.resolve('@rivulet/widget/cdn/rivulet.js')));
}

/**
 * Creates the routes `GET /rivulet.js`, the same file as `/rivulet-<hash>.js`, `/rivulet/<file>`, `/rivulet/site.json` and
 * `/rivulet/integrity.json`. The files are read and compressed once, at the start, because they are few and small, and those of a site
 * once until it changes; in brotli as the build has written it. Pages of any origin may load them.
 * @param folder the path of the folder that contains `rivulet.js`
 * @param sites those of the gateway, which may change
 * @throws {WidgetFilesError} when the folder cannot be read or has no `rivulet.js` or `site.js`
 */
export function createWidgetRoutes(folder: string, sites: Pick<Sites, 'find' | 'has'>): Router {
  const files = readFiles(folder);
  const loader = files.get('rivulet.js');
  if (loader === undefined) throw new WidgetFilesError(folder, 'has no rivulet.js');
  const part = files.get('site.js');
  if (part === undefined) throw new WidgetFilesError(folder, 'has no site.js');
  // Only a part of a script, which is not served by itself.
  files.delete('site.js');
  const ofSites = createSiteFiles({ loader, part }, sites);
  const integrity = integrityOf(loader, files);
  const hashes = toStatic(Buffer.from(JSON.stringify(integrity, null, 2)), '.json');
  const router = Router();
  addRoutes(router, {
    'GET /rivulet.js': (request, response) => {
      const id = siteIn(request);
      if (id === undefined) serve(request, response, { file: loader, cacheControl: FIVE_MINUTES });
      else serve(request, response, { file: ofSites.script(id), cacheControl: ONE_MINUTE });
    },
    'GET /rivulet/site.json': (request, response) => {
      const file = ofSites.json(siteIn(request) ?? '');
      serve(request, response, { file, cacheControl: ONE_MINUTE });
    },
    'GET /rivulet-:hash.js': (request, response) => {
      // The loader of another version is a 404: its page would refuse this content anyway, because of the hash.
      const file = request.path === integrity.script ? loader : undefined;
      serve(request, response, { file, cacheControl: FOREVER });
    },
    'GET /rivulet/integrity.json': (request, response) => {
      serve(request, response, { file: hashes, cacheControl: FIVE_MINUTES });
    },
    'GET /rivulet/licenses.txt': (request, response) => {
      serve(request, response, { file: files.get('licenses.txt'), cacheControl: FIVE_MINUTES });
    },
    'GET /rivulet/:file': (request, response) => {
      const { file: name } = request.params;
      const file = typeof name === 'string' ? files.get(name) : undefined;
      serve(request, response, { file, cacheControl: FOREVER });
    },
  });
  return router;
}

/** Reads what the route `/rivulet/integrity.json` of a gateway with this folder answers. @throws {WidgetFilesError} */
export function readWidgetIntegrity(folder: string): WidgetIntegrity {
  const files = readFiles(folder);
  const loader = files.get('rivulet.js');
  if (loader === undefined) throw new WidgetFilesError(folder, 'has no rivulet.js');
  files.delete('site.js');
  return integrityOf(loader, files);
}

/** For a name that stays the same while its content changes: an update reaches every page within five minutes. */
const FIVE_MINUTES = 'public, max-age=300';
/** For what a site owner changes and wants to see. */
const ONE_MINUTE = 'public, max-age=60, must-revalidate';
/** For a name that contains a hash of its content. */
const FOREVER = 'public, max-age=31536000, immutable';
/** Hexadecimal digits of the hash in the loader's name: 64 bits tell versions apart; `integrity` contains the whole hash. */
const NAME_HASH_LENGTH = 16;

function readFiles(folder: string): Map<string, StaticFile> {
  try {
    const names = readdirSync(folder).filter(isServed);
    return new Map(names.map((name) => [name, readStatic(join(folder, name))]));
  } catch (error) {
    throw new WidgetFilesError(folder, 'cannot be read', error);
  }
}

function integrityOf(loader: StaticFile, files: ReadonlyMap<string, StaticFile>): WidgetIntegrity {
  const hash = createHash('sha384').update(loader.bodies.identity).digest('hex').slice(0, NAME_HASH_LENGTH);
  const modules = [...files].filter(([name]) => name.endsWith('.js') && name !== 'rivulet.js');
  return {
    script: `/rivulet-${hash}.js`,
    integrity: loader.integrity,
    modules: Object.fromEntries(modules.map(([name, { integrity }]) => [`/rivulet/${name}`, integrity])),
  };
}

/** The site that a URL names. An empty name is none. */
const siteIn = ({ query }: Request): string | undefined =>
  typeof query.site === 'string' && query.site !== '' ? query.site : undefined;

/** The files of the sites. A site that has changed is another object, whose files are made anew. */
function createSiteFiles(
  { loader, part }: { loader: StaticFile; part: StaticFile },
  sites: Pick<Sites, 'find' | 'has'>,
) {
  const [loaderText, partText] = [loader.bodies.identity.toString(), part.bodies.identity.toString()];
  const ofUnknown = toStatic(Buffer.from(scriptOfUnknownSite(loaderText)), '.js');
  const known = new WeakMap<Site, { script: StaticFile; json: StaticFile }>();
  const filesOf = (site: Site) => {
    const presentation = presentationOf(site);
    const made = known.get(site) ?? {
      script: toStatic(Buffer.from(siteScript(loaderText, partText, presentation)), '.js'),
      json: toStatic(Buffer.from(JSON.stringify(presentation)), '.json'),
    };
    known.set(site, made);
    return made;
  };
  return {
    script: (id: string): StaticFile => (sites.has(id) ? filesOf(sites.find(id)).script : ofUnknown),
    json: (id: string): StaticFile | undefined => (sites.has(id) ? filesOf(sites.find(id)).json : undefined),
  };
}
