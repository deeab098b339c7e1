/** The chosen options, and their conversion to the URL of the page and to the widget's options. Defaults are not stored. */
import type { ChatOptions, OptionsChange } from '@rivulet/widget';
import type { Field, Path } from './field.ts';
import { FIELDS } from './fields.ts';

/** The value of one option. */
export type Value = string | number | boolean | readonly string[];
/** The options that differ from their defaults. Immutable. */
export type Choices = ReadonlyMap<Path, Value>;

/** Some programs truncate longer links. */
const MAX_CHARS = 500;

/** @returns the choices with one option changed; a default, empty or invalid value removes the option */
export function withChoice(choices: Choices, field: Field, value: Value): Choices {
  const changed = new Map(choices);
  if (isDefault(field, value) || !isValid(field, value)) changed.delete(field.path);
  else changed.set(field.path, value);
  return changed;
}

function isDefault(field: Field, value: Value): boolean {
  if (value === '') return true;
  if (typeof value === 'object')
    return value.length === (field.kind === 'checkboxes' ? labelCountOf(field) : 0);
  return 'initial' in field && field.initial === value;
}

const labelCountOf = ({ labels }: { labels: object }): number => Object.keys(labels).length;

/** Checks a value. Values also come from links, which anybody can write. */
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
    case 'url':
      return texts.every((text) => URL.canParse(text) && /^https?:\/\//i.test(text));
    case 'colour':
      return texts.every((text) => /^#[0-9a-f]{6}$/i.test(text));
    case 'pixels':
      return texts.every((text) => /^\d{1,4}px$/.test(text) && isBetween(field, Number.parseInt(text)));
    case 'radio':
    case 'select':
    case 'checkboxes':
      return texts.every((text) => Object.hasOwn(field.labels, text));
    case 'list':
      return texts.length <= field.count;
    default:
      return true;
  }
}

const isBetween = ({ min, max }: { min: number; max: number }, number: number): boolean =>
  number >= min && number <= max;

/** An origin as the widget compares it: scheme, host and port only. */
const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/** @returns the choices as a URL fragment without `#`, such as `mode=inline&start.prompts=a&start.prompts=b` */
export function toHash(choices: Choices): string {
  const parameters = new URLSearchParams();
  for (const [path, value] of choices) {
    const texts = typeof value === 'boolean' ? [value ? 'on' : 'off'] : [value].flat().map(String);
    // An empty list is a choice too: no checkbox is checked.
    for (const text of texts.length === 0 ? [''] : texts) parameters.append(path, text);
  }
  return parameters.toString();
}

/** Reads the choices from a URL fragment. Unknown names and invalid values are ignored. */
export function fromHash(hash: string): Choices {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  let choices: Choices = new Map();
  for (const field of FIELDS)
    if (parameters.has(field.path)) choices = withChoice(choices, field, read(field, parameters));
  return choices;
}

/** Converts the text to the field's type. A text that cannot be converted is returned as it is, and `isValid` refuses it. */
function read(field: Field, parameters: URLSearchParams): Value {
  const texts = parameters.getAll(field.path).filter((text) => text !== '');
  const [text = ''] = texts;
  switch (field.kind) {
    case 'switch':
      return text === 'on' || (text === 'off' ? false : text);
    case 'count':
      return /^\d+$/.test(text) ? Number(text) : text;
    case 'checkboxes':
      return [...new Set(texts)];
    case 'list':
    case 'origins':
      return texts;
    default:
      return text;
  }
}

/** @returns the chosen options in the widget's form */
export function toOptions(choices: Choices): ChatOptions {
  const chosen = [...choices].filter(([path]) => !path.startsWith('preview.'));
  return nest(chosen); // the paths are those of ChatOptions, and the values were checked by `isValid`
}

/** @returns a change for `configure()` that also resets every option that is not chosen to its default */
export function toChange(choices: Choices): OptionsChange {
  const all = FIELDS.filter(({ path }) => !path.startsWith('preview.')).map(({ path }) => {
    // An empty string removes a custom property.
    const unset = path.startsWith('theme.tokens.') ? '' : undefined;
    return [path, choices.get(path) ?? unset] as const;
  });
  const { privacy, ...change } = nest(all) as OptionsChange; // as in `toOptions`
  // The widget asks for consent if the group exists, even if it is empty, so the group is removed.
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
    const group = names.reduce<Nested>((outer, name) => (outer[name] ??= {}) as Nested, root); // a group, because no path is a prefix of another
    group[last] = value;
  }
  return root;
}
