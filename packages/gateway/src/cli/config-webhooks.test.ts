import { describe, expect, it } from 'vitest';
import { checkConfig } from './check.ts';
import { secretsOf } from './config-secrets.ts';
import { webhooksOf } from './config-webhooks.ts';
import { readConfig } from './read-config.ts';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const webhook = { url: 'https://hooks.example.com/secret-path', secret: secretOf(1) };
const read = (webhooks: unknown, environment: Record<string, string> = {}) =>
  readConfig({ file: { name: 'rivulet.json', value: { webhooks } }, environment, flags: {} });
const problemsOf = (webhooks: unknown, environment: Record<string, string> = {}) => {
  try {
    read(webhooks, environment);
    return 'valid';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('webhooks in the configuration', () => {
  it('have one secret or several, from the file or from a variable', () => {
    const both = `${secretOf(1)}, ${secretOf(2)}`;
    const fromVariable = read([{ url: webhook.url, secretFrom: 'HOOK_SECRET' }], { HOOK_SECRET: both });
    expect(webhooksOf(fromVariable.webhooks)).toEqual([
      { url: webhook.url, secret: [secretOf(1), secretOf(2)] },
    ]);
    const environment = { RIVULET_WEBHOOKS: JSON.stringify([webhook]) };
    expect(webhooksOf(read(undefined, environment).webhooks)).toEqual([
      { ...webhook, secret: [webhook.secret] },
    ]);
  });

  it.each([
    [{ ...webhook, url: 'http://hooks.example.com' }, 'webhooks.0.url'],
    [{ ...webhook, url: 'https://user:pass@hooks.example.com' }, 'webhooks.0.url'],
    [{ ...webhook, url: 'https://169.254.169.254/latest' }, 'webhooks.0.url'],
    [{ ...webhook, url: 'https://[::1]/' }, 'webhooks.0.url'],
    [{ ...webhook, secret: 'whsec_short' }, 'webhooks.0.secret'],
    [{ url: webhook.url }, 'webhooks.0.secret'],
    [{ url: webhook.url, secretFrom: 'NOT_SET' }, 'webhooks.0.secret'],
    [{ ...webhook, events: ['conversation.begun'] }, 'webhooks.0.events.0'],
    [{ ...webhook, retries: 3 }, 'webhooks.0.retries'],
  ])('that cannot be used stop the start: %j', (settings, place) => {
    expect(problemsOf([settings])).toContain(place);
  });

  it('may be private ones where that is said, and have different URLs', () => {
    expect(problemsOf([{ ...webhook, url: 'http://127.0.0.1:9/', allowPrivate: true }])).toBe('valid');
    expect(problemsOf([webhook, webhook])).toContain('a URL of its own');
  });

  it('are shown without their secrets and paths, which no answer may show either', async () => {
    const config = read([{ ...webhook, events: ['budget.reached'], sites: ['shop'] }]);
    const shown = await checkConfig(config);
    expect(shown).toContain('hooks.example.com/…; budget.reached; sites shop; one secret');
    expect(shown).not.toMatch(/whsec|secret-path/);
    expect(secretsOf(config)).toEqual(expect.arrayContaining([webhook.url, webhook.secret]));
  });
});
