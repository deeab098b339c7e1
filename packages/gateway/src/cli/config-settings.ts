/** The environment variables and command-line flags, and where each of them belongs in the configuration. */

/** How one variable or flag is put into the configuration. */
export interface Setting {
  /** The keys that lead to the value. */
  path: readonly string[];
  /** Converts the text; what it cannot convert is left for the schema to report. Default: the text itself. */
  read?: (value: string) => unknown;
  /** Another name of the variable, which counts more, as in other programs. */
  alias?: string;
}
const readNumber = (value: string): unknown => (/^\d+$/.test(value) ? Number(value) : value);
const readDecimal = (value: string): unknown => (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value);
/** What is no JSON stays a text, and the schema reports that it expected an object. */
function readJson(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
/** A proxy is often written without its scheme. */
const readProxy = (value: string): unknown => (value.includes('://') ? value : `http://${value}`);
const readWhenUnwatched = (value: string): unknown =>
  /^\d+$/.test(value) ? { abandonAfterMs: Number(value) } : value;

/** What is neither is refused with its place. */
const readYesOrNo = (value: string): unknown =>
  value === 'true' || value === 'false' ? value === 'true' : value;

/** A number of proxies, `false`, or their addresses, separated by commas. */
const readTrustProxy = (value: string): unknown => {
  if (value === 'false') return false;
  return /^\d+$/.test(value) ? Number(value) : value.split(',').map((range) => range.trim());
};

/** JSON, or only from whom a proof is asked. */
const readProofOfWork = (value: string): unknown =>
  /^[a-z]+$/.test(value) ? { when: value } : readJson(value);

/** The environment variables that are read, by name. */
export const ENVIRONMENT: Readonly<Record<string, Setting>> = {
  PORT: { path: ['port'], read: readNumber },
  HOST: { path: ['host'] },
  OPENAI_API_KEY: { path: ['provider', 'apiKey'] },
  OPENAI_BASE_URL: { path: ['provider', 'baseUrl'] },
  RIVULET_MODEL: { path: ['provider', 'model'] },
  RIVULET_API: { path: ['provider', 'api'] },
  RIVULET_USAGE: { path: ['provider', 'usage'] },
  RIVULET_THINK_TAGS: { path: ['provider', 'thinkTags'] },
  RIVULET_TEMPERATURE: { path: ['provider', 'request', 'temperature'], read: readDecimal },
  RIVULET_TOP_P: { path: ['provider', 'request', 'topP'], read: readDecimal },
  RIVULET_MAX_TOKENS: { path: ['provider', 'request', 'maxTokens'], read: readNumber },
  RIVULET_MAX_COMPLETION_TOKENS: { path: ['provider', 'request', 'maxCompletionTokens'], read: readNumber },
  RIVULET_REASONING_EFFORT: { path: ['provider', 'request', 'reasoningEffort'] },
  RIVULET_REASONING_SUMMARY: { path: ['provider', 'request', 'reasoningSummary'] },
  RIVULET_BUILT_IN_TOOLS: { path: ['provider', 'request', 'builtInTools'], read: readJson },
  RIVULET_SYSTEM_ROLE: { path: ['provider', 'request', 'systemRole'] },
  RIVULET_CONTEXT_WINDOW: { path: ['provider', 'request', 'contextWindowTokens'], read: readNumber },
  RIVULET_MAX_CONTEXT_TOKENS: { path: ['limits', 'maxContextTokens'], read: readNumber },
  RIVULET_EXTRA_BODY: { path: ['provider', 'request', 'extraBody'], read: readJson },
  RIVULET_EXTRA_HEADERS: { path: ['provider', 'request', 'extraHeaders'], read: readJson },
  HTTP_PROXY: { path: ['provider', 'proxy', 'http'], read: readProxy, alias: 'http_proxy' },
  HTTPS_PROXY: { path: ['provider', 'proxy', 'https'], read: readProxy, alias: 'https_proxy' },
  NO_PROXY: { path: ['provider', 'proxy', 'except'], alias: 'no_proxy' },
  RIVULET_UPSTREAM_HEADERS_MS: { path: ['limits', 'upstreamHeadersMs'], read: readNumber },
  RIVULET_UPSTREAM_FIRST_CONTENT_MS: { path: ['limits', 'upstreamFirstContentMs'], read: readNumber },
  RIVULET_UPSTREAM_GAP_MS: { path: ['limits', 'upstreamGapMs'], read: readNumber },
  RIVULET_UPSTREAM_TOTAL_MS: { path: ['limits', 'upstreamTotalMs'], read: readNumber },
  RIVULET_MAX_UPSTREAM_REQUESTS: { path: ['limits', 'maxUpstreamRequests'], read: readNumber },
  RIVULET_MAX_UPSTREAM_RETRIES: { path: ['limits', 'maxUpstreamRetries'], read: readNumber },
  RIVULET_DATA: { path: ['dataFolder'] },
  RIVULET_POSTGRES_URL: { path: ['postgresUrl'] },
  RIVULET_POSTGRES_MIGRATE: { path: ['postgresMigrate'] },
  RIVULET_POSTGRES_MAX_CONNECTIONS: { path: ['postgresPool', 'maxConnections'], read: readNumber },
  RIVULET_POSTGRES_MAX_WAITING: { path: ['postgresPool', 'maxWaiting'], read: readNumber },
  RIVULET_POSTGRES_MAX_WAIT_MS: { path: ['postgresPool', 'maxWaitMs'], read: readNumber },
  RIVULET_REDIS_URL: { path: ['redisUrl'] },
  RIVULET_REDIS_DELIVER: { path: ['redisDeliver'] },
  RIVULET_SECRET: { path: ['secret'] },
  RIVULET_IDENTITY_SECRET: { path: ['identity', 'secret'] },
  RIVULET_IDENTITY_JWKS_URL: { path: ['identity', 'jwksUrl'] },
  RIVULET_BUDGETS: { path: ['budgets'], read: readJson },
  RIVULET_MODERATION: { path: ['moderation'], read: readJson },
  RIVULET_WEBHOOKS: { path: ['webhooks'], read: readJson },
  RIVULET_MAIL: { path: ['mail'], read: readJson },
  RIVULET_MAIL_PASSWORD: { path: ['mail', 'password'] },
  RIVULET_PRICES: { path: ['prices'], read: readJson },
  RIVULET_WHEN_UNWATCHED: { path: ['whenUnwatched'], read: readWhenUnwatched },
  RIVULET_WHEN_INTERRUPTED: { path: ['whenInterrupted'] },
  RIVULET_REATTACH: { path: ['reattach'], read: readYesOrNo },
  RIVULET_RETENTION_DAYS: { path: ['retentionDays'], read: readNumber },
  RIVULET_RETENTION_TIME: { path: ['retentionTime'] },
  RIVULET_RATE_LIMITS: { path: ['rateLimits'], read: readJson },
  RIVULET_PROOF_OF_WORK: { path: ['proofOfWork'], read: readProofOfWork },
  RIVULET_TRUST_PROXY: { path: ['trustProxy'], read: readTrustProxy },
  RIVULET_ADMIN_TOKEN: { path: ['adminToken'] },
  RIVULET_ADMIN_PORT: { path: ['adminPort'], read: readNumber },
  RIVULET_ADMIN_USERS: { path: ['adminUsers'], read: readJson },
  RIVULET_CONSOLE_TOKEN: { path: ['consoleToken'] },
  RIVULET_ADMIN_URL: { path: ['adminUrl'] },
  RIVULET_ADMIN_OIDC: { path: ['adminOidc'], read: readJson },
  RIVULET_ADMIN_OIDC_SECRET: { path: ['adminOidc', 'clientSecret'] },
  RIVULET_ADMIN_HOST: { path: ['adminHost'] },
  RIVULET_TRACING: { path: ['tracing'], read: readJson },
  LOG_LEVEL: { path: ['logLevel'] },
};

/** The command-line flags that are read, by name without dashes. */
export const FLAGS: Readonly<Record<string, Setting>> = {
  port: { path: ['port'], read: readNumber },
  host: { path: ['host'] },
  data: { path: ['dataFolder'] },
  model: { path: ['provider', 'model'] },
  usage: { path: ['provider', 'usage'] },
  'when-unwatched': { path: ['whenUnwatched'], read: readWhenUnwatched },
  'log-level': { path: ['logLevel'] },
};
