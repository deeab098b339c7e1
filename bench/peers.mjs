// Compares complete chat widgets in one Chromium: each receives the same answer of 20 kB in small deltas through its own streaming
// interface. The main-thread time excludes the overhead of measuring, and ratios are relative to plain text in the same run.
// Usage: `npm run bench -- peers`, or `node bench/peers.mjs [rounds] [deltas per second] [names, separated by commas]`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { END_MARK, deltasOf } from './peers/answer.mjs';
import { fetchPeers } from './peers/fetch-peers.mjs';
import { pagesOf } from './peers/pages.mjs';
import { startStreamServer } from './peers/stream-server.mjs';

/* global document, MutationObserver -- `instrument` runs in the page */
const ROUNDS = Number(process.argv[2] ?? 1);
const DELTAS_PER_SECOND = Number(process.argv[3] ?? 300);
const NAMES = process.argv[4]?.split(',');
/** The page that renders nothing measures the overhead, which is subtracted; the page with plain text has the ratio 1. */
const BASELINES = ['nothing rendered', 'plain text'];
const WAIT_TIMEOUT_MS = 180_000;

const peers = fetchPeers();
const pages = {};
const server = await startStreamServer({
  pages,
  folders: { '/deep-chat/': `${peers}deep-chat/package/dist/`, '/n8n/': `${peers}n8n-chat/package/dist/` },
  deltas: deltasOf(20_000),
  deltasPerSecond: DELTAS_PER_SECOND,
});
const gateway = await startGateway(server.url);
const widgets = Object.fromEntries(
  Object.entries(pagesOf({ gateway: gateway.url })).filter(
    ([name]) => NAMES === undefined || BASELINES.includes(name) || NAMES.includes(name),
  ),
);
for (const { path, html } of Object.values(widgets)) pages[path] = html;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc'],
});
const results = Object.fromEntries(Object.keys(widgets).map((name) => [name, []]));
try {
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, widget] of Object.entries(widgets)) {
      const result = await measure(widget);
      results[name].push(result);
      console.error(`${name}: ${Math.round(result.mainMs)} ms`);
    }
  print(results);
} finally {
  await browser.close();
  server.close();
  gateway.end();
}

async function measure({ path, ask }) {
  const context = await browser.newContext({ viewport: { width: 800, height: 720 } });
  const tab = await context.newPage();
  await tab.addInitScript(instrument);
  await tab.goto(server.url + path);
  await tab.waitForLoadState('networkidle');
  const devtools = await context.newCDPSession(tab);
  await devtools.send('Performance.enable');
  const before = await metricsOf(devtools);
  await ask(tab);
  await tab.evaluate(() => globalThis.observeAll());
  await tab.waitForFunction((mark) => globalThis.hasText(mark), END_MARK.replaceAll(' ', ''), {
    polling: 250,
    timeout: WAIT_TIMEOUT_MS,
  });
  const lateMs = Date.now() - server.lastDeltaAtMs();
  const after = await metricsOf(devtools);
  const counters = await tab.evaluate(() => globalThis.counters);
  await context.close();
  return {
    mainMs: (after.TaskDuration - before.TaskDuration) * 1000,
    heapMb: (after.JSHeapUsedSize - before.JSHeapUsedSize) / 1e6,
    lateMs,
    ...counters,
  };
}

async function metricsOf(devtools) {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/**
 * Runs in the page, before its scripts: counts long tasks and added and removed nodes, and searches the rendered text. Shadow
 * roots are included. The search ignores white space, because one widget inserts some within words.
 */
function instrument() {
  globalThis.counters = { longestMs: 0, longTasks: 0, removed: 0, added: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      globalThis.counters.longestMs = Math.max(globalThis.counters.longestMs, duration);
      globalThis.counters.longTasks += 1;
    }
  }).observe({ type: 'longtask' });
  const roots = () => {
    const found = [document];
    for (const root of found)
      for (const node of root.querySelectorAll('*')) if (node.shadowRoot) found.push(node.shadowRoot);
    return found;
  };
  const sizeOf = (nodes) => [...nodes].reduce((sum, node) => sum + 1 + sizeOf(node.childNodes), 0);
  globalThis.observeAll = () => {
    const observer = new MutationObserver((records) => {
      for (const { removedNodes, addedNodes } of records) {
        globalThis.counters.removed += sizeOf(removedNodes);
        globalThis.counters.added += sizeOf(addedNodes);
      }
    });
    for (const root of roots()) observer.observe(root, { childList: true, subtree: true });
  };
  globalThis.hasText = (text) =>
    roots().some((root) => (root.body ?? root).textContent.replace(/\s/g, '').includes(text));
}

function print(all) {
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const of = (name, key) => median(all[name].map((result) => result[key]));
  const [overheadMs, plainMs] = BASELINES.map((name) => of(name, 'mainMs'));
  const columns = [
    'main ms',
    'ratio',
    'longest task ms',
    'long tasks',
    'nodes removed',
    'heap MB',
    'last text late ms',
  ];
  console.log('widget'.padEnd(26), ...columns.map((title) => title.padStart(title.length + 1)));
  for (const name of Object.keys(all)) {
    const mainMs = of(name, 'mainMs') - (name === BASELINES[0] ? 0 : overheadMs);
    const cells = [
      mainMs.toFixed(0),
      (mainMs / (plainMs - overheadMs)).toFixed(2),
      of(name, 'longestMs').toFixed(0),
      of(name, 'longTasks'),
      of(name, 'removed'),
      of(name, 'heapMb').toFixed(1),
      of(name, 'lateMs'),
    ];
    console.log(
      name.padEnd(26),
      ...cells.map((cell, index) => String(cell).padStart(columns[index].length + 1)),
    );
  }
}

/** Starts the built gateway with the stream server as its upstream. */
async function startGateway(upstream) {
  const data = mkdtempSync(join(tmpdir(), 'rivulet-bench-'));
  const child = spawn(process.execPath, ['packages/gateway/dist/src/cli/main.js'], {
    env: {
      ...process.env,
      PORT: '0',
      RIVULET_DATA: data,
      RIVULET_RATE_LIMITS: 'off', // all visitors of a benchmark have one address
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: `${upstream}/v1`,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const [found] = /http:\/\/[\d.:]+/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () =>
      reject(new Error(`the gateway exited before it printed its URL. Its output: ${output}`)),
    );
  });
  return {
    url,
    end: () => {
      child.kill('SIGTERM');
      rmSync(data, { recursive: true, force: true });
    },
  };
}
