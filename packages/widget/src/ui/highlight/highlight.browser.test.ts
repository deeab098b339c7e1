import { afterEach, expect, test, vi } from 'vitest';
import { answer } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll } from '../testing/mount.ts';

afterEach(() => {
  document.getSelection()?.removeAllRanges();
  unmountAll();
});

async function show(text: string, theme = 'light'): Promise<ShadowRoot> {
  const mounted = await mountOpen({ theme });
  mounted.chat.setMessages([answer('answer01', text, { reason: 'stop' })]);
  await mounted.rendered();
  return mounted.element.shadowRoot!;
}

/** Even a busy page highlights after 5 s. */
const SOON = { timeout: 12_000 };

/** Shows code on a page that stays busy until `rest` is called. */
async function showBusy(text: string): Promise<{ root: ShadowRoot; rest: () => void }> {
  const waiting: (() => void)[] = [];
  const busy = vi.spyOn(globalThis, 'requestIdleCallback');
  busy.mockImplementation((callback) => waiting.push(callback as () => void)); // the deadline argument is not used
  const root = await show(text);
  const rest = () => {
    busy.mockRestore();
    for (const callback of waiting) callback();
  };
  return { root, rest };
}

const spans = (root: ParentNode) => root.querySelectorAll('pre span');
const fence = (language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\``;

test('finished code is highlighted when idle, keeping its text and its text node', async () => {
  const { root, rest } = await showBusy(fence('ts', 'const a: string = `x${1}`; // <b>'));
  const code = root.querySelector('code')!;
  const text = code.firstChild;
  rest();
  await expect.poll(() => spans(root).length, SOON).toBeGreaterThan(4);
  expect(code.textContent).toBe('const a: string = `x${1}`; // <b>\n');
  expect(code.querySelector('.code-keyword')?.firstChild).toBe(text);
  expect(root.querySelector('.code-comment')?.textContent).toBe('// <b>');
});

test('code embedded in other code is highlighted in its own language', async () => {
  const root = await show(fence('html', '<style>a { color: red }</style><script>let a = "b";</script>'));
  await expect.poll(() => root.querySelector('.code-string')?.textContent, SOON).toBe('"b"');
  expect(root.querySelectorAll('script, style')).toHaveLength(0);
});

test('code in an unknown language and very long code stay plain', async () => {
  const root = await show(
    `${fence('klingon', 'let a')}\n\n${fence('js', 'let a;'.repeat(4_000))}\n\n${fence('js', 'let b')}`,
  );
  await expect.poll(() => spans(root).length, SOON).toBe(1);
  expect(root.querySelector('figure:last-child span')?.textContent).toBe('let');
});

test('code that the visitor has selected is not changed until it is deselected', async () => {
  const { root, rest } = await showBusy(`${fence('js', 'let a')}\n\n${fence('js', 'let b')}`);
  const [first, second] = root.querySelectorAll('code');
  document.getSelection()!.setBaseAndExtent(first!.firstChild!, 0, first!.firstChild!, 3);
  rest();
  await expect.poll(() => spans(second!).length, SOON).toBe(1);
  expect(spans(first!)).toHaveLength(0);
  document.getSelection()!.removeAllRanges();
  await expect.poll(() => spans(first!).length, SOON).toBe(1);
});

/** Red, green and blue as painted by the browser, 0 to 255. */
function painted(colour: string): [number, number, number] {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d')!;
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

function luminance(colour: string): number {
  const linear = painted(colour).map((part) =>
    part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

const COLOURS = ['comment', 'keyword', 'string', 'number', 'title', 'type', 'attribute', 'deletion'];

test.for(['light', 'dark'] as const)(
  'every colour has a contrast of at least 4.5:1 on the code background: %s',
  async (scheme) => {
    const root = await show(fence('js', 'let a'), scheme);
    await expect.poll(() => spans(root).length, SOON).toBe(1);
    const code = root.querySelector('code')!;
    const behind = luminance(getComputedStyle(root.querySelector('.code')!).backgroundColor);
    for (const name of COLOURS) {
      const span = document.createElement('span');
      span.className = `code-${name}`;
      code.append(span);
      const [low, high] = [luminance(getComputedStyle(span).color), behind].sort((a, b) => a - b);
      expect((high! + 0.05) / (low! + 0.05), name).toBeGreaterThan(4.5);
    }
  },
);
