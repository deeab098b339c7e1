/** The table of options against the widget's reference, which is made from its types: no option is forgotten here. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIELDS } from './fields.ts';

const reference = readFileSync(new URL('../../../packages/widget/README.md', import.meta.url), 'utf8');

/** The first column of the table below a title. */
function namesBelow(title: string): string[] {
  const [, part = ''] = reference.split(`\n## ${title}\n`);
  const [table = ''] = part.split('\n## ');
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
}

/** Options without a row, and why; `…` stands for all that begin so. */
const LEFT_OUT = {
  'identity.token': 'a secret, which neither a link nor a snippet should hold',
  strings: 'more than a hundred words: a page of its own',
  'launcher.element': 'an element of the page that the snippet comes to',
  'messages.customActions': 'functions',
  'messages.renderers': 'functions',
  tools: 'functions',
};

/** Custom properties without a row, and why. */
const LEFT_OUT_TOKENS = {
  'accent-text': 'chosen for contrast',
  background: 'derived from the accent',
  surface: 'derived from the accent',
  bubble: 'derived from the accent',
  border: 'derived from the accent',
  text: 'derived from the accent',
  muted: 'derived from the accent',
  shadow: 'not a word that a person types',
  'launcher-size': 'seldom changed',
  'z-index': 'not seen here',
};

const paths = FIELDS.map(({ path }) => path).filter((path) => !path.startsWith('preview.'));
const isCovered = (option: string) => paths.some((path) => path === option || path.startsWith(`${option}.`));

describe('the table of options', () => {
  it('has a row for each option of the widget, or the option is named above with the reason', () => {
    const options = namesBelow('Options');
    expect(options.length).toBeGreaterThan(30);
    expect(options.filter((option) => !isCovered(option))).toEqual(Object.keys(LEFT_OUT));
  });

  it('has a row for each custom property, or it is named above with the reason', () => {
    const tokens = namesBelow('Custom properties').map((name) => name.replace('--rivulet-', ''));
    const others = tokens.filter((token) => !isCovered(`theme.tokens.${token}`));
    // The colours of code are a palette of their own.
    expect(others.filter((token) => !token.startsWith('code-'))).toEqual(Object.keys(LEFT_OUT_TOKENS));
    const rows = paths.filter((path) => path.startsWith('theme.tokens.'));
    expect(
      rows.map((path) => path.replace('theme.tokens.', '')).filter((token) => !tokens.includes(token)),
    ).toEqual([]);
  });

  it('has one row a path, and no path that begins another', () => {
    const doubled = paths.filter((path, at) => paths.indexOf(path) !== at);
    const nested = paths.filter((path) => paths.some((other) => other.startsWith(`${path}.`)));
    expect([...doubled, ...nested]).toEqual([]);
  });
});
