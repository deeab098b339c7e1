import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../base/index.ts';
import { collect } from '../testing/contracts/provider-contract.ts';
import { composeReplies } from './compose-replies.ts';
import { composeSites } from './compose-sites.ts';
import { ConfigError } from './config-error.ts';
import { readConfig } from './read-config.ts';

const PROVIDERS = {
  backup: { baseUrl: 'https://backup.example/v1', apiKeyFrom: 'BACKUP_KEY', model: 'small' },
  local: { baseUrl: 'http://127.0.0.1:11434/v1', apiKey: 'none', model: 'llama3.2', maxRequests: 2 },
};
const ENVIRONMENT = { OPENAI_API_KEY: 'sk-1', BACKUP_KEY: 'sk-2', RIVULET_MAX_UPSTREAM_RETRIES: '0' };
const read = (value: object, environment: Record<string, string> = ENVIRONMENT) =>
  readConfig({ file: { name: 'a.json', value: { providers: PROVIDERS, ...value } }, environment, flags: {} });
const problemsOf = (value: object, environment?: Record<string, string>) => {
  try {
    read(value, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.invalidValues;
  }
  return [];
};
const SITE = { id: 'shop', origins: ['self'] };

describe('the upstreams of a configuration', () => {
  it('are asked in the order of the fallbacks, each with its own name, model and limit', async () => {
    const config = read({ provider: { fallbacks: ['backup', 'local'], model: 'big' } });
    const { provider } = await composeReplies(config, silentLogger);
    expect(provider.upstreams?.map((one) => one.upstreamOf?.({}))).toEqual([
      'api.openai.com big',
      'backup: backup.example small',
      'local: 127.0.0.1:11434 llama3.2',
    ]);
    expect(provider.upstreams?.map(({ maxRequests }) => maxRequests)).toEqual([undefined, undefined, 2]);
    expect(provider.secrets?.()).toEqual(expect.arrayContaining(['sk-1', 'sk-2']));
    expect(config.limits.maxUpstreamRetries).toBe(0);
  });

  it('are chosen by a site, which keeps the same ones over a reload', async () => {
    const config = read({
      sites: [
        { ...SITE, provider: ['local', 'default'] },
        { ...SITE, id: 'other' },
      ],
    });
    const replies = await composeReplies(config, silentLogger);
    const [shop, other] = composeSites(config, replies);
    expect([shop?.provider?.name, other?.provider]).toEqual(['local, openai', undefined]);
    expect(composeSites(config, replies)[0]?.provider).toBe(shop?.provider);
  });

  it('are called by the API of each, and a site chooses one by its name (RIVULET_API for the first)', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(500).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
    const baseUrl = `http://127.0.0.1:${port}/v1`;
    const providers = { plain: { baseUrl, apiKey: 'k', model: 'm' } };
    const value = { provider: { baseUrl, fallbacks: ['plain'] }, providers };
    const config = read(value, { ...ENVIRONMENT, RIVULET_API: 'responses' });
    const replies = await composeReplies(config, silentLogger);
    for (const one of [...(replies.provider.upstreams ?? []), replies.of('plain'), replies.of('default')])
      await collect(one.stream({ messages: [] }, new AbortController().signal)).catch(() => undefined);
    expect(asked.map((url) => url.replace('/v1/', ''))).toEqual([
      ...['responses', 'chat/completions'],
      ...['chat/completions', 'responses'],
    ]);
    server.close();
  });

  it('must have an API that there is', () => {
    const problem = 'expected chat-completions or responses';
    expect(problemsOf({ provider: { api: 'assistants' } })).toEqual([
      { place: 'a.json: provider.api', problem },
    ]);
  });

  it.each([
    ['a fallback', { provider: { fallbacks: ['backpu'] } }],
    ['the chain of a site', { sites: [{ ...SITE, provider: 'backpu' }] }],
  ])('must have the names by which %s calls them', (_, value) => {
    expect(problemsOf(value)).toMatchObject([
      {
        place: 'a.json: providers',
        problem: expect.stringMatching(/named backpu.*default, backup, local/) as string,
      },
    ]);
  });

  it('need a key, in the file or in a variable that is set', () => {
    const [problem] = problemsOf({}, { OPENAI_API_KEY: 'sk-1' });
    expect(problem).toMatchObject({ place: 'a.json: providers.backup.apiKey' });
    expect(problem?.problem).toContain('apiKeyFrom');
    const quoted = problemsOf({}, { ...ENVIRONMENT, BACKUP_KEY: '"sk-2"' });
    expect(quoted).toMatchObject([{ place: 'BACKUP_KEY' }]);
  });

  it('are checked one by one: names, models, numbers', () => {
    const providers = {
      default: PROVIDERS.local,
      'a b': PROVIDERS.local,
      bad: { apiKey: 'k', maxRequests: 0 },
    };
    expect(
      problemsOf({ providers })
        .map(({ place }) => place)
        .toSorted(),
    ).toEqual([
      'a.json: providers.a b',
      'a.json: providers.bad.maxRequests',
      'a.json: providers.bad.model',
      'a.json: providers.default',
    ]);
  });

  it('are those of the start: a site that names a new one after a reload is refused with what to do', async () => {
    const replies = await composeReplies(read({}), silentLogger);
    expect(replies.of('backup').upstreamOf?.({})).toBe('backup: backup.example small');
    expect(() => replies.of(['backup', 'new'])).toThrow('The upstream new is new: restart the gateway');
  });
});
