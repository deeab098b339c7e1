/**
 * Measures in the page how long answers take to begin and how fast deltas are painted, and dispatches the results as
 * events.
 */
import { textOf, type RunId } from '@rivulet/protocol';
import type { Chat, ChatSnapshot } from '../../client/chat.ts';
import type { AppHost } from '../../shell/app-contract.ts';

interface Watched {
  runId: RunId;
  /** When the answer was requested; as far as this page knows, when it first saw the run. */
  askedAtMs: number;
  length: number;
  firstDeltaMs?: number;
  /** Milliseconds from a change of the snapshot to the frame that shows it. */
  paintMs: number[];
}

/** One hour at 60 frames per second; later samples are dropped. */
const MAX_SAMPLES = 216_000;

/**
 * Starts measuring.
 * @returns a function that stops it
 */
export function reportTiming(chat: Chat, emit: AppHost['emit']): () => void {
  let watched: Watched | undefined;
  let askedAtMs = performance.now();
  const look = ({ conversation, isAnswering }: ChatSnapshot): void => {
    const message = conversation.messages.findLast(({ run }) => run?.state === 'running');
    if (!isAnswering) askedAtMs = performance.now();
    if (message?.run === undefined) return;
    if (watched?.runId !== message.run.id)
      watched = { runId: message.run.id, askedAtMs, length: 0, paintMs: [] };
    const { length } = textOf(message);
    if (length > watched.length) grow(watched, length);
  };
  const grow = (run: Watched, length: number): void => {
    const changedAtMs = performance.now();
    if (run.length === 0) {
      run.firstDeltaMs = changedAtMs - run.askedAtMs;
      emit('rivulet-first-delta', { runId: run.runId, elapsedMs: run.firstDeltaMs });
    }
    run.length = length;
    if (run.paintMs.length < MAX_SAMPLES) afterPaint(() => run.paintMs.push(performance.now() - changedAtMs));
  };
  const ends = [
    chat.subscribe(look),
    chat.on('run-end', ({ runId }) => {
      const run = watched;
      if (run?.runId !== runId || run.firstDeltaMs === undefined) return;
      const { firstDeltaMs, paintMs } = run;
      const deltas = paintMs.length;
      afterPaint(() => {
        emit('rivulet-timing', { runId, firstDeltaMs, deltas, paintMs: quantiles(paintMs) });
      });
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Runs a callback in a task after the next frame, when that frame has been handed to the compositor. */
function afterPaint(callback: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      callback();
      port1.close();
    };
    port2.postMessage(null);
  });
}

function quantiles(values: readonly number[]): { p50: number; p95: number } {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
