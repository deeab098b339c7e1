import { beforeAll, expect, test } from 'vitest';
import { loadNames } from './rare/character-reference.ts';
import { loadRare } from './inline/rare.ts';
import { MarkdownView } from './index.ts';
import COMMONMARK from './testing/commonmark-0.31.2.json' with { type: 'json' };
import GFM from './testing/gfm-0.29.json' with { type: 'json' };

beforeAll(() => Promise.all([loadNames(), loadRare()]));

function render(markdown: string): HTMLElement {
  const target = document.createElement('div');
  new MarkdownView(target).update(markdown, 'complete');
  return target;
}

/** Yields the view after each of the prefixes that end at `cuts`. */
function* frames(markdown: string, cuts: Iterable<number>): Generator<HTMLElement> {
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  for (const end of cuts) {
    view.update(markdown.slice(0, end), 'streaming');
    yield target;
  }
  view.update(markdown, 'complete');
  yield target;
}

const everyCut = (text: string) => Array.from({ length: text.length + 1 }, (_, index) => index);
const last = (views: Iterable<HTMLElement>) => [...views].at(-1)!;

/** A pseudo-random generator with a seed, so that a failure can be repeated. */
function* randomNumbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state;
  }
}

function randomCuts(length: number, numbers: Iterator<number>): number[] {
  const cuts: number[] = [];
  for (let at = 0; at < length; at += 1 + ((numbers.next().value as number) % 9)) cuts.push(at);
  return cuts;
}

const ANSWER = `[ref]: https://example.com/ref

# Result of **the** test

Some *words* with \`code\`, a [link](https://example.com/a "title"), an ![image](https://example.com/b.png)
and ~~more~~ words & more. See www.example.org/path and <https://example.net>.

| name | value |
| :--- | ----: |
| a    | **1** |
| b    | \`2\` |

1. one
2. two with **bold text**
   - inner
   - [x] done

- loose

- list

> quoted *text*
> goes on

\`\`\`ts
const a = 1;

const b = \`\${a}\`;
\`\`\`

Setext
------

---

Last words [see][ref].
`;

test('random chunks of concatenated examples end as the same nodes as the text at once', () => {
  const numbers = randomNumbers(7);
  const examples = [...COMMONMARK, ...GFM];
  for (let round = 0; round < 300; round++) {
    const pick = () => examples[numbers.next().value! % examples.length]!.markdown;
    const markdown = pick() + pick() + pick();
    const streamed = last(frames(markdown, randomCuts(markdown.length, numbers)));
    expect(streamed.isEqualNode(render(markdown)), JSON.stringify(markdown)).toBe(true);
  }
});

test('no frame of a typical answer shows raw syntax', () => {
  const raw = /\*|~~|`(?!\$)|\]|\[|\||^#|^[-=]|<|!/m;
  for (const target of frames(ANSWER, everyCut(ANSWER))) {
    const copy = target.cloneNode(true) as HTMLElement;
    for (const pre of copy.querySelectorAll('pre')) pre.remove();
    expect(copy.textContent).not.toMatch(raw);
  }
});

test('unclosed marks are shown as if they were closed', () => {
  const shown = (markdown: string) => {
    const target = document.createElement('div');
    new MarkdownView(target).update(markdown, 'streaming');
    return target;
  };
  expect(shown('a **bold').querySelector('strong')?.textContent).toBe('bold');
  expect(shown('a `code').querySelector('code')?.textContent).toBe('code');
  expect(shown('a [text](htt').textContent).toBe('a text');
  for (const held of ['-', '#', '1.', '`', '*', '```', '| a | b', 'x\n-', '- [ ']) {
    expect(shown(held).textContent).toBe(held.startsWith('x') ? 'x' : '');
  }
});

