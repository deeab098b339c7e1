import { expect, test } from 'vitest';
import { LANGUAGES } from './languages.ts';
import { menuEn } from './menu/menu-en.ts';
import { MENU_LANGUAGES } from './menu-strings.ts';

test('the menu speaks every language of the panel', () => {
  expect(Object.keys(MENU_LANGUAGES).toSorted()).toEqual(Object.keys(LANGUAGES).toSorted());
});

test.each(Object.entries(MENU_LANGUAGES))(
  '%s leaves no text in English and no place empty',
  async (language, load) => {
    const strings = await load();
    const same = (Object.keys(menuEn) as (keyof typeof menuEn)[]).filter(
      (key) => strings[key] === menuEn[key],
    );
    // French shares two words with English.
    expect(same).toEqual(language === 'fr' ? ['history', 'untitled'] : []);
    expect(strings.removeAsks).toContain('{title}');
    expect(strings.found.other).toContain('{count}');
  },
);
