/** `rivulet check`: validates a configuration without starting anything, and says what is in effect. */
import { isClusterUrl } from '../event-logs/redis-target.ts';
import { DEFAULT_LIMITS, silentLogger, type Limits } from '../base/index.ts';
import { checkSites } from '../options-check.ts';
import { OPENAI_BASE_URL } from '../providers/openai-options.ts';
import { describeRateLimits, type DescribedLimits } from '../rate-limits/describe-limits.ts';
import { DEFAULT_CAPACITY } from '../sites/desk-settings.ts';
import { createSites, type Site, type WhenInterrupted } from '../sites/sites.ts';
import { describeBudgets, type DescribedBudget, type DescribedBudgets } from '../budgets/describe-budgets.ts';
import { describeTracing } from '../telemetry/tracing-settings.ts';
import type { CommandOutput } from './command-output.ts';
import { budgetsOf } from './compose.ts';
import { composeReplies } from './compose-replies.ts';
import { composeSites } from './compose-sites.ts';
import type { Config } from './config.ts';
import { consoleRows } from './check-console.ts';
import { layKept, unknownEdits } from './check-edits.ts';
import { describePool } from './config-postgres.ts';
import { mailRows, notifyText } from './config-mail.ts';
import { describeKnowledge } from '../knowledge/describe-knowledge.ts';
import { describeWebhook } from './config-webhooks.ts';
import { NO_EDITS, readKeptEdits, type KeptEdits } from './kept-edits.ts';

/** Settings that belong together: what they are about, and the values that hold, as texts. */
export interface ConfigSection {
  title: string;
  rows: readonly (readonly [name: string, value: string | undefined])[];
}

/** What `rivulet check` says of a valid configuration. @throws {Error} as `describeConfig` */
export async function runCheck(config: Config): Promise<CommandOutput> {
  const sections = await describeConfig(config, await readKeptEdits(config));
  return {
    text: textOf(sections),
    json: {
      sections: sections.map(({ title, rows: all }) => ({ title, values: Object.fromEntries(all) })),
    },
  };
}

/** The text of `runCheck`, without what only the store knows. @throws {Error} as `describeConfig` */
export const checkConfig = async (config: Config): Promise<string> => textOf(await describeConfig(config));

const textOf = ([service, ...others]: readonly ConfigSection[]): string =>
  [
    'The configuration is valid.',
    ...['', ...rows(service?.rows ?? [])],
    ...others.flatMap((section) => ['', section.title, ...rows(section.rows)]),
    '',
  ].join('\n');

/**
 * Checks what only the start would find out, and describes the configuration. No secret is in the texts.
 * @param kept what was edited in the console, which is laid over the sites
 * @throws {Error} as `composeGateway`, apart from what depends on files, servers and networks
 */
export async function describeConfig(config: Config, kept: KeptEdits = NO_EDITS): Promise<ConfigSection[]> {
  const replies = await composeReplies(config, silentLogger);
  const { provider } = replies;
  const configured = composeSites(config, replies);
  checkSites(configured);
  createSites(configured);
  const { sites, rowsOf } = layKept(configured, kept, { config, provider });
  const { budgets: settings, prices } = budgetsOf(config, provider);
  const budgets = describeBudgets({
    settings,
    prices,
    sites,
    providerOf: (site) => site.provider ?? provider,
  });
  const described = describeRateLimits({ ...config, sites });
  const limits: Limits = { ...DEFAULT_LIMITS, ...provider.limits, ...config.limits };
  return [
    { title: 'service', rows: [...serviceRows(config), ...unknownEdits(kept)] },
    ...upstreamSections(config),
    ...webhookSections(config),
    ...(config.mail === undefined ? [] : [{ title: 'mail', rows: mailRows(config.mail) }]),
    { title: 'limits', rows: limitRows(limits) },
    { title: 'limits of visitors', rows: rateLimitRows(described) },
    ...sites.map((site, index) => ({
      title: `site ${site.id}`,
      rows: [
        ...siteRows(site, config),
        ...ownRows(described, site),
        ...budgetRows(budgets[index]),
        ...rowsOf(site.id),
      ],
    })),
  ];
}

