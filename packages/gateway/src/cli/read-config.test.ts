import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.ts';
import { readConfig } from './read-config.ts';

const read = (sources: Partial<Parameters<typeof readConfig>[0]> = {}) =>
  readConfig({ environment: {}, flags: {}, ...sources });
const invalidValues = (sources: Partial<Parameters<typeof readConfig>[0]>) => {
  try {
    read(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.invalidValues;
    throw error;
  }
  return [];
};

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(read()).toMatchObject({ host: '127.0.0.1', port: 8787, dataFolder: './data' });
  });

  it('prefers flags to the environment, and the environment to the file', () => {
    const file = { name: 'rivulet.json', value: { port: 1, host: 'file', dataFolder: 'file' } };
    const config = read({ file, environment: { PORT: '2', HOST: 'environment' }, flags: { port: '3' } });
    expect(config).toMatchObject({ port: 3, host: 'environment', dataFolder: 'file' });
  });

  it('reads from the environment whether think tags are separated (G01)', () => {
    expect(read().provider.thinkTags).toBe('auto');
    expect(read({ environment: { RIVULET_THINK_TAGS: 'off' } }).provider.thinkTags).toBe('off');
    expect(invalidValues({ environment: { RIVULET_THINK_TAGS: 'no' } })).toEqual([
      { place: 'RIVULET_THINK_TAGS', problem: 'expected auto or off' },
    ]);
  });

  it('refuses a base URL that ends in the path of a request, and a key in quotes, with what to write', () => {
    const environment = {
      OPENAI_BASE_URL: 'https://api.example/v1/chat/completions',
      OPENAI_API_KEY: '"sk-1"',
    };
    expect(invalidValues({ environment })).toMatchObject([
      { place: 'OPENAI_API_KEY', problem: expect.stringContaining('without quotes') as string },
      { place: 'OPENAI_BASE_URL', problem: expect.stringContaining('up to and with /v1') as string },
    ]);
  });

  it('treats an empty variable as unset', () => {
    expect(read({ environment: { PORT: '', OPENAI_API_KEY: '' } })).toMatchObject({ port: 8787 });
  });

  it('reports every invalid value at once, with the place it comes from', () => {
    const file = {
      name: 'rivulet.json',
      value: { limits: { drainMs: 0 }, sites: [{ id: 'a b', origins: [] }], colour: 1 },
    };
    const places = invalidValues({ file, environment: { PORT: 'eighty', OPENAI_BASE_URL: 'ftp://x' } });
    expect(places.map(({ place }) => place).sort()).toEqual([
      'OPENAI_BASE_URL',
      'PORT',
      'rivulet.json: colour',
      'rivulet.json: limits.drainMs',
      'rivulet.json: sites.0.id',
      'rivulet.json: sites.0.origins',
    ]);
  });

  it('names the variable of a value that is one of several in its JSON', () => {
    const environment = { RIVULET_PROOF_OF_WORK: 'yes', RIVULET_MODERATION: '{"words":5}' };
    const places = invalidValues({ environment }).map(({ place }) => place);
    expect(places).toEqual(['RIVULET_PROOF_OF_WORK: when', 'RIVULET_MODERATION: words']);
  });

  it('reads what happens to replies without viewers, globally and for one site', () => {
    const sites = [{ id: 'a', origins: ['*'], whenUnwatched: { abandonAfterMs: 5_000 } }];
    const config = read({
      file: { name: 'rivulet.json', value: { sites } },
      environment: { RIVULET_WHEN_UNWATCHED: 'finish' },
      flags: { 'when-unwatched': '30000' },
    });
    expect(config.whenUnwatched).toEqual({ abandonAfterMs: 30_000 });
    expect(config.sites).toEqual(sites);
    expect(read().whenUnwatched).toBe('finish');
  });

  it.each(['stop', '999', '600001'])('rejects %s for replies without viewers', (value) => {
    const [bad] = invalidValues({ environment: { RIVULET_WHEN_UNWATCHED: value } });
    expect(bad?.problem).toContain('1000 to 600000');
  });

  it('reads the longest answer, globally and for one site', () => {
    const sites = [{ id: 'a', origins: ['*'], maxAnswerChars: 67_108_864 }];
    const value = { limits: { maxAnswerChars: 4_000 }, sites };
    expect(read({ file: { name: 'rivulet.json', value } })).toMatchObject(value);
  });

  it.each([0, -1, 1.5, '4000', null, 67_108_865])('rejects %j as the longest answer', (maxAnswerChars) => {
    const sites = [{ id: 'a', origins: ['*'], maxAnswerChars }];
    const bad = invalidValues({ file: { name: 'a.json', value: { limits: { maxAnswerChars }, sites } } });
    const problem = 'expected a whole number of characters, 1 to 67108864';
    expect(bad).toEqual([
      { place: 'a.json: sites.0.maxAnswerChars', problem },
      { place: 'a.json: limits.maxAnswerChars', problem },
    ]);
  });

  it('reads budgets and prices, for all sites and for one, from the file and the environment', () => {
    const sites = [{ id: 'a', origins: ['*'], budgets: 'off' }];
    const prices = { mine: { input: 1, output: 2 } };
    const budgets = { visitor: { tokensPerDay: 9 }, site: { moneyPerDay: 0.5 } };
    const file = { name: 'a.json', value: { sites, prices, budgets } };
    expect(read({ file })).toMatchObject({ sites, prices, budgets });
    expect(read({ file, environment: { RIVULET_BUDGETS: 'off' } }).budgets).toBe('off');
    expect(read().budgets).toBeUndefined();
  });

  it.each([
    ['RIVULET_BUDGETS', 'on'],
    ['RIVULET_BUDGETS', '7'],
    ['RIVULET_PRICES', 'free'],
  ])('rejects %s=%s and names it', (name, value) => {
    expect(invalidValues({ environment: { [name]: value } })).toMatchObject([{ place: name }]);
  });

  it('names the place of a bad budget or price in the file', () => {
    const value = { budgets: { site: { tokensPerDay: -1 } }, prices: { mine: { input: 1, output: -2 } } };
    expect(invalidValues({ file: { name: 'a.json', value } }).map(({ place }) => place)).toEqual([
      ...['a.json: budgets.site.tokensPerDay', 'a.json: prices.mine.output'],
    ]);
  });

  it('requests token counts from the upstream, or omits the request', () => {
    expect(read().provider.usage).toBe('include');
    expect(read({ flags: { usage: 'omit' } }).provider.usage).toBe('omit');
    expect(invalidValues({ environment: { RIVULET_USAGE: 'no' } })).toMatchObject([
      { place: 'RIVULET_USAGE' },
    ]);
  });

  it('reads the limits of visitors and the proxies from the file and the environment', () => {
    const site = { id: 'a', origins: ['*'], rateLimits: { visitor: { messagesPerMinute: 5 } } };
    const file = { name: 'a.json', value: { sites: [site], rateLimits: { site: { runsAtOnce: 300 } } } };
    expect(read({ file })).toMatchObject({ ...file.value, trustProxy: false });
    const environment = { RIVULET_RATE_LIMITS: 'off', RIVULET_TRUST_PROXY: 'loopback, 10.0.0.0/8' };
    const config = read({ environment });
    expect(config).toMatchObject({ rateLimits: 'off', trustProxy: ['loopback', '10.0.0.0/8'] });
    expect(read({ environment: { RIVULET_TRUST_PROXY: '2' } }).trustProxy).toBe(2);
  });

  it.each<[Record<string, string>, string]>([
    [{ RIVULET_RATE_LIMITS: 'none' }, 'expected an object of limits, or "off"'],
    [{ RIVULET_RATE_LIMITS: '{"site":{"messagesPerMinute":10}}' }, 'one visitor could use up the site'],
    [{ RIVULET_TRUST_PROXY: '0' }, 'expected false, the number of proxies'],
    [{ RIVULET_TRUST_PROXY: 'proxy.example' }, 'expected false, the number of proxies'],
  ])('rejects %j by its name', (environment, problem) => {
    const [bad, ...others] = invalidValues({ environment });
    expect([bad?.place, others]).toEqual([Object.keys(environment)[0], []]);
    expect(bad?.problem).toContain(problem);
  });

  it.each([0, -1, 1.5, '20', null])('rejects %j as a limit of visitors, with its place', (bound) => {
    const value = { rateLimits: { visitor: { messagesPerMinute: bound } } };
    expect(invalidValues({ file: { name: 'a.json', value } })).toEqual([
      {
        place: 'a.json: rateLimits.visitor.messagesPerMinute',
        problem: 'expected a whole number, at least 1, or "off"',
      },
    ]);
  });

  it('reads the settings of requests for all sites and for one, from the file and the environment', () => {
    const request = { temperature: 0, extraHeaders: { 'x-team': 'blue' } };
    const value = { provider: { request }, sites: [{ id: 'a', origins: ['*'], request: { maxTokens: 9 } }] };
    const environment = { RIVULET_TEMPERATURE: '0.5', RIVULET_EXTRA_BODY: '{"top_k":3}' };
    const config = read({ file: { name: 'a.json', value }, environment });
    expect(config.provider.request).toEqual({ ...request, temperature: 0.5, extraBody: { top_k: 3 } });
    expect(config.sites).toEqual(value.sites);
  });

  it.each([
    ['RIVULET_TEMPERATURE', 'hot'],
    ['RIVULET_TOP_P', '1.5'],
    ['RIVULET_MAX_TOKENS', '-1'],
    ['RIVULET_MAX_COMPLETION_TOKENS', '1.5'],
    ['RIVULET_REASONING_EFFORT', 'very high'],
    ['RIVULET_SYSTEM_ROLE', 'root'],
    ['RIVULET_EXTRA_BODY', '{top_k:3}'],
    ['RIVULET_EXTRA_HEADERS', '{"a b":"c"}'],
  ])('rejects %s=%s by its name', (name, value) => {
    expect(invalidValues({ environment: { [name]: value } }).map(({ place }) => place)).toEqual([name]);
  });

  it('reads one key or several, and rejects keys that no header can carry', () => {
    const keysOf = (OPENAI_API_KEY: string) => read({ environment: { OPENAI_API_KEY } }).provider.apiKey;
    expect(keysOf('any key\n')).toEqual(['any key']);
    expect(keysOf('sk-1, sk-2')).toEqual(['sk-1', 'sk-2']);
    const provider = (apiKey: unknown) => ({ file: { name: 'a.json', value: { provider: { apiKey } } } });
    expect(read(provider(['sk-1', 'sk-2'])).provider.apiKey).toEqual(['sk-1', 'sk-2']);
    for (const bad of ['sk-ü', 'sk-1,,', [], ['a\nb'], 7])
      expect(invalidValues(provider(bad))).toMatchObject([{ place: 'a.json: provider.apiKey' }]);
  });

  it('never repeats a value, which may be a key', () => {
    const file = { name: 'rivulet.json', value: { provider: { apiKey: ['sk-secret'] }, port: 'sk-secret' } };
    const text = invalidValues({ file })
      .map(({ place, problem }) => place + problem)
      .join();
    expect(text).not.toContain('sk-secret');
  });

  const site = { id: 'shop', origins: ['self'] };
  it.each<[string, object, string]>([
    ['a secret that is too short', { identity: { secret: 'hunter2' } }, 'identity.secret'],
    ['an invalid public key', { identity: { publicKey: 'hunter2' } }, 'identity.publicKey'],
    ['a URL of another scheme', { identity: { jwksUrl: 'file:///hunter2' } }, 'identity.jwksUrl'],
    ['two keys', { identity: { secret: 'x'.repeat(32), jwksUrl: 'https://hunter2.example' } }, 'identity'],
    ['no key at all', { sites: [{ ...site, identity: { issuer: 'hunter2' } }] }, 'sites.0.identity'],
    ['a required sign-in without a key', { sites: [{ ...site, requireIdentity: true }] }, 'identity'],
  ])('rejects an identity with %s, and does not repeat it', (_what, value, path) => {
    const bad = invalidValues({ file: { name: 'a.json', value } });
    expect(bad.map(({ place }) => place)).toEqual([`a.json: ${path}`]);
    expect(JSON.stringify(bad)).not.toContain('hunter2');
  });

  it('reads the global identity from the environment', () => {
    const environment = { RIVULET_IDENTITY_JWKS_URL: 'https://shop.example/keys' };
    const value = { sites: [{ ...site, requireIdentity: true }] };
    const config = read({ environment, file: { name: 'a.json', value } });
    expect(config.identity).toEqual({ jwksUrl: 'https://shop.example/keys' });
  });

  it('rejects a file that is not an object', () => {
    expect(invalidValues({ file: { name: 'list.json', value: [] } })).toEqual([
      { place: 'list.json', problem: 'expected a JSON object' },
    ]);
  });

  it.each(['https://shop.example/', 'shop.example', 'https://shop.example/path'])(
    'rejects the origin %s',
    (origin) => {
      const file = { name: 'rivulet.json', value: { sites: [{ id: 'shop', origins: [origin] }] } };
      expect(invalidValues({ file })).toHaveLength(1);
    },
  );
});

