import { expect, it } from 'vitest';
import { checkConfig } from './check.ts';
import { readConfig } from './read-config.ts';

const check = (value: object, environment = {}) =>
  checkConfig(readConfig({ file: { name: 'a.json', value }, environment, flags: {} }));

it('a valid configuration is described with its effective limits and its sites', async () => {
  const site = { id: 'shop', origins: ['https://shop.example'], systemPrompt: 'Be kind.', maxAnswerChars: 5 };
  const text = await check({ limits: { drainMs: 7 }, sites: [site] });
  expect(text).toMatch(/drainMs +7 \(default 30000\)/);
  expect(text).toMatch(/visitor\.messagesPerMinute +20\n/);
  expect(text).toMatch(/maxMessageChars +16000\n/);
  expect(text).toMatch(/site shop\n +origins +https:\/\/shop.example\n +system prompt +8 characters/);
});

it('no secret is in the description', async () => {
  const secret = 'hunter2'.repeat(9);
  const value = {
    provider: { apiKey: 'sk-hunter2' },
    secret,
    sites: [{ id: 'a', origins: ['*'], identity: { secret } }],
  };
  const text = await check(value, { RIVULET_REDIS_URL: 'redis://:hunter2@redis.example' });
  expect(text).toContain('API keys    1');
  expect(text).not.toContain('hunter2');
  const cluster = await check(value, {
    RIVULET_REDIS_URL: 'redis+cluster://:hunter2@a.example,b.example:7000',
  });
  expect(cluster).toMatch(/event log +Redis Cluster: several gateways, deliver at-once/);
  expect(cluster).not.toContain('hunter2');
});

it('who migrates is described for Postgres only', async () => {
  const postgres = { RIVULET_POSTGRES_URL: 'postgres://db/a' };
  expect(await check({}, postgres)).toMatch(/migrations +when a gateway starts\n/);
  const refusing = { ...postgres, RIVULET_POSTGRES_MIGRATE: 'refuse' };
  expect(await check({}, refusing)).toMatch(/migrations +by rivulet migrate; a gateway does not start/);
  expect(await check({})).not.toContain('migrations');
  await expect(async () => check({}, { RIVULET_POSTGRES_MIGRATE: 'x' })).rejects.toThrow(
    'expected start or refuse',
  );
});

it('the connections to Postgres are described, and bounds that are none are found out', async () => {
  const postgres = { RIVULET_POSTGRES_URL: 'postgres://db/a' };
  expect(await check({}, postgres)).toMatch(
    /connections +at most 10; at most 10000 calls wait, for at most 5000 ms\n/,
  );
  const own = { ...postgres, RIVULET_POSTGRES_MAX_CONNECTIONS: '40', RIVULET_POSTGRES_MAX_WAITING: '7' };
  expect(await check({ postgresPool: { maxWaitMs: 900 } }, own)).toMatch(
    /connections +at most 40; at most 7 calls wait, for at most 900 ms\n/,
  );
  const wrong = { ...postgres, RIVULET_POSTGRES_MAX_CONNECTIONS: '0', RIVULET_POSTGRES_MAX_WAIT_MS: 'soon' };
  await expect(async () => check({}, wrong)).rejects.toThrow(
    /RIVULET_POSTGRES_MAX_CONNECTIONS: expected at least 1[^]*RIVULET_POSTGRES_MAX_WAIT_MS: expected/,
  );
});

it('the upstreams are described with the API that each is called by', async () => {
  const provider = { apiKey: 'k', model: 'gpt-5', api: 'responses' };
  const text = await check({
    provider,
    providers: { backup: { apiKey: 'k', model: 'small', baseUrl: 'https://backup.example/v1' } },
  });
  expect(text).toMatch(/replies +gpt-5 at api\.openai\.com, by the responses API\n/);
  expect(text).toMatch(/backup +small at backup\.example, by chat completions\n/);
});

it('what only the start would find out is found out', async () => {
  await expect(check({ provider: { kind: 'openai' } })).rejects.toThrow('OPENAI_API_KEY: expected a key');
});

it('the budgets of each site are described, and a budget of money without a price is found out', async () => {
  const provider = { apiKey: 'k', model: 'gpt-5-mini' };
  const budgets = { site: { moneyPerDay: 5 } };
  const text = await check({ provider, budgets });
  expect(text).toMatch(/each visitor, a day +500000 tokens\n/);
  expect(text).toMatch(/the site, a day +50000000 tokens, money 5\n/);
  expect(text).toMatch(/price of gpt-5-mini +0.25 in, 2 out for a million tokens, list price of 20/);
  await expect(check({ provider: { ...provider, model: 'mine' }, budgets })).rejects.toThrow('"mine"');
});

it('what a site sets for its widget is named, with its languages', async () => {
  const widget = { header: { title: 'Harbour' }, locale: 'de', locales: { de: {}, 'pt-BR': {} } };
  const text = await check({ sites: [{ id: 'shop', origins: ['self'], widget }] });
  expect(text).toMatch(/widget +locale, header\.title\n +texts in languages +de, pt-BR\n/);
});

it('how long each site keeps conversations is described, and a bad time or number of days is found out', async () => {
  const sites = [
    { id: 'shop', origins: ['*'], retentionDays: 7 },
    { id: 'blog', origins: ['*'] },
    { id: 'archive', origins: ['*'], retentionDays: 'off' },
  ];
  const text = await check({ sites, retentionTime: '04:30' }, { RIVULET_RETENTION_DAYS: '30' });
  expect([...text.matchAll(/^ +conversations +(\D.*)$/gm)].map(([, what]) => what)).toEqual([
    'erased after 7 days without activity, at 04:30 UTC',
    'erased after 30 days without activity, at 04:30 UTC',
    'kept until they are erased',
  ]);
  for (const days of ['0', '1.5', 'never'])
    expect(() => check({}, { RIVULET_RETENTION_DAYS: days })).toThrow(
      'expected whole days, 1 to 36500, or off',
    );
  expect(() => check({ retentionTime: '24:00' })).toThrow('retentionTime: expected a time of day in UTC');
});
