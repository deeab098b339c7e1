/** The form has a field for each setting that the gateway lets an admin edit, and none for others. */
import { expect, it } from 'vitest';
import { EDITABLE, isEditable, ruleOf } from '../../../gateway/src/sites/setting-rules.ts';
import { WIDGET_TOKENS } from '../../../gateway/src/sites/widget-settings.ts';
import { concernsField, FIXED_LABELS, GROUPS, inLanguage, labelOf, languageOf } from './site-fields.ts';

const PATHS = GROUPS.flatMap(({ fields }) => fields.map(({ path }) => path));

it('each setting that may be edited has a field', () => {
  expect(EDITABLE.filter((path) => !PATHS.includes(path))).toEqual([]);
});

it('each field is for a setting that may be edited, once', () => {
  expect(PATHS.filter((path) => !isEditable(path))).toEqual([]);
  expect(new Set(PATHS).size).toBe(PATHS.length);
  const tokens = PATHS.flatMap((path) => (path.includes('.tokens.') ? [path.split('.').at(-1) ?? ''] : []));
  expect(tokens.filter((name) => !WIDGET_TOKENS.includes(name))).toEqual([]);
});

it('each setting that is shown and not edited has a name', () => {
  expect(Object.keys(FIXED_LABELS).filter((path) => ruleOf(path)?.isEditable !== false)).toEqual([]);
});

it('a text of a language has the path and the name of the text', () => {
  const path = inLanguage('widget.start.greeting', 'pt-BR');
  expect(isEditable(path)).toBe(true);
  expect([path, languageOf(path), labelOf(path)]).toEqual([
    ...['widget.locales.pt-BR.start.greeting', 'pt-BR', 'Greeting (pt-BR)'],
  ]);
});

it('each text of the form may be one of a language', () => {
  const texts = GROUPS.filter(({ isByLanguage }) => isByLanguage).flatMap(({ fields }) => fields);
  expect(texts.filter(({ path }) => !isEditable(inLanguage(path, 'de')))).toEqual([]);
});

it('a problem is about the field of the setting that it is a part of', () => {
  expect(concernsField('desk.hours.monday.0', 'desk.hours')).toBe(true);
  expect(concernsField('desk.hours', 'desk.hour')).toBe(false);
});
