/** Detects a proxy that buffers the stream: events that the gateway sent seconds apart arrive at the same moment. */
import type { ChatEvent } from '@rivulet/protocol';

/** A burst: two timed events that the gateway sent at least this far apart… */
const MIN_SPREAD_MS = 1_000;
/** …and that arrived less than this far apart. */
const MAX_BURST_MS = 100;
/** One burst may be a network that stalled or a laptop that slept. A second one is a proxy. */
const MIN_BURSTS = 2;

/** Counts the bursts of one stream. @see PROTOCOL.md §14.10 */
export class BufferingDetector {
  #last: { sentAtMs: number; arrivedAtMs: number } | undefined;
  #bursts = 0;

  /**
   * Takes the events of one SSE block, in order of arrival. `arrivedAtMs` is the client's clock.
   * @returns whether the stream is buffered; stays true from then on
   */
  add(events: readonly ChatEvent[], arrivedAtMs: number): boolean {
    const times = isCatchUp(events) ? [] : events.flatMap(serverTimesOf);
    const sentAtMs = times.at(-1);
    if (sentAtMs === undefined) return false;
    const last = this.#last;
    this.#last = { sentAtMs, arrivedAtMs };
    const isTogether = last !== undefined && arrivedAtMs - last.arrivedAtMs < MAX_BURST_MS;
    if (isTogether && sentAtMs - last.sentAtMs >= MIN_SPREAD_MS) this.#bursts += 1;
    return this.#bursts >= MIN_BURSTS;
  }
}

/** Whether a block is a replay or a snapshot. Its events are old, so their times say nothing about buffering. */
const isCatchUp = (events: readonly ChatEvent[]): boolean =>
  events.some(({ type }) => type === 'subscribed' || type === 'snapshot' || type === 'synced');

/** The gateway's time of an event in milliseconds since 1970; empty for events without one. */
function serverTimesOf(event: ChatEvent): number[] {
  if (event.type === 'welcome' || event.type === 'pong') return [event.serverTimeMs];
  if (event.type === 'run-started') return [event.startedAtMs];
  return event.type === 'run-finished' ? [event.finishedAtMs] : [];
}
