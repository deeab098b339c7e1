/**
 * Measures work as execution counts of the engine, which do not depend on the load of the machine. Uses Chromium's
 * debugging protocol.
 */
import { cdp } from 'vitest/browser';
// Types of the protocol.
import type {} from '@vitest/browser-playwright';

/** Starts counting; call it before any work is measured. */
export async function startCounting(): Promise<void> {
  await cdp().send('Profiler.enable');
  await cdp().send('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

/** Stops counting, which restores the speed of the engine. */
export async function endCounting(): Promise<void> {
  await cdp().send('Profiler.stopPreciseCoverage');
}

/**
 * Counts how often blocks of code (function bodies, branches, loop iterations) of the Markdown renderer are entered
 * during `work`. Work within a single built-in call, such as a search in a string, is not counted.
 */
async function countWork(work: () => void): Promise<number> {
  await cdp().send('Profiler.takePreciseCoverage'); // resets the counters
  work();
  const { result } = await cdp().send('Profiler.takePreciseCoverage');
  const scripts = result.filter(
    ({ url }) =>
      /\/src\/markdown\/[\w/-]+\.ts/.test(url) && !url.includes('/testing/') && !url.includes('.test.'),
  );
  const counts = scripts.flatMap(({ functions }) =>
    functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Steps per character that are always acceptable: quadratic cost at 100 kB would be a thousand times as much. */
const FEW_STEPS = 100;

/**
 * Checks that doubling the text about doubles the work; quadratic cost would quadruple it. The first half may be
 * another, cheaper kind of text, so a small total is always acceptable.
 * @returns the work for the whole text, and its upper bound
 */
export async function growthOf(
  read: (text: string) => void,
  text: string,
  fewSteps = FEW_STEPS,
): Promise<{ work: number; bound: number }> {
  const half = await countWork(() => {
    read(text.slice(0, text.length / 2));
  });
  const work = await countWork(() => {
    read(text);
  });
  return { work, bound: Math.max(3 * half, fewSteps * text.length) };
}
