/** Serves a customer's page from another origin than the gateway, with any Content-Security-Policy, and collects violation reports. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page that is served until `close()` is called. */
export interface HostPage {
  /** The page's origin, with the scheme `http:`. */
  url: string;
  /** The bodies of the requests to the policy's `report-uri`, in order. */
  reports: string[];
  /** Stops the server. */
  close(): Promise<void>;
}

/** What the page consists of. */
export interface HostPageOptions {
  /** Returns the whole document. Called for each request with the path and the query. A path that ends in `.xhtml` is XHTML. */
  html: (path: string) => string;
  /** The directives of the Content-Security-Policy; `report-uri` is added. Absent: no policy. */
  policy?: Readonly<Record<string, string>>;
}

/** Serves a host page on a free port. */
export async function startHostPage({ html, policy }: HostPageOptions): Promise<HostPage> {
  const reports: string[] = [];
  const directives = Object.entries(policy ?? {}).map(([name, value]) => `${name} ${value}`.trim());
  const server = createServer((request, response) => {
    if (request.url === '/report') {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        reports.push(text);
        response.writeHead(204).end();
      });
      return;
    }
    if (request.url === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': `${request.url?.endsWith('.xhtml') ? 'application/xhtml+xml' : 'text/html'}; charset=utf-8`,
      'Cross-Origin-Embedder-Policy': 'require-corp',
      ...(policy && { 'Content-Security-Policy': [...directives, 'report-uri /report'].join('; ') }),
    });
    response.end(html(request.url ?? '/'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  return {
    url: `http://127.0.0.1:${port}`,
    reports,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The content of `/rivulet/integrity.json`. */
export interface IntegrityManifest {
  /** The path of the loader under its versioned name. */
  script: string;
  /** The loader's hash, for the `integrity` attribute. */
  integrity: string;
  /** The hash of each module by its path. */
  modules: Record<string, string>;
}

/** Fetches the manifest from a running gateway. */
export async function fetchIntegrityManifest(gatewayUrl: string): Promise<IntegrityManifest> {
  const response = await fetch(`${gatewayUrl}/rivulet/integrity.json`);
  return (await response.json()) as IntegrityManifest;
}

/** The script tag with an `integrity` attribute, as SECURITY.md shows it. */
export const pinnedScriptTag = (gatewayUrl: string, { script, integrity }: IntegrityManifest): string =>
  `<script async crossorigin="anonymous" src="${gatewayUrl}${script}" integrity="${integrity}" data-site="demo"></script>`;

/** The content of an import map that makes the browser check the hash of every module. */
export const importMapOf = (gatewayUrl: string, { modules }: IntegrityManifest): string =>
  JSON.stringify({
    integrity: Object.fromEntries(Object.entries(modules).map(([path, hash]) => [gatewayUrl + path, hash])),
  });

/** The strictest policy under which {@link pinnedScriptTag} and {@link importMapOf} work. */
export function strictestPolicy(gatewayUrl: string, pinned: IntegrityManifest): Record<string, string> {
  const mapHash = createHash('sha256').update(importMapOf(gatewayUrl, pinned)).digest('base64');
  return {
    'default-src': "'none'",
    'script-src': `${gatewayUrl} 'sha256-${mapHash}'`,
    'connect-src': `${gatewayUrl} ${gatewayUrl.replace('http', 'ws')}`,
    'img-src': "'none'",
    'style-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': "'none'",
  };
}

/** A complete document that {@link strictestPolicy} allows. */
export const strictestHtml = (gatewayUrl: string, pinned: IntegrityManifest, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>
  <script type="importmap">${importMapOf(gatewayUrl, pinned)}</script></head>
  <body>${body}</body></html>`;
