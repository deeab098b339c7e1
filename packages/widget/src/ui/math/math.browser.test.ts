import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MarkdownView, mathWith } from '../../markdown/index.ts';
import { endCounting, growthOf, startCounting } from '../../markdown/testing/counted-work.ts';
import { defineElements } from '../app/define-elements.ts';
import { en } from '../i18n/core/en.ts';

defineElements();
afterEach(() => {
  document.body.replaceChildren();
});

function show(text: string, state: 'streaming' | 'complete' = 'complete', math = true) {
  const answer = document.createElement('rivulet-markdown');
  Object.assign(answer, { text, state, strings: en, options: { math } });
  document.body.append(answer);
  return answer;
}

/** Timeout that also suits a busy machine. */
const SOON = { timeout: 10_000 };
const formulas = (root: ParentNode) => [...root.querySelectorAll('math')].map((math) => math.textContent);

test('formulas in every delimiter style become MathML', async () => {
  const answer = show('a $x^2$, $$y$$ \\(z\\) \\[w\\]\n\n$$\na\n- b\n$$\n\n\\[\nc\n\\]\n\nend');
  await expect.poll(() => formulas(answer), SOON).toHaveLength(6);
  expect(answer.querySelectorAll('.math-block')).toHaveLength(4);
  expect(answer.querySelector('ul')).toBeNull();
  expect(answer.textContent).not.toContain('$');
});

test('amounts of money, code and escaped delimiters stay text', async () => {
  const text = 'It costs $5 and $10, `$x$`, \\$y$ and 5$.';
  const answer = show(text);
  await expect.poll(() => answer.textContent, SOON).toBe('It costs $5 and $10, $x$, $y$ and 5$.');
  expect(formulas(answer)).toEqual([]);
});

test('without the option a formula stays text', async () => {
  const answer = show('$x$ $$y$$', 'complete', false);
  await answer.updateComplete;
  expect(answer.textContent).toBe('$x$ $$y$$');
});

test('invalid TeX and unclosed formulas are shown as written', async () => {
  const answer = show('$\\nosuch{x}$ and $\\href{https://a.example}{b}$\n\n$$\nx + ');
  await expect.poll(() => answer.textContent, SOON).toContain('$\\nosuch{x}$');
  expect(answer.textContent).toContain('$$\nx + ');
  expect(answer.querySelectorAll('a')).toHaveLength(0);
});

/** A view that renders formulas as their TeX in brackets. */
function createView() {
  const target = document.createElement('div');
  const render = (element: HTMLElement, { tex }: { tex: string }) => {
    element.append(`[${tex}]`);
  };
  return { target, view: new MarkdownView(target, { math: mathWith(render) }) };
}

const TEXT =
  'An $a+b$ or \\(c_1\\), then $$d^*$$ in *words*.\n\n$$\ne\n- f\n$$\n\n- $g$ costs $5\n\n\\[h\\] and $i$ end\n';

test('no frame shows a delimiter of an incomplete formula, and complete text is shown at once', () => {
  const whole = createView();
  whole.view.update(TEXT, 'complete');
  const { target, view } = createView();
  for (let end = 0; end <= TEXT.length; end++) {
    view.update(TEXT.slice(0, end), 'streaming');
    const words = target.textContent.replaceAll(/\[[^\]]*\]|\$5/g, '');
    expect(words, TEXT.slice(0, end)).not.toMatch(/[$\\_^]/);
  }
  view.update(TEXT, 'complete');
  expect(target.isEqualNode(whole.target)).toBe(true);
  expect(target.textContent).toContain('[e\n- f]');
});

test('a formula is rendered once while text after it grows', () => {
  const { target, view } = createView();
  view.update('a $b$ c', 'streaming');
  const formula = target.querySelector('.math');
  view.update('a $b$ c and so on', 'streaming');
  expect(target.querySelector('.math')).toBe(formula);
});

beforeAll(startCounting);
afterAll(endCounting);

test.for(['$', '$a ', '$$', '\\(', '$$a\n', '\\[x ', '$1 $2 '])(
  '100 kB of %s is parsed in bounded work',
  async (piece) => {
    const read = (text: string) => {
      createView().view.update(text, 'streaming');
    };
    const { work, bound } = await growthOf(read, piece.repeat(100_000 / piece.length));
    expect(work).toBeGreaterThan(0);
    expect(work).toBeLessThan(bound);
  },
);

test('every widget with a formula adopts the styles, and a long formula can be scrolled with the keyboard', async () => {
  const hosts = [document.createElement('div'), document.createElement('div')];
  for (const host of hosts) {
    const root = host.attachShadow({ mode: 'open' });
    document.body.append(host);
    const answer = show('$$\nx\n$$\n');
    root.append(answer);
    await expect.poll(() => formulas(root), SOON).toHaveLength(1);
    const block = root.querySelector<HTMLElement>('.math-block')!;
    expect([getComputedStyle(block).textAlign, block.tabIndex]).toEqual(['center', 0]);
  }
});
