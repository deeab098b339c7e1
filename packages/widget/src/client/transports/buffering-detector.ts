/** Notices a stream that something in between gathers: what was said seconds apart arrives at the same moment. */
import type { ChatEvent } from '@rivulet/protocol';

/** Said this far apart… */
const MIN_SPREAD_MS = 1_000;
/** …and here this close together. */
const MAX_BURST_MS = 100;
/** One may be a network that hung for a moment, or a laptop that slept. */
const MIN_BURSTS = 2;

export class BufferingDetector {
  #last: { saidAtMs: number; arrivedAtMs: number } | undefined;
  #bursts = 0;

  /** @param events one block, as it arrived. @returns whether the stream is gathered */
  see(events: readonly ChatEvent[], arrivedAtMs: number): boolean {
    const times = isCatchUp(events) ? [] : events.flatMap(serverTimesOf);
    const saidAtMs = times.at(-1);
    if (saidAtMs === undefined) return false;
    const last = this.#last;
    this.#last = { saidAtMs, arrivedAtMs };
    const isTogether = last !== undefined && arrivedAtMs - last.arrivedAtMs < MAX_BURST_MS;
    if (isTogether && saidAtMs - last.saidAtMs >= MIN_SPREAD_MS) this.#bursts += 1;
    return this.#bursts >= MIN_BURSTS;
  }
}

/** What is old by its nature tells nothing. */
const isCatchUp = (events: readonly ChatEvent[]): boolean =>
  events.some(({ type }) => type === 'subscribed' || type === 'snapshot' || type === 'synced');

/** The gateway's time of an event, where it names one. */
function serverTimesOf(event: ChatEvent): number[] {
  if (event.type === 'welcome' || event.type === 'pong') return [event.serverTimeMs];
  if (event.type === 'run-started') return [event.startedAtMs];
  return event.type === 'run-finished' ? [event.finishedAtMs] : [];
}
