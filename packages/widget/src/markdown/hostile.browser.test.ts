/** Hostile texts in a real browser, rendered as the widget renders an answer: whole, and growing. Prints what happened. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { markdownOptions, loadMath } from '../ui/message/answer-options.ts';
import { en } from '../ui/i18n/core/en.ts';
import { MarkdownView } from './index.ts';
import { FOREIGN_HOST, HOSTILE_MARKDOWN, RAN } from './testing/hostile-markdown.ts';

/** One text may take this long, whole and growing, on a busy machine; the slowest takes a tenth of it. */
const MAX_MS = 5_000;
const ATTRIBUTES =
  /^(class|dir|href|title|target|rel|alt|src|loading|decoding|referrerpolicy|tabindex|role|start|type|disabled|checked|hidden|id|open|colspan|scope|rowspan|encoding|display|style|data-[\w-]+|aria-[\w-]+|(math|column|row|line|l|r|min|max|scriptlevel|fence|form|stretchy|symmetric|accent|displaystyle|separator|movablelimits|width|height|depth|voffset|notation|movable|largeop|linethickness|lspace|rspace|frame|equal|side|xmlns)[a-z]*)$/;

const options = { math: true };
const totals = { texts: 0, scripts: 0, requests: 0, attributes: 0, exceptions: 0, slowestMs: 0 };
const failures: string[] = [];
let scene: HTMLElement;
let renderAs: (text: string) => Promise<void>;

const onError = (event: ErrorEvent | PromiseRejectionEvent): void => {
  totals.exceptions += 1;
  failures.push(`exception: ${'message' in event ? event.message : String(event.reason)}`);
};
beforeAll(async () => {
  addEventListener('error', onError);
  addEventListener('unhandledrejection', onError);
  performance.setResourceTimingBufferSize(10_000);
  scene = document.createElement('div');
  document.body.append(scene);
  const math = await loadMath(options);
  renderAs = async (text) => {
    const target = document.createElement('div');
    target.className = 'markdown';
    scene.replaceChildren(target);
    const view = new MarkdownView(target, markdownOptions({ strings: en, options, math }));
    for (const end of [0.3, 0.6, 0.9].map((part) => Math.floor(text.length * part)))
      view.update(text.slice(0, end), 'streaming');
    view.update(text, 'complete');
    await view.loaded;
  };
});
afterAll(() => {
  removeEventListener('error', onError);
  removeEventListener('unhandledrejection', onError);
  scene.remove();
  console.log(
    `${totals.texts} hostile texts: ${totals.scripts} scripts run, ${totals.requests} foreign requests, ${totals.attributes} unsafe attributes, ` +
      `${totals.exceptions} exceptions, the slowest took ${totals.slowestMs.toFixed(0)} ms`,
  );
});

/** What of an element may not be there. */
function unsafeIn(element: Element): string[] {
  const unsafe = [...element.attributes].filter(({ name, value }) => {
    if (!ATTRIBUTES.test(name)) return true;
    if (name === 'href') return !/^(https?|mailto|tel):$/.test((element as HTMLAnchorElement).protocol); // only links have one
    if (name === 'src') return true; // no image is allowed here
    return name === 'style' && /url|position|expression|fixed/i.test(value);
  });
  const isForeign =
    /^(script|style|link|iframe|object|embed|base|meta|form|svg|video|audio|source|template|button)$/i.test(
      element.localName,
    ) && element.className !== 'code-copy';
  return [
    ...unsafe.map(({ name, value }) => `${element.localName} ${name}=${value}`),
    ...(isForeign ? [element.localName] : []),
  ];
}

const foreignRequests = (): string[] =>
  performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((name) => name.includes(FOREIGN_HOST));

test('there are at least 200 hostile texts', () => {
  expect(new Set(HOSTILE_MARKDOWN.map(([, text]) => text)).size).toBeGreaterThanOrEqual(200);
});