/** Without their URLs and their secrets. */
function webhookSections({ webhooks }: Config): ConfigSection[] {
  if (webhooks.length === 0) return [];
  const described = webhooks.map((each, index): Row => [String(index + 1), describeWebhook(each)]);
  return [{ title: 'webhooks', rows: described }];
}

type Row = readonly [name: string, value: string | undefined];

/** Aligned, without those that have no value. */
function rows(all: readonly Row[]): string[] {
  const shown = all.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  return shown.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`);
}

function serviceRows(config: Config): Row[] {
  const { host, port, store, postgresUrl, postgresMigrate, redisUrl, redisDeliver, dataFolder, provider } =
    config;
  const { apiKey = [] } = provider;
  const isDemo = (provider.kind ?? (apiKey.length === 0 ? 'demo' : 'openai')) === 'demo';
  const usedStore = store ?? (postgresUrl === undefined ? 'sqlite' : 'postgres');
  return [
    ['listens on', `${host}, port ${port}`],
    ['replies', isDemo ? 'the demo, because there is no API key' : upstreamText(provider)],
    ['then asked', provider.fallbacks.length === 0 ? undefined : provider.fallbacks.join(', ')],
    ['API keys', isDemo ? undefined : String(apiKey.length)],
    ...consoleRows(config),
    ['traces', describeTracing(config.tracing)],
    ['store', usedStore === 'sqlite' ? `sqlite in ${dataFolder}` : usedStore],
    ['connections', usedStore !== 'postgres' ? undefined : describePool(config.postgresPool)],
    ['migrations', usedStore !== 'postgres' ? undefined : MIGRATE_TEXTS[postgresMigrate]],
    [
      'event log',
      redisUrl === undefined
        ? 'memory: one gateway'
        : `${isClusterUrl(redisUrl) ? 'Redis Cluster' : 'Redis'}: several gateways, deliver ${redisDeliver}`,
    ],
  ];
}

const MIGRATE_TEXTS: Record<Config['postgresMigrate'], string> = {
  start: 'when a gateway starts',
  refuse: 'by rivulet migrate; a gateway does not start on a database that is behind',
};

/** The further upstreams, by their names. */
function upstreamSections({ providers }: Config): ConfigSection[] {
  const all = Object.entries(providers).map(([name, upstream]): Row => [name, upstreamText(upstream)]);
  return all.length === 0 ? [] : [{ title: 'further upstreams', rows: all }];
}

const upstreamText = ({
  api,
  baseUrl = OPENAI_BASE_URL,
  model,
}: Pick<Config['provider'], 'api' | 'baseUrl' | 'model'>): string =>
  `${model} at ${new URL(baseUrl).host}, by ${api === 'responses' ? 'the responses API' : 'chat completions'}`;

function limitRows(limits: Limits): Row[] {
  const names = Object.keys(limits) as (keyof Limits)[]; // Object.keys forgets the key type
  return names.map((name) => {
    const isOwn = limits[name] !== DEFAULT_LIMITS[name];
    return [name, `${limits[name]}${isOwn ? ` (default ${DEFAULT_LIMITS[name]})` : ''}`];
  });
}

function rateLimitRows({ limits, proofOfWork, trustProxy }: DescribedLimits): Row[] {
  const all = Object.entries(limits).map(([name, bound]): Row => [name, String(bound)]);
  return [...all, ['proof of work', proofOfWork], ['trusted proxies', trustProxy]];
}

/** The limits of visitors that a site has for itself. */
const ownRows = ({ sites, proofsOfSites }: DescribedLimits, { id }: Site): Row[] => [
  ...Object.entries(sites[id] ?? {}).map(([name, bound]): Row => [name, String(bound)]),
  ['proof of work', proofsOfSites[id]],
];

const INTERRUPTED_TEXTS: Readonly<Record<WhenInterrupted, string>> = {
  end: 'end as interrupted',
  restart: 'are asked for again, at most twice, unless a tool may have run',
};

function siteRows(site: Site, config: Config): Row[] {
  const { systemPrompt, model, request, whenUnwatched, maxAnswerChars, fileTypes } = site;
  const { retentionDays = 'off', whenInterrupted = 'end', reattach = false } = site;
  const identity = config.sites?.find(({ id }) => id === site.id)?.identity ?? config.identity;
  const signIn = site.requireIdentity === true ? 'required' : 'possible';
  return [
    ['origins', site.origins.join(' ')],
    ['documents', describeKnowledge(site.knowledge)],
    ['switched off', site.disabled === undefined || site.disabled === false ? undefined : 'yes'],
    ['replies', site.provider === undefined ? undefined : `${site.provider.name}, in this order`],
    ['model', model],
    ['system prompt', systemPrompt === undefined ? 'none' : `${systemPrompt.length} characters`],
    ['request', request === undefined ? undefined : Object.keys(request).join(', ')],
    ['sign-in', identity === undefined ? 'none' : signIn],
    ['files', fileTypes?.length === 0 ? 'none' : fileTypes?.join(' ')],
    ['desk', deskText(site)],
    ['told by mail', notifyText(config.mail, site.notify)],
    ['client tools', site.allowClientTools === true ? 'allowed' : undefined],
    ['while an answer is written', site.whenBusy ?? 'queue'],
    [
      'answers without viewers',
      typeof whenUnwatched === 'object' ? `aborted after ${whenUnwatched.abandonAfterMs} ms` : 'finished',
    ],
    [
      'answers of a gateway that died',
      `${reattach ? 'go on where the upstream writes in the background; others ' : ''}${INTERRUPTED_TEXTS[whenInterrupted]}`,
    ],
    [
      'conversations',
      retentionDays === 'off'
        ? 'kept until they are erased'
        : `erased after ${retentionDays} days without activity, at ${config.retentionTime} UTC`,
    ],
    ['moderation', moderationText(site)],
    ['maxAnswerChars', maxAnswerChars === undefined ? undefined : String(maxAnswerChars)],
    ...widgetRows(site),
  ];
}

/** Who is there for visitors who ask for a person. */
function deskText({ desk }: Site): string | undefined {
  if (desk === undefined) return undefined;
  const { hours, assign = 'manual', capacity = DEFAULT_CAPACITY, cannedReplies = [], drafts = false } = desk;
  const open = hours === undefined ? 'whenever somebody is online' : `in its hours, ${hours.timeZone}`;
  const given = assign === 'manual' ? 'whoever takes it' : `${assign}, up to ${capacity} each`;
  return `open ${open}; ${given}; ${cannedReplies.length} canned replies; ${drafts ? '' : 'no '}drafts by the model`;
}

function moderationText({ moderation = 'off' }: Site): string {
  if (moderation === 'off') return 'none';
  const { by, onFailure = 'block', shownText = 'keep' } = moderation;
  return [
    by.map(({ name }) => name).join(', '),
    `a text is ${onFailure === 'block' ? 'blocked' : 'shown'} when that fails`,
    `what was shown of a blocked answer ${shownText === 'keep' ? 'stays' : 'is withdrawn'}`,
  ].join('; ');
}

/** What the site sets for its widget, by name: the texts are long, and the file has them. */
function widgetRows({ widget }: Site): Row[] {
  if (widget === undefined) return [];
  const { locales = {}, ...others } = widget;
  const names = Object.entries(others).flatMap(([group, value]) =>
    typeof value === 'object' ? Object.keys(value).map((name) => `${group}.${name}`) : [group],
  );
  const languages = Object.keys(locales);
  return [
    ['widget', names.length === 0 ? undefined : names.join(', ')],
    ['texts in languages', languages.length === 0 ? undefined : languages.join(', ')],
  ];
}

function budgetRows(described: DescribedBudgets | undefined): Row[] {
  if (described === undefined) return [];
  const { visitor, user, site, prices, pricesDate } = described;
  const known = pricesDate === undefined ? '' : `, list price of ${pricesDate}`;
  return [
    ['each visitor, a day', budgetText(visitor)],
    ['each user, a day', budgetText(user)],
    ['the site, a day', budgetText(site)],
    ...Object.entries(prices).map(([model, { input, output }]): Row => [
      `price of ${model}`,
      `${input} in, ${output} out for a million tokens${known}`,
    ]),
  ];
}

const budgetText = ({ tokensPerDay: tokens, moneyPerDay: money }: DescribedBudget): string =>
  [
    tokens === 'off' ? 'no limit of tokens' : `${tokens} tokens`,
    ...(money === 'off' ? [] : [`money ${money}`]),
  ].join(', ');
