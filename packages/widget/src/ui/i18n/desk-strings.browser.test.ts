import { expect, test } from 'vitest';
import { en } from './core/en.ts';
import { deskEn } from './desk/desk-en.ts';
import { DESK_LANGUAGES, deskStrings, loadDeskStrings } from './desk-strings.ts';
import { LANGUAGES } from './languages.ts';

test('the desk has every language of the panel', () => {
  expect(Object.keys(DESK_LANGUAGES).toSorted()).toEqual(Object.keys(LANGUAGES).toSorted());
});

test.each(Object.entries(DESK_LANGUAGES))(
  '%s has no English text and the same placeholders',
  async (_language, load) => {
    const strings = await load();
    const keys = Object.keys(deskEn) as (keyof typeof deskEn)[];
    const placeholders = (text: string) => text.match(/\{\w+\}/g) ?? [];
    for (const key of keys) expect(placeholders(strings[key]), key).toEqual(placeholders(deskEn[key]));
    expect(keys.filter((key) => strings[key] === deskEn[key])).toEqual([]);
  },
);

test('the site sets a text of its own', async () => {
  await loadDeskStrings('de');
  const strings = deskStrings('de', Object.assign({ ...en }, { inQueue: 'Gleich ist jemand da.' }));
  expect(strings.inQueue).toBe('Gleich ist jemand da.');
  expect(strings.personTyping).toBe('Schreibt …');
});
