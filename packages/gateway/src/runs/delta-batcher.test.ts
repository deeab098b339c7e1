import { describe, expect, it } from 'vitest';
import type { Content } from './reply.ts';
import { createDeltaBatcher } from './delta-batcher.ts';

const text = (words: string): Content => ({ type: 'text-delta', text: words });
const nextIteration = () => new Promise((resolve) => setImmediate(resolve));

describe('the deltas of one event-loop iteration', () => {
  it('are joined into one delta at the end of the iteration', async () => {
    const passed: Content[] = [];
    const batcher = createDeltaBatcher((content) => passed.push(content));
    for (const word of ['a', 'b', 'c']) batcher.add(text(word));
    expect(passed).toEqual([]);
    await nextIteration();
    batcher.add(text('d'));
    await nextIteration();
    expect(passed).toEqual([text('abc'), text('d')]);
  });

  it('keep their order with all other content', () => {
    const passed: Content[] = [];
    const batcher = createDeltaBatcher((content) => passed.push(content));
    const call: Content = { type: 'tool-call-started', callId: '1', name: 'find' };
    const piece = (callId: string): Content => ({ type: 'tool-call-delta', callId, text: 'x' });
    const all = [
      text('a'),
      call,
      piece('1'),
      piece('2'),
      piece('2'),
      { type: 'reasoning-delta', text: 'r' } as const,
    ];
    for (const content of all) batcher.add(content);
    batcher.flush();
    expect(passed).toEqual([
      text('a'),
      call,
      piece('1'),
      { ...piece('2'), text: 'xx' },
      { type: 'reasoning-delta', text: 'r' },
    ]);
  });

  it('are emitted once by a flush, and not again', async () => {
    const passed: Content[] = [];
    const batcher = createDeltaBatcher((content) => passed.push(content));
    batcher.add(text('a'));
    batcher.flush();
    await nextIteration();
    expect(passed).toEqual([text('a')]);
  });
});
