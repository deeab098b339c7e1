// Measures the main-thread time of a streamed answer in Chromium: the Markdown view compared with a baseline that appends
// plain-text paragraphs. Both stream deltas of 4 characters, each followed by style and layout, alternately in one run.
// Usage: `node bench/markdown.mjs [rounds]`.
import { createServer } from 'node:http';
import { build } from 'esbuild';
import { chromium } from 'playwright';

const ROUNDS = Number(process.argv[2] ?? 3);
// Only the usual answer is measured at 100 kB: the layout of a single plain paragraph of 100 kB takes two minutes.
const RUNS = [
  ['answer', 20_000],
  ['answer', 100_000],
  ...['list', 'table', 'fence', 'paragraph', 'line'].map((kind) => [kind, 20_000]),
];
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'none'; require-trusted-types-for 'script'; trusted-types";

const page = `
import { MarkdownView } from './packages/widget/src/markdown/index.ts';

const ANSWER = \`## A heading with \\\`code\\\`

Some *words* in a **paragraph** that goes on for a while, as answers do, with a [link](https://example.com/a) in it
and a second line that ends it, so that it has about the length that models like to write.

1. First a step that says **what** to do.
2. Then another one, a little longer than the first, with \\\`code\\\` in it.
   - and a detail

| name | value | note |
| :--- | ----: | --- |
| one | 1 | the first |
| two | 2 | **the second** |

\\\`\\\`\\\`ts
export function add(a: number, b: number): number {
  return a + b;
}
\\\`\\\`\\\`

> A quotation of *one* line.

\`;
// The text that separates paragraphs of the baseline: one box of the Markdown view is one paragraph, so that both lay out the same.
const GAPS = { answer: '\\n\\n', list: '\\n', table: '\\n' };
const LINE = 'Words that go on with *some* marks and \`code\` now and then, as they do.';
const pieces = {
  answer: ['', ANSWER],
  list: ['', '- An item of a list with **some** words in it and no end in sight\\n'],
  table: ['| a | b |\\n|---|---|\\n', '| a cell with words | **another** cell with words |\\n'],
  fence: ['\`\`\`ts\\n', 'const value = compute(first, second); // and a comment\\n'],
  paragraph: ['', LINE + '\\n'],
  line: ['', LINE + ' '],
};

function textOf(kind, size) {
  const [head, piece] = pieces[kind];
  return (head + piece.repeat(Math.ceil(size / piece.length))).slice(0, size);
}

// Appends to the text node of the last paragraph. A gap begins the next paragraph, also when it is split over two deltas.
class PlainView {
  constructor(target, gap) { this.target = target; this.gap = gap; this.start = 0; this.length = 0; }
  update(text) {
    for (;;) {
      if (!this.node) {
        const p = document.createElement('p');
        p.append((this.node = document.createTextNode('')));
        this.target.append(p);
      }
      const end = text.indexOf(this.gap, Math.max(this.start, this.length - 1));
      this.node.appendData(text.slice(this.start + this.node.length, end < 0 ? text.length : end));
      if (end < 0) break;
      this.start = end + this.gap.length;
      this.length = this.start;
      this.node = undefined;
    }
    this.length = text.length;
  }
}

window.measure = (kind, size, way) => {
  const target = document.createElement('div');
  document.body.replaceChildren(target);
  const view = way === 'plain' ? new PlainView(target, GAPS[kind] ?? 'none') : new MarkdownView(target);
  const text = textOf(kind, size);
  let longestMs = 0;
  let updateMs = 0;
  const startMs = performance.now();
  for (let end = 4; end <= text.length; end += 4) {
    const frameMs = performance.now();
    view.update(text.slice(0, end), 'streaming');
    updateMs += performance.now() - frameMs;
    target.offsetHeight;
    longestMs = Math.max(longestMs, performance.now() - frameMs);
  }
  view.update(text, 'complete');
  target.offsetHeight;
  // updateMs is the time in JavaScript, without style and layout.
  return { totalMs: performance.now() - startMs, updateMs, longestMs };
};
window.isReady = true;
`;

const { outputFiles } = await build({
  stdin: { contents: page, resolveDir: process.cwd(), loader: 'ts' },
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
});
const server = createServer((request, response) => {
  const isScript = request.url === '/bench.js';
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  response.setHeader('content-security-policy', CSP);
  response.end(
    isScript ? outputFiles[0].text : '<!doctype html><body><script type="module" src="/bench.js"></script>',
  );
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const tab = await browser.newPage();
await tab.goto(`http://127.0.0.1:${server.address().port}/`);
await tab.waitForFunction('window.isReady');

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const run = (kind, size, way) => tab.evaluate(([a, b, c]) => globalThis.measure(a, b, c), [kind, size, way]);
const pad = (value, width) => String(value).padStart(width);

console.log('kind        size   plain ms Rivulet ms  ratio Rivulet in JS ms  longest ms  plain longest');
for (const [kind, size] of RUNS) {
  const plain = [];
  const rivulet = [];
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(await run(kind, size, 'plain'));
    rivulet.push(await run(kind, size, 'rivulet'));
  }
  const plainMs = median(plain.map(({ totalMs }) => totalMs));
  const rivuletMs = median(rivulet.map(({ totalMs }) => totalMs));
  const scriptMs = median(rivulet.map(({ updateMs }) => updateMs));
  const [plainLongestMs, longestMs] = [plain, rivulet].map((rounds) =>
    median(rounds.map((round) => round.longestMs)),
  );
  console.log(
    kind.padEnd(10),
    pad(size, 6),
    pad(plainMs.toFixed(0), 9),
    pad(rivuletMs.toFixed(0), 10),
    pad((rivuletMs / plainMs).toFixed(2), 6),
    pad(scriptMs.toFixed(0), 16),
    pad(longestMs.toFixed(1), 11),
    pad(plainLongestMs.toFixed(1), 14),
  );
}
await browser.close();
server.close();
