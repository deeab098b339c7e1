// Measures long conversations in Chromium: the first render, the time for one delta, memory, and the longest task while an answer
// is streamed, also with the CPU throttled to a quarter of its speed. The baseline is the same in an empty conversation.
// Usage: `node bench/transcript.mjs [deltas]`.
import { createServer } from 'node:http';
import { build } from 'esbuild';
import { chromium } from 'playwright';

/* global document -- the callbacks of waitForFunction run in the page */
const DELTAS = Number(process.argv[2] ?? 150);
const SIZES = [0, 1000, 5000];
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const page = `
import { RivuletChat } from './packages/widget/src/shell/rivulet-chat.ts';
import { defineChat } from './packages/widget/src/shell/define-chat.ts';
import { mountAppWith } from './packages/widget/src/ui/app/mount-app.ts';
import { FakeChat, answer, userMessage } from './packages/widget/src/ui/testing/fake-chat.ts';

const QUESTION = 'How do I do the thing that I want to do, in a few words?';
const ANSWER = 'Some *words* in a **paragraph** that goes on for a while.\\n\\n- One item of a list\\n- Another with \`code\`\\n\\nAnd a last line.';
const chat = new FakeChat();
const clock = { now: () => Date.now(), after: () => ({ cancel: () => undefined }) };
defineChat(() => Promise.resolve({ mountApp: (host) => mountAppWith(host, { createChat: () => chat, clock }) }));
const element = document.createElement('rivulet-chat');
document.body.append(element);
const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
let history = [];

window.prepare = async () => {
  element.open();
  while (element.shadowRoot.querySelector('rivulet-transcript') === null) await frame();
};
window.load = async (count) => {
  chat.set({ isAnswering: false });
  history = [];
  for (let index = 0; index < count; index++) {
    const name = String(index).padStart(10, '0');
    const parentId = history.at(-1)?.id ?? null;
    history.push(index % 2 === 0 ? userMessage(name, QUESTION, parentId) : answer(name, ANSWER, { reason: 'stop', parentId }));
  }
  const startMs = performance.now();
  chat.setMessages(history);
  await frame();
  return performance.now() - startMs;
};
window.stream = async (deltas) => {
  const costs = [];
  let longestMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestMs = Math.max(longestMs, duration);
  });
  observer.observe({ type: 'longtask' });
  const question = userMessage('question01', QUESTION, history.at(-1)?.id ?? null);
  let text = '';
  for (let index = 0; index < deltas; index++) {
    text += index % 30 === 29 ? 'word.\\n\\n' : 'word ';
    const startMs = performance.now();
    chat.set({ isAnswering: true, conversation: { ...chat.snapshot.conversation, messages: [...history, question, answer('answer0001', text, { parentId: question.id })] } });
    await new Promise((resolve) => requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = resolve; channel.port2.postMessage(0); }));
    costs.push(performance.now() - startMs);
  }
  await frame();
  observer.disconnect();
  return { longestMs, costs };
};
window.isReady = true;
`;

const { outputFiles } = await build({
  stdin: { contents: page, resolveDir: process.cwd(), loader: 'ts' },
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
  conditions: ['production'],
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
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(count) {
  const context = await browser.newContext({ viewport: { width: 800, height: 800 } });
  const tab = await context.newPage();
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  await tab.waitForFunction('window.isReady');
  await tab.evaluate(() => globalThis.prepare());
  const devtools = await context.newCDPSession(tab);
  await devtools.send('Performance.enable');
  const firstMs = await tab.evaluate((n) => globalThis.load(n), count);
  const streamDeltas = async (deltas) => {
    await devtools.send('HeapProfiler.collectGarbage');
    const before = await metricsOf(devtools);
    const { longestMs } = await tab.evaluate((n) => globalThis.stream(n), deltas);
    const after = await metricsOf(devtools);
    await devtools.send('HeapProfiler.collectGarbage'); // after the time was read, so that it is not counted
    const { JSHeapUsedSize, Nodes } = await metricsOf(devtools);
    return {
      longestMs,
      deltaMs: ((after.TaskDuration - before.TaskDuration) * 1000) / deltas,
      heapMb: JSHeapUsedSize / 1e6,
      nodes: Nodes,
    };
  };
  // The widget renders the last 500 messages while the page is idle. Measure only after all of them are rendered.
  await tab.waitForFunction(() => {
    const groups = [...document.querySelector('rivulet-chat').shadowRoot.querySelectorAll('.group')];
    return groups.slice(-10).every((group) => !('later' in group.dataset));
  });
  await streamDeltas(10); // warm-up
  const unthrottled = await streamDeltas(DELTAS);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const throttled = await streamDeltas(DELTAS);
  await context.close();
  return { firstMs, ...unthrottled, throttledLongestMs: throttled.longestMs };
}

async function metricsOf(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

console.log(
  'messages  first render ms  one delta ms  ratio  heap MB  nodes  longest task ms  with CPU throttled 4x ms',
);
let emptyMs;
for (const count of SIZES) {
  const rounds = [await measure(count), await measure(count), await measure(count)];
  const of = (key) => median(rounds.map((round) => round[key]));
  emptyMs ??= of('deltaMs');
  const cells = [
    count,
    of('firstMs').toFixed(0),
    of('deltaMs').toFixed(2),
    (of('deltaMs') / emptyMs).toFixed(2),
    of('heapMb').toFixed(1),
    of('nodes'),
    of('longestMs').toFixed(0),
    of('throttledLongestMs').toFixed(0),
  ];
  const widths = [8, 16, 13, 6, 8, 6, 16, 26];
  console.log(cells.map((cell, index) => String(cell).padStart(widths[index])).join(' '));
}
await browser.close();
server.close();