test(
  'no hostile text runs a script, requests anything, leaves an unsafe attribute, throws or takes long',
  { timeout: 300_000 },
  async () => {
    for (const [name, text] of HOSTILE_MARKDOWN) {
      const startedAtMs = performance.now();
      await renderAs(text);
      // An event handler or a request would run now.
      await new Promise((resolve) => setTimeout(resolve));
      const tookMs = performance.now() - startedAtMs;
      const unsafe = [...scene.querySelectorAll('*')].flatMap(unsafeIn);
      const hasRun = RAN in window;
      Reflect.deleteProperty(window, RAN);
      totals.texts += 1;
      totals.attributes += unsafe.length;
      totals.scripts += hasRun ? 1 : 0;
      totals.slowestMs = Math.max(totals.slowestMs, tookMs);
      if (unsafe.length > 0) failures.push(`${name}: ${unsafe.join(', ')}`);
      if (tookMs > MAX_MS) failures.push(`${name}: ${tookMs.toFixed(0)} ms`);
    }
    totals.requests = foreignRequests().length;
    failures.push(...foreignRequests());
    expect(failures).toEqual([]);
    expect(totals).toMatchObject({ scripts: 0, requests: 0, attributes: 0, exceptions: 0 });
  },
);

const rendered = async (text: string): Promise<HTMLElement> => {
  await renderAs(text);
  return scene;
};

test('a link that leads to an exe is not read as a png, whatever stands in its words', async () => {
  for (const words of ['annual\u202egnp.exe', '\u2067png.\u200fexe\u2069', 'a\u061c\u200f.exe']) {
    const link = (await rendered(`[${words}](https://a.example/x.exe)`)).querySelector('a');
    expect(link?.textContent).toBe(words.replaceAll(/[\u061c\u200f\u202e\u2067\u2069]/g, ''));
    expect(link && getComputedStyle(link).unicodeBidi).not.toBe('bidi-override');
  }
});

test.each([
  ['another host', '[https://bank.example](https://evil.example)', 'evil.example'],
  ['another host, while the address has no scheme', '[https://bank.example](//evil.example)', 'evil.example'],
  ['another host before its own', '[bank.example/evil.example](https://evil.example)', 'evil.example'],
  ['another host as a name', '[bank.example@evil.example](https://evil.example)', 'evil.example'],
  ['a host with an invisible character', '[bank\u200b.example](https://evil.example)', 'evil.example'],
  [
    'a host with a letter of another script',
    '[b\u0430nk.example](https://b\u0430nk.example)',
    'xn--bnk-6cd.example',
  ],
])('a link whose words name %s shows the real one', async (_, text, host) => {
  const link = (await rendered(text)).querySelector('a');
  expect([link?.dataset.claim, link?.dataset.host]).toEqual(['other', host]);
});

test.each([
  '[a.example](https://a.example/b)',
  '[www.a.example](https://a.example)',
  'https://a.example/bank.example',
  '[our help](https://a.example)',
  '[see a.example, page 2](https://a.example)',
])('a link that claims nothing else shows no second host: %s', async (text) => {
  expect((await rendered(text)).querySelector('[data-claim]')).toBeNull();
});

test('code shows what is invisible, and is copied as it was written', async () => {
  const block = (await rendered('```js\na\u202e\u2066// b\u2069\n```')).querySelector('pre');
  expect(block?.textContent).toBe('a⟨U+202E⟩⟨U+2066⟩// b⟨U+2069⟩\n');
  expect((await rendered('`a\u202eb`')).querySelector('code')?.textContent).toBe('a⟨U+202E⟩b');
});

test('marks that are heaped on a letter do not paint over the lines around it', async () => {
  const heap = await rendered(`one\n\nZ${'\u0353\u0342\u0316\u0301'.repeat(100)}\n\ntwo`);
  expect([...heap.querySelectorAll('p')].map(({ textContent }) => textContent.length)).toEqual([3, 4, 3]);
});

test('what people write is shown as it is, also while it grows', async () => {
  for (const text of [
    'بِسْمِ ٱللَّهِ',
    'בְּרֵאשִׁ֖ית',
    'می\u200cخواهم',
    'ကျွန်ုပ်',
    '👨‍👩‍👧 ❤️ 1️⃣ 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    'ᠮᠣᠩ\u180bᠭᠣᠯ',
  ])
    expect((await rendered(text)).textContent).toBe(text);
});
