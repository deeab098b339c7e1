import { expect, test } from 'vitest';
import { LANGUAGES } from './languages.ts';
import { menuEn } from './menu/menu-en.ts';
import { MENU_LANGUAGES } from './menu-strings.ts';

test('the menu has every language of the panel', () => {
  expect(Object.keys(MENU_LANGUAGES).toSorted()).toEqual(Object.keys(LANGUAGES).toSorted());
});

test.each(Object.entries(MENU_LANGUAGES))(
  '%s has no English text and the same placeholders',
  async (language, load) => {
    const strings = await load();
    const same = (Object.keys(menuEn) as (keyof typeof menuEn)[]).filter(
      (key) => strings[key] === menuEn[key],
    );
    // Two words are the same in French and English.
    expect(same).toEqual(language === 'fr' ? ['history', 'untitled'] : []);
    expect(strings.removeAsks).toContain('{title}');
    expect(strings.found.other).toContain('{count}');
  },
);
