import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../cli/config-file.ts';
import { readConfig } from '../cli/read-config.ts';
import { createSites } from './sites.ts';
import { WIDGET_TOKENS, WidgetSettingsSchema, type WidgetSettings } from './widget-settings.ts';

const problemsOf = (widget: unknown) =>
  (v.safeParse(WidgetSettingsSchema, widget).issues ?? []).map((issue) => v.getDotPath(issue));
const withUrl = (url: string) => ({ privacy: { consent: { url } }, header: { imageUrl: url } });

describe('what a site sets for its widget', () => {
  it('takes every kind of option', () => {
    const widget = {
      locale: 'de',
      theme: {
        scheme: 'dark',
        tokens: { accent: 'light-dark(#0b6b75, oklch(0.8 0.1 200))', font: '"A b", serif' },
      },
      launcher: { position: 'start', teaser: 'Any questions?', hasSound: true },
      header: { title: 'Harbour', imageUrl: 'https://shop.example/logo.svg' },
      start: { greeting: '<b>Hi</b>', detail: 'Ask.', aiNotice: false, prompts: ['One?', 'Two?'] },
      composer: { placeholder: 'Ask …', maxChars: 500 },
      messages: {
        actions: ['copy'],
        linkBase: 'http://localhost:3000/',
        imageOrigins: ['https://img.example', '*'],
      },
      privacy: { consent: { text: 'May we?', url: 'https://shop.example/privacy' }, canErase: false },
      strings: { send: 'Go', errors: { busy: 'Later.' } },
      locales: { 'pt-BR': { start: { prompts: ['Um?'] }, strings: { send: 'Ir' } } },
    } satisfies WidgetSettings;
    expect(problemsOf(widget)).toEqual([]);
  });

  it.each([
    ['javascript:alert(1)'],
    ['java\tscript:alert(1)'],
    [' javascript:alert(1)'],
    ['data:image/svg+xml,<svg/>'],
    ['http://shop.example/'],
    ['http://localhost.evil.example/'],
    ['//shop.example/'],
    ['/logo.svg'],
    ['blob:https://shop.example/1'],
    [`https://shop.example/${'x'.repeat(2_048)}`],
  ])('refuses the URL %s', (url) => {
    expect(problemsOf(withUrl(url)).toSorted()).toEqual(['header.imageUrl', 'privacy.consent.url']);
  });

  it.each([
    [{ theme: { tokens: { accent: 'red;}*{}' } } }, 'theme.tokens.accent'],
    [{ theme: { tokens: { accent: 'url(https://stranger.example)' } } }, 'theme.tokens.accent'],
    [{ theme: { tokens: { accent: 'u\\72l(x)' } } }, 'theme.tokens.accent'],
    [{ theme: { tokens: { acent: 'red' } } }, 'theme.tokens.acent'],
    [{ theme: { scheme: 'blue' } }, 'theme.scheme'],
    [{ header: { title: '' } }, 'header.title'],
    [{ header: { title: 'x'.repeat(101) } }, 'header.title'],
    [{ start: { prompts: ['1', '2', '3', '4', '5'] } }, 'start.prompts'],
    [{ start: { aiNotice: true } }, 'start.aiNotice'],
    [{ messages: { imageOrigins: ['https://img.example/path'] } }, 'messages.imageOrigins.0'],
    [{ messages: { linkBase: 'javascript:x' } }, 'messages.linkBase'],
    [{ locales: { 'not a tag': {} } }, 'locales.not a tag'],
    [{ locales: { de: { theme: {} } } }, 'locales.de.theme'],
    [{ strings: { send: 1 } }, 'strings.send'],
    [{ mode: 'page' }, 'mode'],
    [{ connection: { gateway: 'https://stranger.example' } }, 'connection'],
  ])('refuses %j at its path', (widget, path) => {
    expect(problemsOf(widget)).toEqual([path]);
  });

  it('is bounded as a whole', () => {
    const strings = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`key${index}`, 'x'.repeat(2_000)]),
    );
    expect(v.safeParse(WidgetSettingsSchema, { strings }).issues?.[0].message).toMatch(/32768 bytes/);
  });

  it('is refused in a file with the line, the path and the reason', () => {
    const text = `{ "sites": [ {
      "id": "shop", "origins": ["self"],
      "widget": {
        "header": { "imageUrl": "javascript:alert(1)" },
        "start": { "greting": "Hi" }
      } } ] }`;
    const read = () =>
      readConfig({ file: parseConfigFile('rivulet.json', text), environment: {}, flags: {} });
    expect(read).toThrow('rivulet.json:4: sites.0.widget.header.imageUrl: expected an https URL');
    expect(read).toThrow(
      'rivulet.json:5: sites.0.widget.start.greting: there is no such setting; did you mean greeting?',
    );
  });

  it('belongs to the sites that are replaced while the gateway runs', () => {
    const sites = createSites([{ id: 'shop', origins: ['self'], widget: { locale: 'de' } }]);
    sites.replace([{ id: 'shop', origins: ['self'], widget: { locale: 'fr' } }]);
    expect(sites.find('shop').widget).toEqual({ locale: 'fr' });
  });
});

describe('beside the widget', () => {
  const read = (path: string) => readFileSync(new URL(`../../../widget/${path}`, import.meta.url), 'utf8');
  const namesIn = (entries: object, prefix = ''): string[] =>
    Object.entries(entries).flatMap(([name, schema]: [string, { wrapped?: { entries?: object } }]) =>
      schema.wrapped?.entries === undefined
        ? [prefix + name]
        : namesIn(schema.wrapped.entries, `${prefix}${name}.`),
    );
  /** Code of the page, what depends on it, and what is shown before the gateway is known. */
  const OF_THE_PAGE =
    /^(connection|identity)\.|^(mode|tools|launcher\.element)$|^messages\.(customActions|renderers)$/;

  it('has every option of the widget but those that only a page can set', () => {
    const rows = [
      ...(read('README.md')
        .split('## Options')[1]
        ?.split('\n## ')[0]
        ?.matchAll(/^\| `([\w.]+)`/gm) ?? []),
    ];
    const ofWidget = rows.map(([, name = '']) => name).filter((name) => !OF_THE_PAGE.test(name));
    const ours = namesIn(WidgetSettingsSchema.pipe[0].entries).filter((name) => name !== 'locales');
    expect(
      ours
        .map((name) => name.replace(/^(privacy\.consent)\..*/, '$1'))
        .filter((name, index, all) => all.indexOf(name) === index)
        .toSorted(),
    ).toEqual(ofWidget.toSorted());
  });

  it('knows its custom properties', () => {
    const names = [...read('custom-elements.json').matchAll(/"name": "--rivulet-([\w-]+)"/g)].map(
      ([, name = '']) => name,
    );
    expect(WIDGET_TOKENS.toSorted()).toEqual(names.toSorted());
  });
});
