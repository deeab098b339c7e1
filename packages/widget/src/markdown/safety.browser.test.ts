import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadRare } from './inline/rare.ts';
import { MarkdownView, type MarkdownOptions } from './index.ts';
import { endCounting, growthOf, startCounting } from './testing/counted-work.ts';

function render(markdown: string, options: MarkdownOptions = {}): HTMLElement {
  const target = document.createElement('div');
  new MarkdownView(target, options).update(markdown, 'complete');
  return target;
}

test('rare syntax is hidden until it is loaded, then shown without a trace of its tags (W14)', async () => {
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  const frames: string[] = [];
  for (const text of ['H<', 'H<su', 'H<sub', 'H<sub>', 'H<sub>2</', 'H<sub>2</sub>O']) {
    view.update(text, 'streaming');
    frames.push(target.textContent);
  }
  await expect.poll(() => target.querySelector('sub')?.textContent).toBe('2');
  expect(frames.join('')).not.toMatch(/[<>]|su/);
  expect(target.textContent).toBe('H2O');
});

test('only http, https, mailto and tel become links, however the scheme is written', () => {
  const refused = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '<java\tscript:alert(1)>',
    'javascript&colon;alert(1)',
    '&#106;avascript:alert(1)',
    '<&#x09;javascript:alert(1)>',
    '<\u0001javascript:alert(1)>',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://a.example/x',
    'file:///etc/passwd',
    '//a.example',
    '/path',
  ];
  for (const destination of refused) {
    const target = render(`[words](${destination}) ![words](${destination})`);
    expect(target.querySelectorAll('a, img'), destination).toHaveLength(0);
    expect(target.textContent).toBe('words words');
  }
  for (const destination of ['http://a.example', 'https://a.example', 'mailto:a@a.example', 'tel:+123']) {
    expect(render(`[words](${destination})`).querySelector('a')?.getAttribute('href')).toBe(destination);
  }
});

test('the result of resolveLink is held to the same schemes', () => {
  const target = render('[a](x)', { resolveLink: () => ' java\nscript:alert(1)' });
  expect(target.querySelector('a')).toBeNull();
  const help = render('[a](/help)', { resolveLink: (destination) => destination });
  expect(help.querySelector('a')?.getAttribute('href')).toBe('/help');
});

test('a link opens in a new tab, sends no referrer, and names its host if its text does not', () => {
  const link = render('[example.org](https://evil.example/)').querySelector('a')!;
  expect(link.rel).toBe('noopener noreferrer nofollow ugc');
  expect(link.target).toBe('_blank');
  expect(link.dataset.host).toBe('evil.example');
  expect(link.title).toBe('evil.example');
  expect(render('https://a.example/b').querySelector('a')!.dataset.host).toBeUndefined();
});

test('an image is a link with its description unless the page allows it', () => {
  const markdown = '![a cat](https://a.example/cat.png)';
  expect(render(markdown).querySelector('img')).toBeNull();
  expect(render(markdown).querySelector('a.blocked-image')?.textContent).toBe('a cat');
  const allowed = render(markdown, { isImageAllowed: ({ host }) => host === 'a.example' });
  expect(allowed.querySelector('img')?.alt).toBe('a cat');
  const data = render('![x](data:image/png;base64,AA)', { isImageAllowed: () => true });
  expect(data.querySelector('img')).toBeNull();
});

test('HTML creates only known elements without attributes, anything else is text (W14)', async () => {
  await loadRare();
  const script = '<script>alert(1)</script> <svg onload=alert(1)> <iframe src=x></iframe>';
  expect(render(script).querySelectorAll('*')).toHaveLength(1);
  expect(render(script).textContent).toBe(script);
  const target = render('<b style="color:red" onclick="x()">b</b> <img src=x onerror=alert(1)>');
  expect(target.querySelector('b')?.getAttributeNames()).toEqual([]);
  expect(target.querySelector('img')).toBeNull();
});

test('an address in HTML is held to the same schemes, however it is written (W14)', async () => {
  await loadRare();
  for (const href of [
    'javascript:alert(1)',
    'JAVA&#115;cript:x',
    ' java\tscript:x',
    'data:text/html,x',
    'vbscript:x',
  ])
    expect(render(`<a href="${href}">a</a>`).querySelector('a'), href).toBeNull();
  expect(render('<a href="https://a.example">a</a>').querySelector('a')?.dataset.host).toBe('a.example');
});

test('NUL and unpaired surrogates become the replacement character, valid pairs stay', () => {
  expect(render('a\0b \ud800 \udc00 😀').textContent).toBe('a\ufffdb \ufffd \ufffd 😀');
  expect(render('[a](https://a.example/\ud800)').querySelector('a')).not.toBeNull();
});

test('no attribute is a style or an event handler, and only known elements are created', () => {
  const target = render(
    '| a |\n|:-:|\n| b |\n\n- [x] c\n\n```js onclick=x\nd\n```\n\n1. e\n\n> **f** ![g](https://h.example)',
  );
  for (const element of target.querySelectorAll('*')) {
    for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^(style|on.*)$/);
  }
});