describe('the settings of the upstream in the environment', () => {
  it('are the limits of time (G02)', () => {
    const environment = {
      RIVULET_UPSTREAM_HEADERS_MS: '300000',
      RIVULET_UPSTREAM_FIRST_CONTENT_MS: '400000',
      RIVULET_UPSTREAM_GAP_MS: '5000',
      RIVULET_UPSTREAM_TOTAL_MS: '600000',
    };
    expect(read({ environment }).limits).toEqual({
      upstreamHeadersMs: 300_000,
      upstreamFirstContentMs: 400_000,
      upstreamGapMs: 5_000,
      upstreamTotalMs: 600_000,
    });
    expect(invalidValues({ environment: { RIVULET_UPSTREAM_GAP_MS: '30s' } })).toMatchObject([
      { place: 'RIVULET_UPSTREAM_GAP_MS' },
    ]);
  });

  it('are the proxies, in upper or lower case, with or without a scheme (G28)', () => {
    const environment = {
      HTTPS_PROXY: 'http://old.example',
      https_proxy: 'proxy.example:3128',
      NO_PROXY: 'a, b',
    };
    expect(read({ environment }).provider.proxy).toEqual({
      https: 'http://proxy.example:3128',
      except: 'a, b',
    });
    const [bad] = invalidValues({ environment: { HTTPS_PROXY: 'socks5://user:hunter2@proxy.example' } });
    expect(bad?.place).toBe('HTTPS_PROXY');
    expect(bad?.problem).toContain('http or https');
  });
});
