/** Detects a proxy that buffers the stream: events that the gateway sent seconds apart arrive at the same moment. */
import type { ChatEvent } from '@rivulet/protocol';

/** Sent at least this far apart… */
const MIN_SPREAD_MS = 1_000;
/** …and received this close together. */
const MAX_BURST_MS = 100;
/** A single burst may come from a network that stalled, or a laptop that slept. */
const MIN_BURSTS = 2;

/** Watches one stream. */
export class BufferingDetector {
  #last: { sentAtMs: number; arrivedAtMs: number } | undefined;
  #bursts = 0;

  /** Takes the events of one block as it arrives. @returns whether the stream is buffered */
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

/** Replays and snapshots are old by nature and say nothing about buffering. */
const isCatchUp = (events: readonly ChatEvent[]): boolean =>
  events.some(({ type }) => type === 'subscribed' || type === 'snapshot' || type === 'synced');

/** When the gateway sent an event, for those that say so. */
function serverTimesOf(event: ChatEvent): number[] {
  if (event.type === 'welcome' || event.type === 'pong') return [event.serverTimeMs];
  if (event.type === 'run-started') return [event.startedAtMs];
  return event.type === 'run-finished' ? [event.finishedAtMs] : [];
}
