/** How much work is done, as counted by the engine: the same number on a busy machine. Chromium's own, by its debugging protocol. */
import { cdp } from 'vitest/browser';
// The types of the protocol.
import type {} from '@vitest/browser-playwright';

/** To be called before any work is counted. */
export async function startCounting(): Promise<void> {
  await cdp().send('Profiler.enable');
  await cdp().send('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

/** The engine is as fast as before. */
export async function endCounting(): Promise<void> {
  await cdp().send('Profiler.stopPreciseCoverage');
}

/**
 * How often a block of code (a function's body, a branch, a turn of a loop) of this room was entered in `work`. What is within
 * one call of the engine's own, such as a search in a text, is not seen.
 */
async function countWork(work: () => void): Promise<number> {
  await cdp().send('Profiler.takePreciseCoverage'); // begins at zero again
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

/** What may be spent on a character in any case: at 100 kB, a square would be a thousand times as much. */
const FEW_STEPS = 100;

/**
 * Whether twice the text is about twice the work: what costs the square costs four times as much. Half of a text may be
 * another kind of text, cheaper by far, so that little work is well in any case.
 * @returns the work for the whole, and what it has to be less than
 */
export async function growthOf(
  read: (text: string) => void,
  text: string,
): Promise<{ work: number; bound: number }> {
  const half = await countWork(() => {
    read(text.slice(0, text.length / 2));
  });
  const work = await countWork(() => {
    read(text);
  });
  return { work, bound: Math.max(3 * half, FEW_STEPS * text.length) };
}
