/** A customer's page of another origin, under any policy, that notes whatever its browser complains about. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HostPage {
  url: string;
  /** What browsers sent to the policy's `report-uri`. */
  reports: string[];
  close(): Promise<void>;
}

export interface HostPageOptions {
  /** All of the HTML; asked for at each visit, with the path and the query. */
  html: (path: string) => string;
  /** Of the Content-Security-Policy; `report-uri` is added. Absent: no policy. */
  policy?: Readonly<Record<string, string>>;
}

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
      'Content-Type': 'text/html; charset=utf-8',
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

/** As `/rivulet/integrity.json` has it. */
export interface Pinned {
  script: string;
  integrity: string;
  modules: Record<string, string>;
}

export async function readPinned(gatewayUrl: string): Promise<Pinned> {
  const response = await fetch(`${gatewayUrl}/rivulet/integrity.json`);
  return (await response.json()) as Pinned;
}

/** The tag as SECURITY.md shows it. */
export const pinnedTag = (gatewayUrl: string, { script, integrity }: Pinned): string =>
  `<script async crossorigin="anonymous" src="${gatewayUrl}${script}" integrity="${integrity}" data-site="demo"></script>`;

/** What an import map holds that makes the browser check every module as well. */
export const importMapOf = (gatewayUrl: string, { modules }: Pinned): string =>
  JSON.stringify({
    integrity: Object.fromEntries(Object.entries(modules).map(([path, hash]) => [gatewayUrl + path, hash])),
  });

/** The strictest policy that a page with {@link pinnedTag} and {@link importMapOf} can have. */
export function strictestPolicy(gatewayUrl: string, pinned: Pinned): Record<string, string> {
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

/** A whole page that {@link strictestPolicy} lets in. */
export const strictestHtml = (gatewayUrl: string, pinned: Pinned, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>
  <script type="importmap">${importMapOf(gatewayUrl, pinned)}</script></head>
  <body>${body}</body></html>`;
