/** What a page needs to show the chat of a site: the tags, the lines of its policy, and the form for npm. Pure. */
import { createHash } from 'node:crypto';
import type { WidgetIntegrity } from './widget-files.ts';

/** What a snippet is made of. */
export interface SnippetOptions {
  siteId: string;
  /** Where visitors reach the gateway: an origin, or a URL with a path. No slash at the end. */
  gatewayUrl: string;
  integrity: WidgetIntegrity;
}

/** The pieces of HTML, the policy and the code. */
export interface Snippet {
  /** The tag with the options of the site, which follows updates of the gateway by itself. */
  tag: string;
  /** The import map with the hashes of the modules. It stands before every script of the page. */
  importMap: string;
  /** The tag that accepts no other file than that of this version. */
  pinnedTag: string;
  /** What the page's Content-Security-Policy needs besides what it has, by directive. */
  policy: Readonly<Record<string, readonly string[]>>;
  /** What `script-src` needs for the inline import map, with the pinned tag. */
  importMapSource: string;
  /** The code of a page with a bundler. */
  npm: string;
}

/** What a URL must be, for errors. */
export const GATEWAY_URL_PROBLEM =
  'expected where visitors reach the gateway, such as https://chat.example.com';

/** The URL without a slash at the end; undefined for what is no address of a gateway. */
export function readGatewayUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return undefined;
  const { protocol, origin, pathname, search, hash, username } = url;
  const isPlain = (protocol === 'https:' || protocol === 'http:') && search + hash + username === '';
  // Whatever could end an attribute is escaped by the URL itself, but for the apostrophe.
  if (!isPlain || pathname.includes("'")) return undefined;
  return origin + pathname.replace(/\/+$/, '');
}

/** Makes the snippet of a site. */
export function createSnippet({ siteId, gatewayUrl, integrity }: SnippetOptions): Snippet {
  const modules = Object.entries(integrity.modules).map(([path, hash]) => [gatewayUrl + path, hash] as const);
  // In one line: the hash that the policy names is that of the text between the tags, to the last space.
  const map = JSON.stringify({ integrity: Object.fromEntries(modules) });
  const { origin } = new URL(gatewayUrl);
  return {
    tag: `<script async src="${gatewayUrl}/rivulet.js?site=${siteId}" data-site="${siteId}"></script>`,
    importMap: `<script type="importmap">${map}</script>`,
    pinnedTag: `<script async crossorigin="anonymous" src="${gatewayUrl}${integrity.script}" integrity="${integrity.integrity}" data-site="${siteId}"></script>`,
    policy: {
      'script-src': [origin],
      'connect-src': [origin, origin.replace('http', 'ws')],
      'img-src': ['blob:'],
    },
    importMapSource: `'sha256-${createHash('sha256').update(map).digest('base64')}'`,
    npm: npmForm({ siteId, gatewayUrl }),
  };
}

const npmForm = ({ siteId, gatewayUrl }: Pick<SnippetOptions, 'siteId' | 'gatewayUrl'>): string =>
  [
    "import '@rivulet/widget/define';",
    '',
    "const chat = document.createElement('rivulet-chat');",
    `chat.gateway = '${gatewayUrl}';`,
    `chat.site = '${siteId}';`,
    'document.body.append(chat);',
  ].join('\n');
