import { expect, it } from 'vitest';
import { coalesce } from './coalesce.ts';

/** Work that the test ends; each run returns its number. */
function countedWork() {
  const runs: PromiseWithResolvers<undefined>[] = [];
  const work = coalesce(async () => {
    const run = runs.push(Promise.withResolvers<undefined>());
    await runs.at(-1)?.promise;
    return run;
  });
  return { runs, work };
}
const microtasks = () => new Promise((resolve) => setImmediate(resolve));

it('callers of one moment share one run', async () => {
  const { runs, work } = countedWork();
  const calls = [work(), work(), work()];
  await microtasks();
  runs[0]?.resolve(undefined);
  expect(await Promise.all(calls)).toEqual([1, 1, 1]);
});

it('callers that come during a run share the next one, which starts when the run has ended', async () => {
  const { runs, work } = countedWork();
  const first = work();
  await microtasks();
  const later = [work(), work()];
  await microtasks();
  expect(runs).toHaveLength(1);
  runs[0]?.resolve(undefined);
  expect(await first).toBe(1);
  await microtasks();
  runs[1]?.resolve(undefined);
  expect(await Promise.all(later)).toEqual([2, 2]);
});

it('a run that fails rejects its own callers only', async () => {
  const { runs, work } = countedWork();
  const first = work();
  await microtasks();
  const later = work();
  runs[0]?.reject(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  await microtasks();
  runs[1]?.resolve(undefined);
  expect(await later).toBe(2);
});
