import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSnippet, readWidgetIntegrity, widgetFolder } from '../../http/index.ts';
import { readConfig } from '../read-config.ts';
import { runSnippet } from './run-snippet.ts';

const configOf = (ids: string[]) =>
  readConfig({
    file: { name: 'a.json', value: { sites: ids.map((id) => ({ id, origins: ['https://shop.example'] })) } },
    environment: {},
    flags: {},
  });

it('prints the tag, the pinned tag with the hashes of this version, the policy and the form for npm', () => {
  const { text, json } = runSnippet(configOf(['shop', 'blog']), {
    site: 'shop',
    url: 'https://chat.example.com/',
  });
  const { script, integrity, modules } = readWidgetIntegrity(widgetFolder());
  expect(text).toContain('src="https://chat.example.com/rivulet.js?site=shop" data-site="shop"');
  expect(text).toContain(`src="https://chat.example.com${script}" integrity="${integrity}" data-site="shop"`);
  for (const [path, hash] of Object.entries(modules))
    expect(text).toContain(`"https://chat.example.com${path}":"${hash}"`);
  expect(text).toContain('connect-src https://chat.example.com wss://chat.example.com\n');
  expect(text).toContain("chat.gateway = 'https://chat.example.com';");
  expect(json).toMatchObject({ site: 'shop', origins: ['https://shop.example'] });
});

it('the source of the import map is the hash of the text between its tags', () => {
  const { importMap, importMapSource, policy } = createSnippet({
    siteId: 'a',
    gatewayUrl: 'https://example.com/chat',
    integrity: { script: '/rivulet-1.js', integrity: 'sha384-a', modules: { '/rivulet/app.js': 'sha384-b' } },
  });
  const [, text = ''] = /^<script type="importmap">(.*)<\/script>$/s.exec(importMap) ?? [];
  expect(JSON.parse(text)).toEqual({ integrity: { 'https://example.com/chat/rivulet/app.js': 'sha384-b' } });
  expect(importMapSource).toBe(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  expect(policy['script-src']).toEqual(['https://example.com']);
});

it('the only site needs no name, and the address of the configuration is the default', () => {
  expect(runSnippet(configOf(['shop']), {}).text).toContain(
    'src="http://127.0.0.1:8787/rivulet.js?site=shop"',
  );
});

it.each([
  [{}, 'name one of the sites with --site: shop, blog'],
  [{ site: 'shoe' }, 'the configuration has no site shoe; it has shop, blog'],
  [{ site: 'shop', url: 'chat.example.com' }, '--url: expected where visitors reach the gateway'],
  [{ site: 'shop', url: "https://a.example/it's" }, '--url: expected where visitors reach the gateway'],
  [{ site: 'shop', url: 'https://a.example/?b' }, '--url: expected where visitors reach the gateway'],
])('refuses %j', (options, problem) => {
  expect(() => runSnippet(configOf(['shop', 'blog']), options)).toThrow(problem);
});
