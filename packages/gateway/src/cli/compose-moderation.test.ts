import { describe, expect, it } from 'vitest';
import { silentLogger } from '../base/index.ts';
import { checkConfig } from './check.ts';
import { composeReplies } from './compose-replies.ts';
import { composeSites } from './compose-sites.ts';
import { ConfigError } from './config-error.ts';
import { readConfig } from './read-config.ts';

const sources = (value: Record<string, unknown>, environment: Record<string, string> = {}) => ({
  ...{ flags: {}, environment, file: { name: 'a.json', value } },
});
const invalid = (...given: Parameters<typeof sources>) => {
  try {
    readConfig(sources(...given));
  } catch (error) {
    if (error instanceof ConfigError) return error.invalidValues.map(({ place }) => place);
    throw error;
  }
  return [];
};
const sitesOf = async (...given: Parameters<typeof sources>) => {
  const config = readConfig(sources(...given));
  return composeSites(config, await composeReplies(config, silentLogger));
};
const site = { id: 'a', origins: ['*'] };
const names = ({ moderation }: Awaited<ReturnType<typeof sitesOf>>[number]) =>
  typeof moderation === 'object' ? moderation.by.map(({ name }) => name) : moderation;

describe('the moderation of the configuration', () => {
  it('holds for all sites, and a site replaces it as a whole', async () => {
    const moderation = { words: ['bad'], openai: true, onFailure: 'allow', shownText: 'withdraw' };
    const sites = [
      site,
      { ...site, id: 'b', moderation: { words: ['worse'] } },
      { ...site, id: 'c', moderation: 'off' },
    ];
    const all = await sitesOf({ provider: { apiKey: 'k' }, moderation, sites });
    expect(all.map(names)).toEqual([['words', 'openai'], ['words'], 'off']);
    expect(all[0]?.moderation).toMatchObject({ onFailure: 'allow', shownText: 'withdraw' });
  });

  it('is read from the environment', async () => {
    const all = await sitesOf({ sites: [site] }, { RIVULET_MODERATION: '{"words":["bad"]}' });
    expect(all.map(names)).toEqual([['words']]);
    expect((await sitesOf({ sites: [site] })).map(names)).toEqual([undefined]);
  });

  it('reads its key from the variable that apiKeyFrom names', async () => {
    const moderation = { openai: { apiKeyFrom: 'MODERATION_KEY', baseUrl: 'https://checks.example/v1' } };
    const [one] = await sitesOf({ sites: [{ ...site, moderation }] }, { MODERATION_KEY: 'sk-of-checks' });
    const by = typeof one?.moderation === 'object' ? one.moderation.by : [];
    expect(by.flatMap((moderator) => moderator.secrets?.() ?? [])).toContain('sk-of-checks');
  });

  it.each([
    [{ openai: { baseUrl: 'https://checks.example/v1' } }, {}],
    [{ openai: true }, { baseUrl: 'https://models.example/v1' }],
  ])('gives the key of the provider to no other host: %j', async (moderation, more) => {
    const provider = { apiKey: 'k', ...more };
    await expect(sitesOf({ provider, moderation, sites: [site] })).rejects.toThrow(
      'moderation.openai.apiKey',
    );
  });

  it.each([
    [{ words: [] }, 'words'],
    [{ words: ['*'] }, 'words.0'],
    [{ words: ['x'], onFailure: 'maybe' }, 'onFailure'],
    [{ words: ['x'], shownText: 'burn' }, 'shownText'],
    [{ openai: { window: { maxChars: 1 } } }, 'openai.window.maxChars'],
    [{ openai: { timeoutMs: 60_000 } }, 'openai.timeoutMs'],
    [{ openai: { apiKey: '"sk"' } }, 'openai.apiKey'],
    [{ openai: { baseUrl: 'nonsense' } }, 'openai.baseUrl'],
    [{ word: ['x'], words: ['x'] }, 'word'],
  ])('rejects %j and names the place', (moderation, path) => {
    expect(invalid({ moderation })).toEqual([`a.json: moderation.${path}`]);
    expect(invalid({ sites: [{ ...site, moderation }] })).toEqual([`a.json: sites.0.moderation.${path}`]);
  });

  it.each(['on', '{}', '{"openai":false}', '7'])('rejects RIVULET_MODERATION=%s', (value) => {
    expect(invalid({}, { RIVULET_MODERATION: value })).toEqual(['RIVULET_MODERATION']);
  });

  it('is described, without its words and keys', async () => {
    const moderation = { words: ['badword', 'other'], openai: { apiKey: 'sk-hunter2' }, onFailure: 'allow' };
    const text = await checkConfig(readConfig(sources({ moderation, sites: [site] })));
    expect(text).toMatch(
      /moderation +words, openai; a text is shown when that fails; what was shown of a blocked answer stays\n/,
    );
    expect(text).not.toMatch(/badword|hunter2/);
    expect(await checkConfig(readConfig(sources({})))).toMatch(/moderation +none\n/);
  });
});
