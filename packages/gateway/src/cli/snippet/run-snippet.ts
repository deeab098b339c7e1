/** The command `snippet` of the executable: what it prints, and for which site. */
import { wrongUsage } from '../arguments.ts';
import type { CommandOptions } from '../command-flags.ts';
import type { CommandOutput } from '../command-output.ts';
import type { Config } from '../config.ts';
import { DEFAULT_SITES } from '../../gateway-options.ts';
import {
  createSnippet,
  GATEWAY_URL_PROBLEM,
  readGatewayUrl,
  readWidgetIntegrity,
  widgetFolder,
  type Snippet,
} from '../../http/index.ts';
import type { Site } from '../../sites/sites.ts';

/**
 * Describes how a page shows the chat of a site.
 * @throws {ConfigError} when the site is not configured, or the URL is none
 * @throws {WidgetFilesError} when the widget is not built
 */
export function runSnippet(config: Config, { site, url }: CommandOptions): CommandOutput {
  const { id, origins } = siteOf(config, site);
  const gatewayUrl = gatewayUrlOf(config, url);
  const snippet = createSnippet({ siteId: id, gatewayUrl, integrity: readWidgetIntegrity(widgetFolder()) });
  return {
    text: describe(snippet, { id, origins, gatewayUrl, isGuess: url === undefined }),
    json: { site: id, gatewayUrl, origins, ...snippet },
  };
}

function siteOf(
  { sites: configured }: Pick<Config, 'sites'>,
  id: string | undefined,
): Pick<Site, 'id' | 'origins'> {
  const sites: readonly Pick<Site, 'id' | 'origins'>[] = configured ?? DEFAULT_SITES;
  const known = sites.map((one) => one.id).join(', ');
  const [first, second] = sites;
  const site = id === undefined && second === undefined ? first : sites.find((one) => one.id === id);
  if (site !== undefined) return site;
  throw wrongUsage(
    id === undefined
      ? `name one of the sites with --site: ${known}`
      : `--site: the configuration has no site ${id}; it has ${known}`,
  );
}

/** @throws {ConfigError} for what is no address of a gateway */
function gatewayUrlOf({ host, port }: Pick<Config, 'host' | 'port'>, url: string | undefined): string {
  if (url === undefined) {
    const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  }
  const read = readGatewayUrl(url);
  if (read === undefined) throw wrongUsage(`--url: ${GATEWAY_URL_PROBLEM}`);
  return read;
}

interface DescribeOptions {
  id: string;
  origins: readonly string[];
  gatewayUrl: string;
  isGuess: boolean;
}

function describe(snippet: Snippet, { id, origins, gatewayUrl, isGuess }: DescribeOptions): string {
  const policy = Object.entries(snippet.policy).map(([name, sources]) => `  ${name} ${sources.join(' ')}`);
  return [
    `Site ${id}, served by ${gatewayUrl}${isGuess ? ' (--url names where visitors reach it)' : ''}.`,
    `Pages of these origins may show it: ${origins.join(' ')}`,
    '',
    '1. The tag. It follows updates of the gateway, and has the texts and colours of the configuration:',
    '',
    snippet.tag,
    '',
    'If the page has a Content-Security-Policy, add to it (blob: is for pictures that visitors attach):',
    '',
    ...policy,
    '',
    '2. Or pinned: the browser refuses every other file. Print it again with each new version of the gateway. The import map stands',
    'before every script of the page. The tag has no settings of the site: the page sets its own.',
    '',
    snippet.importMap,
    snippet.pinnedTag,
    '',
    'Its Content-Security-Policy also needs, for the import map:',
    '',
    `  script-src ${snippet.importMapSource}`,
    '',
    '3. Or from npm (npm install @rivulet/widget), with any bundler:',
    '',
    snippet.npm,
    '',
    '',
  ].join('\n');
}
