/** Compares the table of options with the widget's reference, which is generated from its types, so that no option is missing. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIELDS } from './fields.ts';

const reference = readFileSync(new URL('../../../packages/widget/README.md', import.meta.url), 'utf8');

/** The first column of the table below a heading. */
function namesBelow(title: string): string[] {
  const [, part = ''] = reference.split(`\n## ${title}\n`);
  const [table = ''] = part.split('\n## ');
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
}

/** Options without a row, with the reasons. */
const OMITTED = {
  'identity.token': 'a secret, which neither a link nor a snippet should contain',
  strings: 'more than a hundred texts',
  'launcher.element': 'an element of the page that uses the snippet',
  'messages.customActions': 'functions',
  'messages.markdown': 'the answers of the preview read alike in both dialects',
  'messages.linkBase': 'the answers of the preview have no relative links',
  'messages.renderers': 'functions',
  tools: 'functions',
};

/** Custom properties without a row, with the reasons. */
const OMITTED_TOKENS = {
  'accent-text': 'chosen for contrast',
  background: 'derived from the accent',
  surface: 'derived from the accent',
  bubble: 'derived from the accent',
  border: 'derived from the accent',
  text: 'derived from the accent',
  muted: 'derived from the accent',
  shadow: 'too complex for a text field',
  'launcher-size': 'seldom changed',
  'z-index': 'not visible in the preview',
};

const paths = FIELDS.map(({ path }) => path).filter((path) => !path.startsWith('preview.'));
const isCovered = (option: string) => paths.some((path) => path === option || path.startsWith(`${option}.`));

describe('the table of options', () => {
  it('has a row for each option of the widget, except those that are omitted with a reason', () => {
    const options = namesBelow('Options');
    expect(options.length).toBeGreaterThan(30);
    expect(options.filter((option) => !isCovered(option))).toEqual(Object.keys(OMITTED));
  });

  it('has a row for each custom property, except those that are omitted with a reason', () => {
    const tokens = namesBelow('Custom properties').map((name) => name.replace('--rivulet-', ''));
    const others = tokens.filter((token) => !isCovered(`theme.tokens.${token}`));
    // The palette of highlighted code has no rows.
    expect(others.filter((token) => !token.startsWith('code-'))).toEqual(Object.keys(OMITTED_TOKENS));
    const rows = paths.filter((path) => path.startsWith('theme.tokens.'));
    expect(
      rows.map((path) => path.replace('theme.tokens.', '')).filter((token) => !tokens.includes(token)),
    ).toEqual([]);
  });

  it('has one row for each path, and no path that is a prefix of another', () => {
    const doubled = paths.filter((path, at) => paths.indexOf(path) !== at);
    const nested = paths.filter((path) => paths.some((other) => other.startsWith(`${path}.`)));
    expect([...doubled, ...nested]).toEqual([]);
  });
});
