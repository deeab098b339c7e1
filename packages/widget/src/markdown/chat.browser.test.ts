/** The dialect of a chat: its examples at once, and streamed with a cut at every place. */
import { beforeAll, expect, test } from 'vitest';
import { loadNames } from './rare/character-reference.ts';
import { loadRare } from './inline/rare.ts';
import { MarkdownView } from './index.ts';
import { CHAT_EXAMPLES } from './testing/chat-examples.ts';
import { ANY_DESTINATION, normalHtml, normalView } from './testing/normal-html.ts';

beforeAll(() => Promise.all([loadNames(), loadRare()]));

const options = {
  dialect: 'chat' as const,
  resolveLink: (destination: string) => ANY_DESTINATION + destination,
};

function render(markdown: string): HTMLElement {
  const target = document.createElement('div');
  new MarkdownView(target, options).update(markdown, 'complete');
  return target;
}

test.each(CHAT_EXAMPLES)('$title', ({ markdown, html }) => {
  expect(normalView(render(markdown))).toBe(normalHtml(html));
});

test.each(CHAT_EXAMPLES)('streamed or cut at any place, it ends as at once: $title', ({ markdown }) => {
  const whole = render(markdown);
  const streamed = document.createElement('div');
  const view = new MarkdownView(streamed, options);
  for (let cut = 1; cut <= markdown.length; cut++) {
    view.update(markdown.slice(0, cut), 'streaming');
    const target = document.createElement('div');
    const other = new MarkdownView(target, options);
    other.update(markdown.slice(0, cut), 'streaming');
    other.update(markdown, 'complete');
    expect(target.isEqualNode(whole), markdown.slice(0, cut)).toBe(true);
  }
  view.update(markdown, 'complete');
  expect(streamed.isEqualNode(whole)).toBe(true);
});

test('text never turns into a heading while it streams (W30)', () => {
  const target = document.createElement('div');
  const view = new MarkdownView(target, options);
  const markdown = 'Option A\n---\nOption B\n===\nOption C';
  for (let cut = 1; cut <= markdown.length; cut++) {
    view.update(markdown.slice(0, cut), 'streaming');
    expect(target.querySelector('h1, h2'), markdown.slice(0, cut)).toBeNull();
  }
});
