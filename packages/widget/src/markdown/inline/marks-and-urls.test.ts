/** Marks and bare URLs in text of all scripts. */
import { beforeAll, expect, test } from 'vitest';
import { outline } from '../testing/outline.ts';
import { loadRare } from './rare.ts';

beforeAll(loadRare);

test.each([
  ['这是**「强调」**文字', '这是{strong 「强调」}文字'],
  ['**注意：**正文', '{strong 注意：}正文'],
  ['**“공개”**는', '{strong “공개”}는'],
  ['v2**“稳定”**发布', 'v2{strong “稳定”}发布'],
  ['**価格（税込）**は', '{strong 価格（税込）}は'],
  ['นี่คือ**"ตัวหนา"**ครับ', 'นี่คือ{strong "ตัวหนา"}ครับ'],
  ['**A**，**B**，**C**', '{strong A}，{strong B}，{strong C}'],
  ['这是__「强调」__文字', '这是{strong 「强调」}文字'],
  ['これは*「斜体」*です', 'これは{emphasis 「斜体」}です'],
  ['删除~~「旧」~~了', '删除{strike 「旧」}了'],
  ['ＡＢＣ**！**ｄ', 'ＡＢＣ{strong ！}ｄ'],
])('marks beside punctuation in a text without spaces: %s (W01)', (text, shown) => {
  expect(outline(text)).toBe(shown);
});

test('marks in scripts with spaces stay as CommonMark says, and an underscore in a word stays text (W01)', () => {
  expect(outline('a**"b"**c snake_case 文件_名_后')).toBe('a**"b"**c snake_case 文件_名_后');
});

test('an open mark in a text without spaces is shown as closed while it streams (W01)', () => {
  expect(outline('这是**强', { state: 'growing' })).toBe('这是{strong 强}');
  expect(outline('2**3', { state: 'growing' })).toBe('2**3');
});

test.each([
  ['约 5~10 天，价格 100~200 元', '约 5~10 天，价格 100~200 元'],
  ['11~21°C today, 12~16°C', '11~21°C today, 12~16°C'],
  ['~~gone~~ ~stays~ ~~~stays~~~', '{strike gone} ~stays~ ~~~stays~~~'],
])('only two tildes strike out: %s (W06)', (text, shown) => {
  expect(outline(text)).toBe(shown);
});

const url = (address: string) => `{${address}|${address}}`;

test.each([
  [
    '见 https://e.com/a，然后。链接：https://e.com/b。',
    `见 ${url('https://e.com/a')}，然后。链接：${url('https://e.com/b')}。`,
  ],
  ['访问https://e.com了解', `访问${url('https://e.com')}了解`],
  ['https://e.com/a에서', `${url('https://e.com/a')}에서`],
  [
    '「https://e.com」 “https://e.com” «https://e.com»',
    `「${url('https://e.com')}」 “${url('https://e.com')}” «${url('https://e.com')}»`,
  ],
  [
    'https://e.com/a، https://e.com/b؟ https://e.com/c।',
    `${url('https://e.com/a')}، ${url('https://e.com/b')}؟ ${url('https://e.com/c')}।`,
  ],
  [
    '(see https://e.com/x).Then [https://e.com/] {https://e.com}',
    `(see ${url('https://e.com/x')}).Then [${url('https://e.com/')}] {${url('https://e.com')}}`,
  ],
  ['**https://e.com**后', `{strong ${url('https://e.com')}}后`],
  ['https://e.com…more https://e.com— x', `${url('https://e.com')}…more ${url('https://e.com')}— x`],
  [
    'https://e.com,https://f.com;https://g.com',
    `${url('https://e.com')},${url('https://f.com')};${url('https://g.com')}`,
  ],
  [
    '&lt;https://e.com&gt;x https://e.com/?a&amp;b',
    `<${url('https://e.com')}>x ${url('https://e.com/?a&b')}`,
  ],
  ['见www.e.com。', '见{http://www.e.com|www.e.com}。'],
  ['[https://e.com/x](https://e.com/y)', '{https://e.com/y|https://e.com/x}'],
])('a bare URL ends where a reader would end it: %s (W04)', (text, shown) => {
  expect(outline(text)).toBe(shown);
});

test('what belongs to a URL stays in it: other scripts, brackets and a second URL in its path (W04)', () => {
  expect(outline('https://e.com/wiki/中国')).toBe(
    '{https://e.com/wiki/%E4%B8%AD%E5%9B%BD|https://e.com/wiki/中国}',
  );
  expect(outline('https://e.com/a_(b)?c[]=1')).toBe(
    '{https://e.com/a_(b)?c%5B%5D=1|https://e.com/a_(b)?c[]=1}',
  );
  expect(outline('https://e.com/2020/https://f.com')).toBe(url('https://e.com/2020/https://f.com'));
});
