/** What is chosen, as an address and back; and what the widget is told. */
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
  if (field === undefined) throw new Error(`no row for ${path}`);
  return field;
};
const choose = (...chosen: [Path, Value][]): Choices =>
  chosen.reduce<Choices>((choices, [path, value]) => withChoice(choices, fieldOf(path), value), new Map());

/** A value of each kind that is not the default. */
function valueFor(field: Field): Value {
  switch (field.kind) {
    case 'text':
      return 'A & B = "ü" #1 + 2 % 3';
    case 'address':
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
    case 'several':
      return [];
    case 'one':
    case 'pick':
      return Object.keys(field.words).find((word) => word !== field.initial) ?? '';
  }
}

describe('the address', () => {
  it.each(FIELDS)('brings back $path', (field) => {
    const choices = withChoice(new Map(), field, valueFor(field));
    expect(choices.size).toBe(1);
    expect(fromHash(`#${toHash(choices)}`)).toEqual(choices);
  });

  it('brings back all of them together', () => {
    const choices = new Map(FIELDS.map((field) => [field.path, valueFor(field)]));
    expect(fromHash(toHash(choices))).toEqual(choices);
  });

  it('says nothing of a default', () => {
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
  ])('leaves out %s and keeps the rest', (wrong) => {
    expect([...fromHash(`#${wrong}&start.detail=kept`)]).toEqual([['start.detail', 'kept']]);
  });

  it('takes an action that is named twice once', () => {
    const choices = fromHash('#messages.actions=copy&messages.actions=copy');
    expect(choices.get('messages.actions')).toEqual(['copy']);
  });
});

describe('what the widget is told', () => {
  it('is what was chosen, in its groups, and nothing of the preview alone', () => {
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

  it('gives each default back that is not chosen any more', () => {
    const change = toChange(choose(['header.title', 'Fernway']));
    expect(change).toMatchObject({ header: { title: 'Fernway' }, theme: { tokens: { accent: '' } } });
    expect(change).toHaveProperty('mode', undefined);
    expect(change).toHaveProperty('start.prompts', undefined);
  });

  it('asks for consent only with words or a link for it', () => {
    expect(toChange(new Map())).toHaveProperty('privacy.consent', undefined);
    expect(toChange(choose(['privacy.consent.text', 'Thirty days.']))).toHaveProperty('privacy.consent', {
      text: 'Thirty days.',
      url: undefined,
    });
  });

  it('takes out a choice that has become invalid', () => {
    const field = fieldOf('connection.gateway');
    const choices = choose(['connection.gateway', 'https://chat.example']);
    expect(isValid(field, 'https:/')).toBe(false);
    expect(withChoice(choices, field, 'https:/').size).toBe(0);
  });
});
