/** The conversion of choices to a URL and back, and to the widget's options. */
import { describe, expect, it } from 'vitest';
import {
  fromHash,
  isValid,
  toChange,
  toHash,
  toOptions,
  withChoice,
  type Choices,
  type Value,
} from './choices.ts';
import type { Field, Path } from './field.ts';
import { FIELDS } from './fields.ts';

const fieldOf = (path: Path): Field => {
  const field = FIELDS.find((one) => one.path === path);
  if (field === undefined) throw new Error(`FIELDS has no row for ${path}`);
  return field;
};
const choose = (...chosen: [Path, Value][]): Choices =>
  chosen.reduce<Choices>((choices, [path, value]) => withChoice(choices, fieldOf(path), value), new Map());

/** A valid value of the field that is not the default. */
function valueFor(field: Field): Value {
  switch (field.kind) {
    case 'text':
      return 'A & B = "ü" #1 + 2 % 3';
    case 'url':
      return 'https://example.com/a?b=c#d';
    case 'origins':
      return ['https://images.example', '*'];
    case 'list':
      return ['One, two', 'One, two', 'three'];
    case 'pixels':
      return `${field.max}px`;
    case 'count':
      return field.max;
    case 'colour':
      return '#ff8800';
    case 'switch':
      return !field.initial;
    case 'checkboxes':
      return [];
    case 'radio':
    case 'select':
      return Object.keys(field.labels).find((value) => value !== field.initial) ?? '';
  }
}

describe('the URL', () => {
  it.each(FIELDS)('restores the value of $path', (field) => {
    const choices = withChoice(new Map(), field, valueFor(field));
    expect(choices.size).toBe(1);
    expect(fromHash(`#${toHash(choices)}`)).toEqual(choices);
  });

  it('restores the values of all options together', () => {
    const choices = new Map(FIELDS.map((field) => [field.path, valueFor(field)]));
    expect(fromHash(toHash(choices))).toEqual(choices);
  });

  it('does not contain defaults', () => {
    const choices = choose(['mode', 'floating'], ['theme.tokens.accent', '#0b6b75'], ['header.title', '']);
    expect(toHash(choices)).toBe('');
    expect(toHash(choose(['messages.actions', ['copy', 'regenerate', 'edit', 'feedback']]))).toBe('');
  });

  it.each([
    'mode=sideways',
    'mode=toString',
    'unknown=1',
    '__proto__.isAdmin=on',
    'theme.tokens.accent=red',
    'theme.tokens.accent=%230b6b7',
    'theme.tokens.radius=16em',
    'theme.tokens.radius=41px',
    'theme.tokens.font=url(x)',
    'connection.gateway=javascript:alert(1)',
    'connection.gateway=chat',
    'privacy.consent.url=data:text/html,x',
    'messages.imageOrigins=https://a.example/path',
    'messages.actions=copy&messages.actions=dance',
    'history.isEnabled=banana',
    'attachments.maxFiles=0',
    'attachments.maxFiles=1e9',
    'start.prompts=1&start.prompts=2&start.prompts=3&start.prompts=4&start.prompts=5',
    `header.title=${'x'.repeat(501)}`,
  ])('ignores %s and keeps the other options', (wrong) => {
    expect([...fromHash(`#${wrong}&start.detail=kept`)]).toEqual([['start.detail', 'kept']]);
  });

  it('uses an action that is named twice only once', () => {
    const choices = fromHash('#messages.actions=copy&messages.actions=copy');
    expect(choices.get('messages.actions')).toEqual(['copy']);
  });
});

describe("the widget's options", () => {
  it('are the chosen options in their groups, without those of the preview', () => {
    const choices = choose(
      ['mode', 'inline'],
      ['theme.tokens.accent', '#ff8800'],
      ['attachments.maxFiles', 3],
      ['preview.hasHook', true],
    );
    expect(toOptions(choices)).toEqual({
      mode: 'inline',
      theme: { tokens: { accent: '#ff8800' } },
      attachments: { maxFiles: 3 },
    });
  });

  it('are reset to the default when they are no longer chosen', () => {
    const change = toChange(choose(['header.title', 'Fernway']));
    expect(change).toMatchObject({ header: { title: 'Fernway' }, theme: { tokens: { accent: '' } } });
    expect(change).toHaveProperty('mode', undefined);
    expect(change).toHaveProperty('start.prompts', undefined);
  });

  it('ask for consent only when a text or a link is chosen', () => {
    expect(toChange(new Map())).toHaveProperty('privacy.consent', undefined);
    expect(toChange(choose(['privacy.consent.text', 'Thirty days.']))).toHaveProperty('privacy.consent', {
      text: 'Thirty days.',
      url: undefined,
    });
  });

  it('do not contain a choice that has become invalid', () => {
    const field = fieldOf('connection.gateway');
    const choices = choose(['connection.gateway', 'https://chat.example']);
    expect(isValid(field, 'https:/')).toBe(false);
    expect(withChoice(choices, field, 'https:/').size).toBe(0);
  });
});
