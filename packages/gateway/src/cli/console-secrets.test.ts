/** No secret of a configuration is in what the console shows of its sites, to anybody, whatever the sites set. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewOf } from '../admin/site-view.ts';
import { silentLogger } from '../base/index.ts';
import { ruleOf } from '../sites/setting-rules.ts';
import type { Site } from '../sites/sites.ts';
import { composeGateway, type ComposedGateway } from './compose.ts';
import { secretsOf } from './config-secrets.ts';
import { readConfig } from './read-config.ts';
import { createSettingSource } from './setting-source.ts';

let planted = 0;
const canaries: string[] = [];
/** A secret of its own for each place. */
const secret = (): string => {
  planted += 1;
  const canary = `canary-${String(planted).padStart(4, '0')}-of-the-configuration`;
  canaries.push(canary);
  return canary;
};
/** Webhooks take secrets in this form only. */
const webhookSecret = (): string => {
  const encoded = `whsec_${Buffer.from(secret()).toString('base64')}`;
  canaries.push(encoded);
  return encoded;
};
const request = () => ({
  extraHeaders: { 'x-api-key': secret(), 'x-harmless': secret() },
  extraBody: { user: secret(), nested: { key: secret() } },
  builtInTools: [{ type: 'mcp', headers: { authorization: secret() } }],
});
const upstream = () => ({
  apiKey: [secret(), secret()],
  baseUrl: 'http://127.0.0.1:9/v1',
  request: request(),
});
const moderation = () => ({ openai: { apiKey: secret(), baseUrl: 'http://127.0.0.1:9/v1' } });
const TOKEN = secret();

const value = {
  store: 'memory',
  secret: secret(),
  postgresUrl: `postgres://user:${secret()}@db.example/a`,
  adminToken: secret(),
  consoleToken: TOKEN,
  adminUrl: 'https://chat.example',
  adminOidc: {
    issuer: 'https://id.example',
    clientId: 'rivulet',
    clientSecret: secret(),
    access: [{ claim: 'groups', value: 'a', role: 'viewer' }],
  },
  identity: { secret: secret() },
  provider: { ...upstream(), model: 'small', proxy: { https: `http://user:${secret()}@proxy.example:1` } },
  providers: { other: { ...upstream(), model: 'other' } },
  moderation: moderation(),
  webhooks: [{ url: `https://hooks.example/${secret()}`, secret: [webhookSecret(), webhookSecret()] }],
  sites: [
    {
      id: 'shop',
      origins: ['*'],
      systemPrompt: 'Be kind.',
      provider: ['other', 'default'],
      request: request(),
      moderation: moderation(),
      identity: { secret: secret() },
      desk: {},
    },
  ],
};
const sources = {
  file: { name: 'rivulet.json', value, lineOf: () => 7 },
  environment: { RIVULET_RATE_LIMITS: 'off' },
  flags: {},
};

describe('the sites of the console', () => {
  let composed: ComposedGateway;
  const server = createServer();
  let url = '';
  beforeAll(async () => {
    const config = readConfig(sources);
    expect(secretsOf(config).every((each) => canaries.some((canary) => each.includes(canary)))).toBe(true);
    composed = await composeGateway(config, silentLogger, createSettingSource(sources));
    server.on('request', express().use(composed.gateway.router));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin/api`; // a TCP server has this kind of address
  });
  afterAll(async () => {
    await composed.gateway.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('show no secret to an admin who reads, edits and is refused', async () => {
    const headers = {
      'x-rivulet-console': '1',
      'sec-fetch-site': 'same-origin',
      origin: 'https://chat.example',
    };
    const login = await fetch(`${url}/login`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ token: TOKEN }),
    });
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${url}/sites${path}`, { ...init, headers: { ...headers, cookie } });
      return `${response.status} ${await response.text()}`;
    };
    const edit = (set: object, revision: number) =>
      ask('/shop', { method: 'PATCH', body: JSON.stringify({ revision, set, reset: [] }) });
    const seen = [
      await ask(''),
      await ask('/shop'),
      await ask('/shop/snippet?url=https://chat.example'),
      await edit({ 'request.temperature': 0.5 }, 0),
      await edit({ 'request.temperature': 9, 'request.extraHeaders': {}, moderation: 'off' }, 1),
      await edit({ model: 'x' }, 0),
    ];
    expect(seen.map((each) => each.slice(0, 3))).toEqual(['200', '200', '200', '200', '400', '409']);
    expect(seen[1]).toContain('"hidden":["identity.secret","moderation","provider","request.builtInTools"');
    expect(seen[1]).toContain('rivulet.json:7');
    expect(planted).toBeGreaterThan(25);
    expect(canaries.filter((canary) => seen.some((each) => each.includes(canary)))).toEqual([]);
  });
});

it('a setting without a rule is shown to nobody, at whatever depth it is', () => {
  const site = {
    ...{ id: 'shop', origins: ['*'], newSecret: secret(), desk: { newKey: secret() } },
    request: { temperature: 1, newToken: secret() },
    widget: {
      start: { greeting: 'Hello', hook: secret() },
      theme: { tokens: { accent: 'red' }, key: secret() },
    },
  } as unknown as Site; // a version to come has these
  const viewed = { configured: site, served: site, known: undefined, servedSinceMs: 1, defaults: {} };
  const view = viewOf({ ...viewed, sourceOf: () => undefined }, 'admin');
  expect(view.settings.map(({ path }) => path)).toEqual([
    ...['origins', 'request.temperature', 'widget.start.greeting', 'widget.theme.tokens.accent'],
  ]);
  expect(view.hidden).toEqual([
    ...['desk.newKey', 'newSecret', 'request.newToken', 'widget.start.hook', 'widget.theme.key'],
  ]);
  expect(view.settings.every(({ path }) => ruleOf(path)?.readers !== 'nobody')).toBe(true);
  expect(canaries.filter((canary) => JSON.stringify(view).includes(canary))).toEqual([]);
});
