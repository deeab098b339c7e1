/** A web site of documents on loopback, for tests: it has robots.txt, ETags, and counts what is asked for. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page of the site. */
export interface SitePage {
  body: string | Buffer;
  /** Default: `text/html; charset=utf-8`. */
  type?: string;
  /** Default: 200. */
  status?: number;
  location?: string;
}

/** A running site. */
export interface DocumentSite {
  /** Without a slash at its end. */
  url: string;
  /** By path. A test changes it as it likes. */
  pages: Map<string, SitePage>;
  /** The paths that were asked for, in order, with the status of the answer. */
  requests: { path: string; status: number; userAgent: string }[];
  /** Called before each answer; the answer waits for it. */
  onRequest: (path: string) => void | Promise<void>;
  stop(): Promise<void>;
}

/** Starts a site on a free port. */
export async function startDocumentSite(): Promise<DocumentSite> {
  const server = createServer((request, response) => {
    void answer(site, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server
  const site: DocumentSite = {
    url: `http://127.0.0.1:${port}`,
    pages: new Map(),
    requests: [],
    onRequest: () => undefined,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return site;
}

async function answer(site: DocumentSite, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  await site.onRequest(path);
  const page = site.pages.get(path);
  const etag = `"${Buffer.from(String(page?.body)).toString('base64url').slice(-24)}"`;
  const isKnown = page?.status === undefined && request.headers['if-none-match'] === etag;
  const status = page === undefined ? 404 : isKnown ? 304 : (page.status ?? 200);
  site.requests.push({ path, status, userAgent: request.headers['user-agent'] ?? '' });
  response.writeHead(status, {
    'content-type': page?.type ?? 'text/html; charset=utf-8',
    etag,
    ...(page?.location === undefined ? {} : { location: page.location }),
  });
  response.end(status === 200 ? page?.body : undefined);
}

/** A page of HTML. */
export const htmlPage = (title: string, body: string): SitePage => ({
  body: `<!doctype html><html><head><title>${title}</title></head><body><nav><a href="/">Home</a> Menu</nav><main>${body}</main><footer>Imprint</footer></body></html>`,
});

/** A sitemap of the paths. */
export const sitemapOf = (url: string, paths: readonly string[]): SitePage => ({
  type: 'application/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${paths
    .map((path) => `<url><loc>${url}${path}</loc></url>`)
    .join('')}</urlset>`,
});
