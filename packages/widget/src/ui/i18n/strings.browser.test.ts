import { expect, test, vi } from 'vitest';
import { en } from './core/en.ts';
import { directionOf, languageOf } from './language-of.ts';
import { LANGUAGES } from './languages.ts';
import { RICH_LANGUAGES, richStrings } from './rich-strings.ts';
import { loadStrings } from './strings.ts';

const FILES: Readonly<Record<string, string>> = {
  ar: 'ar ar-EG ar-SA AR ar-u-nu-latn',
  de: 'de de-AT de-CH-1996 DE-de',
  en: 'en en-GB EN-us en-Latn-US-u-hc-h12 en_US',
  es: 'es es-419 es-MX ES',
  fr: 'fr fr-CA fr-Latn FR-fr-u-ca-gregory',
  he: 'he he-IL iw iw-IL',
  it: 'it it-CH',
  ja: 'ja ja-JP ja-JP-u-ca-japanese JA',
  ko: 'ko ko-KR ko-Kore',
  nl: 'nl nl-BE',
  'pt-BR': 'pt pt-BR pt-PT pt-AO PT-br pt_BR pt-BR-x-own',
  'zh-CN': 'zh zh-CN zh-Hans zh-Hans-HK zh-SG ZH-cn zh-hans-cn zh_CN',
};

/** Traditional characters, languages without a file, and invalid language tags. */
const ENGLISH =
  'zh-TW zh-HK zh-Hant zh-Hant-CN zh-cmn yue fa sv fil tlh x-own constructor __proto__ e 1 ! de-'.split(' ');

for (const [file, locales] of Object.entries(FILES))
  for (const locale of locales.split(' '))
    test(`the texts for "${locale}" are those of ${file}`, async () => {
      expect(await loadStrings(locale)).toBe((await LANGUAGES[file]?.()) ?? en);
    });

for (const locale of ['', ...ENGLISH])
  test(`the texts for "${locale}" are English`, async () => {
    expect(await loadStrings(locale)).toBe(en);
  });

test('a language is named after its file, so that all lists of languages use the same names', () => {
  expect(Object.keys(LANGUAGES).map(languageOf)).toEqual(Object.keys(LANGUAGES));
});

test('lazily loaded texts are in the same language and report when they are loaded', async () => {
  const speech = { locale: 'PT-pt', strings: { ...en } };
  const changed = vi.fn();
  richStrings(speech, changed);
  await vi.waitFor(() => {
    expect(changed).toHaveBeenCalled();
  });
  expect(richStrings(speech, changed)).toEqual(await RICH_LANGUAGES['pt-BR']?.());
});

test('the direction follows the script of the locale', () => {
  const rtl = ['ar', 'he', 'iw', 'fa-IR', 'ur', 'yi', 'dv', 'ps', 'ckb', 'ug', 'pa-PK', 'uz-Arab', 'AR_eg'];
  const ltr = ['en', 'de', 'ja', 'ur-Latn', 'az', 'ku', '', 'nonsense!'];
  expect(rtl.filter((locale) => directionOf(locale) !== 'rtl')).toEqual([]);
  expect(ltr.filter((locale) => directionOf(locale) !== 'ltr')).toEqual([]);
});
