import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../src/base/clock.ts';
import { createFakeClock } from '../src/testing/fake-clock.ts';
import { collect, eventsIn, describeProvider, textIn } from '../src/testing/contracts/provider-contract.ts';
import { loadDemoDocuments, type DemoDocument } from './documents.ts';
import { createDemoProvider } from './demo-provider.ts';

const documents: DemoDocument[] = [
  {
    title: 'Rivulet',
    path: 'README.md',
    markdown:
      '# Rivulet\n\nRivulet puts a streaming AI chat on any page.\n\n## Install 🚀\n\nAdd one script tag 😀:\n\n```html\n<script src="rivulet.js"></script>\n```\n',
  },
  {
    title: 'Security',
    path: 'SECURITY.md',
    markdown:
      '# Security\n\n## The model key\n\nThe model key stays on the gateway; the page never sees it.\n',
  },
];
const never = () => new AbortController().signal;
const ask = (...texts: string[]) => ({ messages: texts.map((text) => ({ role: 'user' as const, text })) });

/** A clock whose first `timers` timers fire at once and advance the time; later timers never fire. */
function hastyClock(timers: number): Clock {
  let left = timers;
  let nowMs = 0;
  return {
    now: () => nowMs,
    after(delayMs, callback) {
      left -= 1;
      nowMs += delayMs;
      if (left >= 0) queueMicrotask(callback);
      return { cancel: () => undefined };
    },
  };
}

const scripted = (timers: number) => () => ({
  provider: createDemoProvider({ documents, clock: hastyClock(timers) }),
  request: ask('How do I install it?'),
});

describeProvider('demo', { answering: scripted(Infinity), hanging: scripted(3) });

const answer = (...texts: string[]) =>
  collect(createDemoProvider({ documents, clock: hastyClock(Infinity) }).stream(ask(...texts), never()));

describe('the demo provider', () => {
  it('answers from its documents, names the source and counts the usage', async () => {
    const events = await answer('Where is the model key kept?');
    expect(textIn(events)).toMatch(/The model key stays on the gateway[^]*\*From `SECURITY\.md`\.\*$/);
    expect(events.slice(-2)).toMatchObject([
      {
        type: 'source',
        title: 'Security: The model key',
        excerpt: expect.stringContaining('model key') as string,
      },
      { type: 'finished', reason: 'stop', usage: { inputTokens: 7 } },
    ]);
  });

  it('reproduces code blocks exactly', async () => {
    expect(textIn(await answer('How do I install it?'))).toContain(
      '```html\n<script src="rivulet.js"></script>\n```',
    );
  });

  it('says that it found nothing when no section matches', async () => {
    const events = await answer('What is the capital of France?');
    expect(textIn(events)).toMatch(/could not find anything[^]*demo assistant[^]*- What is Rivulet\?/);
    expect(events.filter(({ type }) => type === 'source')).toEqual([]);
  });

  it('replies even without documents', async () => {
    const provider = createDemoProvider({ documents: [], clock: hastyClock(Infinity) });
    const events = await collect(provider.stream(ask('What is Rivulet?'), never()));
    expect(textIn(events)).toContain('demo assistant');
  });

  it('begins after 300 ms and streams 40 to 60 pieces a second', async () => {
    const clock = hastyClock(Infinity);
    const events = eventsIn(
      createDemoProvider({ documents, clock }).stream(ask('Show me a long answer'), never()),
    );
    const atMs: number[] = [];
    for await (const { type } of events) if (type === 'text-delta') atMs.push(clock.now());
    const seconds = (clock.now() - 300) / 1_000;
    expect(atMs[0]).toBe(300);
    expect(atMs.length / seconds).toBeGreaterThan(40);
    expect(atMs.length / seconds).toBeLessThan(60);
  });

  it('ends at once when it is aborted during a pause, and leaves no timer', async () => {
    const clock = createFakeClock();
    const run = new AbortController();
    const events = createDemoProvider({ documents, clock }).stream(ask('Hello'), run.signal);
    const iterator = events[Symbol.asyncIterator]();
    await iterator.next();
    const reading = iterator.next();
    run.abort();
    expect(await reading).toEqual({ value: undefined, done: true });
    expect(clock.pending).toBe(0);
  });
});

describe('the documents of the demo', () => {
  it('are all Markdown files below the folder, with their titles, sorted by path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'docs'));
    await writeFile(join(folder, 'docs', 'a.md'), 'no heading');
    await writeFile(join(folder, 'README.md'), '<img>\n\n# Read me #\n');
    await writeFile(join(folder, 'notes.txt'), 'not Markdown');
    expect(await loadDemoDocuments(folder)).toEqual([
      { title: 'Read me', path: 'README.md', markdown: '<img>\n\n# Read me #\n' },
      { title: 'docs/a.md', path: 'docs/a.md', markdown: 'no heading' },
    ]);
  });

  it('are empty when there is no such folder', async () => {
    expect(await loadDemoDocuments(join(tmpdir(), 'no-such-folder-here'))).toEqual([]);
  });
});