test('settled blocks are never changed again', () => {
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  const touched: Node[] = [];
  const observer = new MutationObserver(() => undefined);
  observer.observe(target, { childList: true, characterData: true, attributes: true, subtree: true });
  const blocks = ANSWER.indexOf('1. one');
  view.update(ANSWER.slice(0, blocks + 4), 'streaming');
  const settled = [...target.children].slice(0, 3);
  observer.takeRecords();
  for (let end = blocks + 5; end <= ANSWER.length; end++) view.update(ANSWER.slice(0, end), 'streaming');
  view.update(ANSWER, 'complete');
  for (const record of observer.takeRecords()) touched.push(record.target);
  expect(touched.filter((node) => settled.some((block) => block.contains(node)))).toEqual([]);
  expect([...target.children].slice(0, 3)).toEqual(settled);
});

test('no element is recreated: a growing list, table, fence and paragraph only gain nodes', () => {
  const growing = [
    '- item **x**\n',
    '| a | b |\n',
    'word *em* and [l](https://a.example) more.\n',
    '    code\n',
  ];
  for (const line of growing) {
    const head = line.startsWith('|') ? '| h | i |\n|---|---|\n' : '';
    const markdown = head + line.repeat(200);
    const target = document.createElement('div');
    const view = new MarkdownView(target);
    const built = new Set<Node>();
    for (let end = 1; end <= markdown.length; end += 3) {
      view.update(markdown.slice(0, end), 'streaming');
      for (const element of target.querySelectorAll('li, tr, strong, em, a, pre, p')) built.add(element);
    }
    view.update(markdown, 'complete');
    const final = target.querySelectorAll('li, tr, strong, em, a, pre, p').length;
    expect(built.size).toBeLessThanOrEqual(final * 1.02);
  }
});

test('a late definition turns earlier references into links', () => {
  const markdown =
    'See [one] and [two][].\n\n- in [one]\n\ntext\n\n[one]: https://a.example\n\n[two]: https://b.example\n\nend';
  const views = frames(markdown, everyCut(markdown));
  const target = last(views);
  expect(target.querySelectorAll('a')).toHaveLength(3);
  expect(target.isEqualNode(render(markdown))).toBe(true);
});

test('a text that does not continue the previous one starts over', () => {
  const target = document.createElement('div');
  const view = new MarkdownView(target);
  view.update('# one', 'complete');
  view.update('two', 'streaming');
  expect(target.textContent).toBe('two');
  view.clear();
  expect(target.childNodes).toHaveLength(0);
});

test('code is decorated once, when it does not change any more', () => {
  const calls: string[] = [];
  const target = document.createElement('div');
  const view = new MarkdownView(target, {
    decorateCode: (pre, { text, language }) => calls.push(`${pre.tagName} ${language} ${text}`),
  });
  const markdown = '```ts extra\nlet a;\n```\n\nafter';
  for (const end of everyCut(markdown)) view.update(markdown.slice(0, end), 'streaming');
  view.update(markdown, 'complete');
  expect(calls).toEqual(['PRE ts let a;\n']);
});

test('a text that is cut off stays as in its last frame, streamed or at once', () => {
  for (const end of everyCut(ANSWER)) {
    const cut = ANSWER.slice(0, end);
    const [streamed, atOnce] = [document.createElement('div'), document.createElement('div')];
    const view = new MarkdownView(streamed);
    view.update(cut, 'streaming');
    const lastFrame = streamed.cloneNode(true);
    view.update(cut, 'cut');
    new MarkdownView(atOnce).update(cut, 'cut');
    expect([streamed.isEqualNode(lastFrame), atOnce.isEqualNode(lastFrame)], cut).toEqual([true, true]);
  }
});

test('code that is cut off is decorated, as it does not change any more', () => {
  const calls: string[] = [];
  const options = { decorateCode: (_: HTMLElement, { text }: { text: string }) => calls.push(text) };
  const view = new MarkdownView(document.createElement('div'), options);
  view.update('- a\n\n  ```ts\n  let a;\n  let', 'streaming');
  view.update('- a\n\n  ```ts\n  let a;\n  let', 'cut');
  expect(calls).toEqual(['let a;\nlet']);
});
