import { beforeAll, expect, test } from 'vitest';
import { loadNames } from './rare/character-reference.ts';
import { loadRare } from './inline/rare.ts';
import { MarkdownView } from './index.ts';
import { ANY_DESTINATION, normalHtml, normalView } from './testing/normal-html.ts';
import COMMONMARK from './testing/commonmark-0.31.2.json' with { type: 'json' };
import GFM from './testing/gfm-0.29.json' with { type: 'json' };
import GFM_OWN from './testing/gfm-own.json' with { type: 'json' };
import { GFM_INSTEAD, OWN_INSTEAD, type Example } from './testing/specification.ts';

// Otherwise the first text with a rare character name would be rendered again after loading.
beforeAll(() => Promise.all([loadNames(), loadRare()]));

const options = { resolveLink: (destination: string) => ANY_DESTINATION + destination };

function render(markdown: string): HTMLElement {
  const target = document.createElement('div');
  new MarkdownView(target, options).update(markdown, 'complete');
  return target;
}

const shows = (markdown: string, html: string) => normalView(render(markdown)) === normalHtml(html);
const passes = ({ markdown, html }: Example) => shows(markdown, html);

test('CommonMark 0.31.2: all 580 examples without raw HTML, with the differences of GFM', () => {
  const others = COMMONMARK.filter((example) => !passes(example));
  const asGfm = others.filter(({ number, markdown }) => shows(markdown, GFM_INSTEAD[number]?.html ?? ''));
  console.info(
    `CommonMark: ${COMMONMARK.length - others.length} of ${COMMONMARK.length} as written, ${asGfm.length} as GFM asks`,
  );
  expect(others.map(({ number }) => number)).toEqual(Object.keys(GFM_INSTEAD).map(Number));
  expect(asGfm).toEqual(others);
  expect(COMMONMARK.length - others.length).toBeGreaterThanOrEqual(575);
});

test('GFM 0.29: all 24 examples of its extensions but the listed deviation, and 24 of our own', () => {
  const others = GFM.filter((example) => !passes(example));
  console.info(`GFM 0.29: ${GFM.length - others.length} of ${GFM.length} as written`);
  expect(others.map(({ number }) => number)).toEqual(Object.keys(OWN_INSTEAD).map(Number));
  expect(others.filter(({ number, markdown }) => !shows(markdown, OWN_INSTEAD[number]?.html ?? ''))).toEqual(
    [],
  );
  expect(GFM_OWN.filter((example) => !passes(example))).toEqual([]);
});

test('text streamed character by character ends as the same nodes as the text at once, for every example', () => {
  for (const { markdown } of [...COMMONMARK, ...GFM, ...GFM_OWN]) {
    const target = document.createElement('div');
    const view = new MarkdownView(target, options);
    for (let end = 0; end <= markdown.length; end++) view.update(markdown.slice(0, end), 'streaming');
    view.update(markdown, 'complete');
    expect(target.isEqualNode(render(markdown)), markdown).toBe(true);
  }
});

test('text cut in two at any place ends as the same nodes as the text at once, for every example', () => {
  for (const { markdown } of [...COMMONMARK, ...GFM, ...GFM_OWN]) {
    const whole = render(markdown);
    for (let cut = 1; cut < markdown.length; cut++) {
      const target = document.createElement('div');
      const view = new MarkdownView(target, options);
      view.update(markdown.slice(0, cut), 'streaming');
      view.update(markdown, 'complete');
      if (!target.isEqualNode(whole)) expect(markdown.slice(0, cut), markdown).toBe('cut anywhere');
    }
  }
});
