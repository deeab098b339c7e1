import type { ChatEvent } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { BufferingDetector } from './buffering-detector.ts';

const pong = (serverTimeMs: number): ChatEvent => ({ type: 'pong', serverTimeMs });
const see = (times: [sentAtMs: number, arrivedAtMs: number][]) => {
  const watch = new BufferingDetector();
  return times.map(([sentAtMs, arrivedAtMs]) => watch.add([pong(sentAtMs)], arrivedAtMs)).at(-1);
};

describe('a stream of events', () => {
  it.each([
    [
      'arrives as it is sent: it is not buffered',
      [
        [0, 5],
        [2_000, 2_005],
        [4_000, 4_005],
      ],
      false,
    ],
    [
      'stalls once: it is not buffered',
      [
        [0, 5],
        [2_000, 2_005],
        [4_000, 2_006],
      ],
      false,
    ],
    [
      'has many events of one moment: it is not buffered',
      [
        [0, 5],
        [10, 6],
        [20, 7],
        [30, 8],
      ],
      false,
    ],
    [
      'arrives in bursts: it is buffered',
      [
        [0, 9_000],
        [2_000, 9_001],
        [4_000, 9_002],
      ],
      true,
    ],
    [
      'keeps arriving in bursts: it stays buffered',
      [
        [0, 2_000],
        [2_000, 2_001],
        [30_000, 32_000],
        [32_000, 32_001],
      ],
      true,
    ],
  ] as [string, [number, number][], boolean][])('that %s', (_what, times, isGathered) => {
    expect(see(times)).toBe(isGathered);
  });

  it('that replays old events is not buffered', () => {
    const watch = new BufferingDetector();
    const synced: ChatEvent = {
      type: 'synced',
      conversationId: 'c_AAAAAAAAAAAAAA' as never,
      epoch: 'e',
      seq: 1,
    };
    for (const at of [0, 60_000, 120_000, 180_000]) {
      expect(watch.add([pong(at), synced], 200_000)).toBe(false);
    }
  });
});
