/** What has been chosen, as the page's address and as the widget's options. Only what differs from a default is kept. */
import type { ChatOptions, OptionsChange } from '@rivulet/widget';
import type { Field, Path } from './field.ts';
import { FIELDS } from './fields.ts';

export type Value = string | number | boolean | readonly string[];
export type Choices = ReadonlyMap<Path, Value>;

/** Longer ones would not survive every place where a link is pasted. */
const MAX_CHARS = 500;

/** With one choice changed; the default, nothing and what is not valid take it out. */
export function withChoice(choices: Choices, field: Field, value: Value): Choices {
  const changed = new Map(choices);
  if (isDefault(field, value) || !isValid(field, value)) changed.delete(field.path);
  else changed.set(field.path, value);
  return changed;
}

function isDefault(field: Field, value: Value): boolean {
  if (value === '') return true;
  if (typeof value === 'object') return value.length === (field.kind === 'several' ? wordsOf(field) : 0);
  return 'initial' in field && field.initial === value;
}

const wordsOf = ({ words }: { words: object }): number => Object.keys(words).length;

/** Addresses come from elsewhere, too: out of a link that somebody has sent. */
export function isValid(field: Field, value: Value): boolean {
  const texts = [value].flat().map(String);
  if (texts.some((text) => text.length > MAX_CHARS)) return false;
  switch (field.kind) {
    case 'switch':
      return typeof value === 'boolean';
    case 'count':
      return Number.isInteger(value) && isBetween(field, Number(value));
    case 'origins':
      return texts.every((text) => text === '*' || isOrigin(text));
    case 'address':
      return texts.every((text) => URL.canParse(text) && /^https?:\/\//i.test(text));
    case 'colour':
      return texts.every((text) => /^#[0-9a-f]{6}$/i.test(text));
    case 'pixels':
      return texts.every((text) => /^\d{1,4}px$/.test(text) && isBetween(field, Number.parseInt(text)));
    case 'one':
    case 'pick':
    case 'several':
      return texts.every((text) => Object.hasOwn(field.words, text));
    case 'list':
      return texts.length <= field.count;
    default:
      return true;
  }
}

const isBetween = ({ min, max }: { min: number; max: number }, number: number): boolean =>
  number >= min && number <= max;

/** As the widget compares it: nothing behind the host and the port. */
const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/** `#mode=inline&start.prompts=a&start.prompts=b`, without the `#`. */
export function toHash(choices: Choices): string {
  const parameters = new URLSearchParams();
  for (const [path, value] of choices) {
    const texts = typeof value === 'boolean' ? [value ? 'on' : 'off'] : [value].flat().map(String);
    // None of several is a choice, too.
    for (const text of texts.length === 0 ? [''] : texts) parameters.append(path, text);
  }
  return parameters.toString();
}

/** Unknown names and values that no field takes are left out. */
export function fromHash(hash: string): Choices {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  let choices: Choices = new Map();
  for (const field of FIELDS)
    if (parameters.has(field.path)) choices = withChoice(choices, field, read(field, parameters));
  return choices;
}

/** What is no value of the field stays the text that it is, which `isValid` then refuses. */
function read(field: Field, parameters: URLSearchParams): Value {
  const texts = parameters.getAll(field.path).filter((text) => text !== '');
  const [text = ''] = texts;
  switch (field.kind) {
    case 'switch':
      return text === 'on' || (text === 'off' ? false : text);
    case 'count':
      return /^\d+$/.test(text) ? Number(text) : text;
    case 'several':
      return [...new Set(texts)];
    case 'list':
    case 'origins':
      return texts;
    default:
      return text;
  }
}

/** The widget's options, with what was chosen and nothing else. */
export function toOptions(choices: Choices): ChatOptions {
  const chosen = [...choices].filter(([path]) => !path.startsWith('preview.'));
  return nest(chosen); // the table's paths are those of ChatOptions, its values are checked by `isValid`
}

/** The same for `configure()`: what was not chosen gets its default back. */
export function toChange(choices: Choices): OptionsChange {
  const all = FIELDS.filter(({ path }) => !path.startsWith('preview.')).map(({ path }) => {
    // A custom property goes by the empty word.
    const none = path.startsWith('theme.tokens.') ? '' : undefined;
    return [path, choices.get(path) ?? none] as const;
  });
  const { privacy, ...change } = nest(all) as OptionsChange; // as in `toOptions`
  // A group without a word is a choice, too: the widget would ask for consent.
  const hasConsent = choices.has('privacy.consent.text') || choices.has('privacy.consent.url');
  return { ...change, privacy: { ...privacy, consent: hasConsent ? privacy?.consent : undefined } };
}

interface Nested {
  [name: string]: Value | Nested | undefined;
}

function nest(entries: readonly (readonly [string, Value | undefined])[]): Nested {
  const root: Nested = {};
  for (const [path, value] of entries) {
    const names = path.split('.');
    const last = names.pop() ?? path;
    const group = names.reduce<Nested>((outer, name) => (outer[name] ??= {}) as Nested, root); // never a value: no path begins another
    group[last] = value;
  }
  return root;
}