const KB_100 = 100_000;

const hostile: Record<string, string> = {
  'quotes in quotes': '>'.repeat(KB_100),
  'quotes in quotes, line by line': '> '.repeat(300).concat('a\n').repeat(160),
  'lists in lists': '- '.repeat(KB_100 / 2),
  'lists deeper each line': Array.from({ length: 440 }, (_, depth) => `${' '.repeat(depth)}- a\n`).join(''),
  'open brackets': '['.repeat(KB_100),
  'brackets in brackets': '['.repeat(KB_100 / 2) + ']'.repeat(KB_100 / 2),
  'images in images': '!['.repeat(20_000) + '](a)'.repeat(15_000),
  'unfinished links': '[a](b'.repeat(KB_100 / 5),
  'unfinished links in angles': '[a](<b'.repeat(KB_100 / 6),
  'unfinished titles': '[a](b "c'.repeat(KB_100 / 8),
  'references to nothing': '[a][b'.repeat(KB_100 / 5),
  stars: '*'.repeat(KB_100),
  'open emphasis': '*a '.repeat(KB_100 / 3),
  'open and closed emphasis': '*a '.repeat(16_000) + 'a* '.repeat(16_000),
  'both sides': 'a*'.repeat(KB_100 / 2),
  'mixed marks': '*a _b ~~c '.repeat(10_000),
  underscores: '_a__b'.repeat(KB_100 / 5),
  'backtick runs of all lengths': Array.from({ length: 440 }, (_, length) => '`'.repeat(length) + ' ').join(
    '',
  ),
  angles: '<a:'.repeat(KB_100 / 3),
  'mail addresses': 'a@'.repeat(KB_100 / 2),
  'long local part': 'a'.repeat(KB_100) + '@',
  dots: 'a.'.repeat(KB_100 / 2) + '@b',
  'URL of parentheses': `https://a.example/${')'.repeat(KB_100)}`,
  'URL of references': `https://a.example/${'&a;'.repeat(KB_100 / 3)}`,
  'bare URLs': 'www.'.repeat(KB_100 / 4),
  'starts of URLs without a domain': 'www._'.repeat(KB_100 / 5),
  'starts of URLs whose domain is none at its far end': `${'(www.a'.repeat(KB_100 / 6)}_b`,
  'schemes without a domain': 'ftp://('.repeat(KB_100 / 7),
  references: '&'.repeat(KB_100),
  hashes: `# a${' #'.repeat(KB_100 / 2)} b`,
  'rule that is none': `${'* '.repeat(KB_100 / 2)}a`,
  'delimiter row': `${'|a'.repeat(KB_100 / 4)}\n${'|-'.repeat(KB_100 / 4)}`,
  'short rows of a wide table': `${'|a'.repeat(64)}\n${'|-'.repeat(64)}\n${'|\n'.repeat(10_000)}`,
  pipes: '|'.repeat(KB_100),
  definitions: '[a]: b\n'.repeat(KB_100 / 7),
  'definition without an end': `[a]: b "${'c\n'.repeat(KB_100 / 2)}`,
  spaces: ' '.repeat(KB_100) + 'a',
  'spaces before line ends': `a${' '.repeat(1_000)}\n`.repeat(100),
  tabs: '\t'.repeat(KB_100),
  escapes: '\\'.repeat(KB_100),
  'one word': 'a'.repeat(KB_100),
};

beforeAll(startCounting);
afterAll(endCounting);

test.for(Object.entries(hostile))(
  '100 kB of %s is parsed and rendered in bounded work and depth',
  async ([, markdown]) => {
    const target = document.createElement('div');
    const read = (text: string) => {
      target.replaceChildren();
      const view = new MarkdownView(target);
      view.update(text.slice(0, -1), 'streaming');
      view.update(text, 'complete');
    };
    const { work, bound } = await growthOf(read, markdown);
    expect(work).toBeGreaterThan(0);
    expect(work).toBeLessThan(bound);
    let depth = 0;
    for (let node: Element | null = target; node; node = node.firstElementChild) depth++;
    expect(depth).toBeLessThan(80);
  },
);

test('a link text that names another host than its destination is marked, including lookalike letters', () => {
  const claim = (markdown: string) => {
    const { host, claim: kind } = render(markdown).querySelector('a')!.dataset;
    return [host, kind];
  };
  expect(claim('[bank.example](https://evil.example)')).toEqual(['evil.example', 'other']);
  // The first letter is Cyrillic.
  expect(claim('https://аpple.example')).toEqual(['xn--pple-43d.example', 'other']);
  expect(claim('[the guide](https://docs.example)')).toEqual(['docs.example', undefined]);
  expect(claim('[Docs.Example](https://docs.example)')).toEqual([undefined, undefined]);
});
