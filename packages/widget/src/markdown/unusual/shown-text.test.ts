import { describe, expect, it } from 'vitest';
import { isUnusual } from '../unusual.ts';
import { SHOWN_TEXTS } from './shown-text.ts';

const { prose, name, code } = SHOWN_TEXTS;
const SHOWS = { prose, name, code };

describe('a text that people write', () => {
  it.each([
    ['English, with quotes and dashes', 'Well — “naïve”, isn’t it?'],
    ['Arabic with all vowels', 'بِسْمِ ٱللَّهِ ٱلرَّحْمَـٰنِ ٱلرَّحِيمِ'],
    ['Arabic with direction marks', 'السعر \u200f100$\u200e اليوم'],
    ['Hebrew with points and accents', 'בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים'],
    ['Persian with joiners', 'می\u200cخواهم کتاب\u200cها'],
    ['Hindi', 'क्षत्रिय हिन्दी\u200d में'],
    ['Tamil and Malayalam', 'தமிழ் മലയാളം ക്\u200d'],
    ['Burmese', 'ကျွန်ုပ်တို့ မြွှေ့'],
    ['Thai', 'น้ำใจที่ยิ่งใหญ่'],
    ['Tibetan', 'བོད་སྐད་ཡིག་སྒྲུབ'],
    ['Vietnamese, decomposed', 'Tie\u0302\u0301ng Vie\u0323\u0302t'],
    ['phonetic writing', 't\u0361\u0283\u0325\u02b0 e\u0303\u0301\u0330'],
    ['Mongolian with selectors', 'ᠮᠣᠩ\u180bᠭᠣᠯ ᠠ\u180e'],
    ['Japanese with a variant', '葛\u{e0100}飾区'],
    ['families, skins and flags', '👨‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇩🇪 ❤️'],
    [
      'the flags of England, Scotland and Wales',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}',
    ],
    ['a keycap', '1️⃣ #️⃣'],
    ['isolates in their pairs', 'The word \u2067שלום\u2069 means peace, \u202bעולם\u202c the world.'],
    ['a soft hyphen and a place to break', 'Donau\u00addampf\u200bschiff'],
    ['tabs and lines', 'a\tb\nc\r\nd'],
  ])('is shown as it is: %s', (_, text) => {
    expect(prose(text)).toBe(text);
  });

  it.each([
    'Well — “naïve”',
    'می\u200cخواهم',
    '👨‍👩‍👧 ❤️ 1️⃣',
    'Tie\u0302\u0301ng',
    'בְּרֵאשִׁית'.slice(0, 3),
    'a\tb\nc',
  ])('loads no rules: %j', (text) => {
    expect(isUnusual(text)).toBe(false);
  });
});

describe('a deception', () => {
  it.each([
    ['an override', 'annual\u202egnp.exe', 'annualgnp.exe'],
    ['an override with its end', '\u202egnp.exe\u202c!', 'gnp.exe!'],
    ['an embedding without an end', 'a \u202bb c', 'a b c'],
    ['an isolate without an end', 'a \u2067b c', 'a b c'],
    ['an end without a beginning', 'a\u2069 b\u202c c', 'a b c'],
    ['an isolate over a line end', '\u2067a\nb\u2069', 'a\nb'],
    ['crossed pairs', '\u2067a\u202bb\u2069c\u202c', 'a\u202bbc\u202c'],
    ['words in tags', 'Hi\u{e0049}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}!', 'Hi!'],
    ['tags on a flag that have no end', '🏴\u{e0067}\u{e0062}!', '🏴!'],
    [
      'words in tags after a flag',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}\u{e0041}',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    ],
    ['bytes in selectors', '😀\ufe01\ufe0f\u{e0100}\u{e01ef}!', '😀\ufe01!'],
    ['selectors on nothing', ' \ufe0f\ufe0e x', '  x'],
    ['invisible operators', 'pay\u2062\u2063pal', 'paypal'],
    ['fillers', 'pay\u3164\uffa0pal\u2800', 'paypal'],
    ['controls', 'a\0b\u001b[31mc\u009b', 'ab[31mc'],
    ['letters under a heap of marks', `a${'\u0301\u0316'.repeat(40)}b`, 'a\u0301\u0316\u0301b'],
    ['the same mark again and again', `ก${'\u0e47'.repeat(40)}ข`, 'ก\u0e47\u0e47ข'],
    [
      'all marks of Hebrew on one letter',
      `א\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9`,
      'א\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6',
    ],
  ])('does not work in prose: %s', (_, text, shown) => {
    expect(isUnusual(text)).toBe(true);
    expect(prose(text)).toBe(shown);
    expect(prose(shown)).toBe(shown);
  });

  it.each([
    ['marks between parts that are written from the right', '\u2067png.\u200fexe\u2069', 'png.exe'],
    ['an Arabic mark', 'png\u061c.exe', 'png.exe'],
    ['a break within a word', 'pay\u200bpal\u00ad.com', 'paypal.com'],
    ['a line separator', 'a\u2028b', 'a\nb'],
  ])('does not work in a name: %s', (_, text, shown) => {
    expect(name(text)).toBe(shown);
    expect(isUnusual(text)).toBe(true);
  });

  it.each([
    ['an override', 'if (a\u202e ⁦// b⁩) {', 'if (a⟨U+202E⟩ ⟨U+2066⟩// b⟨U+2069⟩) {'],
    ['an escape sign and a NUL', '\u001b[0m\0', '␛[0m␀'],
    ['a delete and a C1 control', '\u007f\u009b', '␡⟨U+009B⟩'],
    ['an invisible identifier', 'const \u3164 = 1;', 'const ⟨U+3164⟩ = 1;'],
    ['a zero-width space and a byte order mark', '\ufeffrm\u200b -r', '⟨U+FEFF⟩rm⟨U+200B⟩ -r'],
    ['tags', 'x\u{e0041}', 'x⟨U+E0041⟩'],
    ['a run of selectors', 'x\ufe0f\ufe0e', 'x\ufe0f⟨U+FE0E⟩'],
  ])('is seen in code: %s', (_, text, shown) => {
    expect(code(text)).toBe(shown);
    expect(isUnusual(text)).toBe(true);
  });

  it('keeps the lines and tabs of code, its joiners and its flags', () => {
    const text = 'a\tb\r\nc می\u200cخواهم 👩‍💻 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';
    expect(code(text)).toBe(text);
  });

  it.each(Object.entries(SHOWS))('is read as %s in a time that grows with its length', (_, show) => {
    for (const part of [
      '\u2067',
      '\u202e',
      'a\u0301',
      '\u0301\u0316',
      '\ufe0f',
      '🏴\u{e0067}',
      '\u{e0041}',
      '\u2067\u2069',
      '\0',
    ]) {
      const startedAtMs = performance.now();
      show(part.repeat(100_000));
      expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    }
  });
});
