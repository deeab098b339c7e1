import { expect, test } from 'vitest';
import { MarkdownView } from './index.ts';
import { ANY_DESTINATION, normalHtml, normalView } from './testing/normal-html.ts';
import COMMONMARK from './testing/commonmark-0.31.2.json' with { type: 'json' };
import GFM from './testing/gfm.json' with { type: 'json' };
import { GFM_INSTEAD, MISSES, type Example } from './testing/specification.ts';

const options = { resolveLink: (destination: string) => ANY_DESTINATION + destination };

function render(markdown: string): HTMLElement {
  const target = document.createElement('div');
  new MarkdownView(target, options).update(markdown, 'complete');
  return target;
}

const shows = (markdown: string, html: string) => normalView(render(markdown)) === normalHtml(html);
const passes = ({ markdown, html }: Example) => shows(markdown, html);

test('CommonMark 0.31.2: all 580 examples without raw HTML as it says, as GFM says instead, or missed with a reason', () => {
  const others = COMMONMARK.filter((example) => !passes(example));
  const asGfm = others.filter(({ number, markdown }) => shows(markdown, GFM_INSTEAD[number]?.html ?? ''));
  const missed = others.filter((example) => !asGfm.includes(example)).map(({ number }) => number);
  console.info(
    `CommonMark: ${COMMONMARK.length - others.length} of ${COMMONMARK.length} as written, ${asGfm.length} as GFM asks`,
  );
  expect(missed).toEqual(Object.keys(MISSES).map(Number));
  expect(asGfm.length).toBe(Object.keys(GFM_INSTEAD).length);
  expect(COMMONMARK.length - missed.length).toBeGreaterThanOrEqual(575);
});

test('GFM extensions: all 24 examples', () => {
  const missed = GFM.filter((example) => !passes(example));
  console.info(`GFM ${GFM.length - missed.length} of ${GFM.length}`);
  expect(missed).toEqual([]);
});

test('a text streamed character by character ends as the same nodes as the text at once, for every example', () => {
  for (const { markdown } of [...COMMONMARK, ...GFM]) {
    const target = document.createElement('div');
    const view = new MarkdownView(target, options);
    for (let end = 0; end <= markdown.length; end++) view.update(markdown.slice(0, end), 'streaming');
    view.update(markdown, 'complete');
    expect(target.isEqualNode(render(markdown)), markdown).toBe(true);
  }
});
