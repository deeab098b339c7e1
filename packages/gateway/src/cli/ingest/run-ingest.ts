/** The command `ingest` of the executable: reads the documents of a site into the store, while gateways use it. */
import { silentLogger, systemClock } from '../../base/index.ts';
import { DEFAULT_SITES } from '../../gateway-options.ts';
import { ingest, type IngestReport } from '../../knowledge/ingest.ts';
import { IngestError, type IngestCounts } from '../../knowledge/source.ts';
import type { KnowledgeSettings, KnowledgeSourceSettings } from '../../knowledge/settings.ts';
import type { Store } from '../../stores/store.ts';
import { wrongUsage } from '../arguments.ts';
import type { CommandOptions } from '../command-flags.ts';
import type { CommandOutput } from '../command-output.ts';
import { composeStore } from '../compose.ts';
import type { Config } from '../config.ts';
import { prepareDataFolder } from '../data-folder.ts';
import { FAILED } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';
import { StartError } from '../start-error.ts';

/** What `runIngest` needs. */
export interface RunIngestOptions {
  config: Config;
  options: CommandOptions;
  /** The address or the folder; undefined: the sources of the configuration. */
  source: string | undefined;
  /** Prints a line on the way. */
  report: (line: string) => void;
}

/** A line of progress after so many documents. */
const REPORT_DOCUMENTS = 50;

/**
 * Ingests one source, or all sources of the site's configuration, one after the other.
 * @throws {ConfigError} for a site that is not configured, and for flags that cannot be used
 * @throws {StartError} when the store keeps nothing, when a source cannot be read, or when it was interrupted
 * @throws {StoreError} when the store cannot be used
 */
export async function runIngest({
  config,
  options,
  source,
  report,
}: RunIngestOptions): Promise<CommandOutput> {
  const { siteId, sources, knowledge } = sourcesOf(config, options, source);
  if (config.store === 'memory')
    throw new StartError('The store is memory, which keeps nothing; set store to sqlite or postgres.');
  prepareDataFolder(config.dataFolder);
  const store = await composeStore(config, silentLogger);
  try {
    if (options.remove === true) return await remove(store, siteId, sources);
    const reports = await interruptible(
      'The ingestion was interrupted; the same command goes on where it was.',
      (signal) => ingestAll({ store, siteId, sources, report, signal }),
    );
    const { documents, pieces } = await store.knowledge.count(siteId);
    const isDone = reports.every(({ failed, isComplete }) => failed === 0 && isComplete);
    return {
      text: [
        ...reports.flatMap(linesOf),
        `The site ${siteId} has ${documents} documents in ${pieces} pieces.`,
        ...(knowledge === undefined ? [HINT] : []),
        '',
      ].join('\n'),
      json: { site: siteId, documents, pieces, sources: reports },
      ...(isDone ? {} : { exitCode: FAILED }),
    };
  } finally {
    await store.close();
  }
}

const HINT = 'Set "knowledge": {} in this site of the configuration, so that the model may search them.';

interface Ingested {
  store: Store;
  siteId: string;
  sources: readonly KnowledgeSourceSettings[];
  report: (line: string) => void;
  signal: AbortSignal;
}

async function ingestAll({ store, siteId, sources, report, signal }: Ingested): Promise<IngestReport[]> {
  const reports: IngestReport[] = [];
  for (const source of sources) {
    let count = 0;
    const onDocument = (counts: IngestCounts) => {
      count += 1;
      if (count % REPORT_DOCUMENTS === 0) report(`${source.from}: ${textOf(counts)}`);
    };
    const options = { store: store.knowledge, siteId, source, clock: systemClock, signal, onDocument };
    try {
      reports.push(await ingest(options));
    } catch (error) {
      if (error instanceof IngestError) throw new StartError(error.message);
      throw error;
    }
  }
  return reports;
}

async function remove(
  store: Store,
  siteId: string,
  sources: readonly KnowledgeSourceSettings[],
): Promise<CommandOutput> {
  let removed = 0;
  for (const { from } of sources) removed += await store.knowledge.removeSource(siteId, from);
  return { text: `Removed: documents ${removed}.\n`, json: { site: siteId, removed } };
}

const textOf = ({ added, changed, unchanged, removed, resumed, failed }: IngestCounts): string =>
  [
    `added ${added}`,
    `changed ${changed}`,
    `unchanged ${unchanged}`,
    `removed ${removed}`,
    ...(resumed === 0 ? [] : [`done before ${resumed}`]),
    ...(failed === 0 ? [] : [`failed ${failed}`]),
  ].join(', ');

const linesOf = (report: IngestReport): string[] => [
  `${report.source}: ${textOf(report)}`,
  ...report.problems.map(({ url, problem }) => `  ${url}: ${problem}`),
  ...(report.isComplete ? [] : ['  There are more documents than maxDocuments; nothing was removed.']),
];

interface Sources {
  siteId: string;
  knowledge: KnowledgeSettings | undefined;
  sources: readonly KnowledgeSourceSettings[];
}

/** @throws {ConfigError} */
function sourcesOf(config: Config, options: CommandOptions, named: string | undefined): Sources {
  const sites: readonly { id: string; knowledge?: KnowledgeSettings | undefined }[] =
    config.sites ?? DEFAULT_SITES;
  const site =
    options.site === undefined && sites.length === 1 ? sites[0] : sites.find(({ id }) => id === options.site);
  if (site === undefined)
    throw wrongUsage(`--site: expected one of the sites ${sites.map(({ id }) => id).join(', ')}`);
  const { id: siteId, knowledge } = site;
  const configured = knowledge?.sources ?? [];
  if (named === undefined) {
    if (configured.length === 0)
      throw wrongUsage(
        `expected the address of a sitemap or of a page, or a folder, after ingest; the site ${siteId} has no sources in its configuration`,
      );
    return { siteId, knowledge, sources: configured };
  }
  const known = configured.find(({ from }) => from === named);
  return { siteId, knowledge, sources: [{ ...known, from: named, ...flagsOf(options) }] };
}

/** @throws {ConfigError} */
function flagsOf(options: CommandOptions): Partial<KnowledgeSourceSettings> {
  const { 'base-url': baseUrl, 'allow-private': allowPrivate } = options;
  const isAddress = baseUrl === undefined || /^https?:$/.test(URL.parse(baseUrl)?.protocol ?? '');
  if (!isAddress) throw wrongUsage('--base-url: expected an address such as https://shop.example/docs/');
  return {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(allowPrivate === true ? { allowPrivate } : {}),
    ...numberOf(options, 'delay', 'delayMs'),
    ...numberOf(options, 'max-documents', 'maxDocuments'),
  };
}

function numberOf(
  options: CommandOptions,
  flag: 'delay' | 'max-documents',
  name: 'delayMs' | 'maxDocuments',
): Partial<KnowledgeSourceSettings> {
  const text = options[flag];
  if (text === undefined) return {};
  const value = Number(text);
  const [least, most] = name === 'delayMs' ? [0, 60_000] : [1, 100_000];
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw wrongUsage(`--${flag}: expected a whole number, ${least} to ${most}`);
  return { [name]: value };
}
