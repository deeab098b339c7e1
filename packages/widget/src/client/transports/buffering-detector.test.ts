import type { ChatEvent } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { BufferingDetector } from './buffering-detector.ts';

const pong = (serverTimeMs: number): ChatEvent => ({ type: 'pong', serverTimeMs });
const lastResult = (times: [sentAtMs: number, arrivedAtMs: number][]) => {
  const detector = new BufferingDetector();
  return times.map(([sentAtMs, arrivedAtMs]) => detector.add([pong(sentAtMs)], arrivedAtMs)).at(-1);
};

describe('the buffering detector', () => {
  it.each([
    [
      'does not report a stream whose events arrive as they are sent',
      [
        [0, 5],
        [2_000, 2_005],
        [4_000, 4_005],
      ],
      false,
    ],
    [
      'does not report a stream that stalled once',
      [
        [0, 5],
        [2_000, 2_005],
        [4_000, 2_006],
      ],
      false,
    ],
    [
      'does not report many events that were sent at the same moment',
      [
        [0, 5],
        [10, 6],
        [20, 7],
        [30, 8],
      ],
      false,
    ],
    [
      'reports a stream whose events arrive together although they were sent seconds apart',
      [
        [0, 9_000],
        [2_000, 9_001],
        [4_000, 9_002],
      ],
      true,
    ],
    [
      'reports a stream that arrives in several bursts',
      [
        [0, 2_000],
        [2_000, 2_001],
        [30_000, 32_000],
        [32_000, 32_001],
      ],
      true,
    ],
  ] as [string, [number, number][], boolean][])('%s', (_title, times, isBuffered) => {
    expect(lastResult(times)).toBe(isBuffered);
  });

  it('does not report a replay of old events', () => {
    const detector = new BufferingDetector();
    const synced: ChatEvent = {
      type: 'synced',
      conversationId: 'c_AAAAAAAAAAAAAA' as never,
      epoch: 'e',
      seq: 1,
    };
    for (const at of [0, 60_000, 120_000, 180_000]) {
      expect(detector.add([pong(at), synced], 200_000)).toBe(false);
    }
  });
});
