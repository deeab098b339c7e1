/** Merges adjacent deltas of one part: what a replay and a slow viewer are sent. @see PROTOCOL.md §15 */
import { isDelta } from '../schemas/events.ts';
import type { DeltaEvent, LoggedEvent } from '../schemas/logged-events.ts';

/**
 * Merges adjacent deltas that continue each other into one, with the last `seq`, and the first in `first`. The order is kept.
 * @param maxChars the longest merged delta, in UTF-16 units; a delta that is longer by itself stays as it is
 */
export function mergeDeltas(events: readonly LoggedEvent[], maxChars = Infinity): LoggedEvent[] {
  const merged: LoggedEvent[] = [];
  // Texts are joined once at the end: joining them one by one would take quadratic time.
  let run: DeltaEvent[] = [];
  let chars = 0;
  const flush = () => {
    const joined = joinDeltas(run);
    if (joined !== undefined) merged.push(joined);
    run = [];
    chars = 0;
  };
  for (const event of events) {
    if (!isDelta(event)) {
      flush();
      merged.push(event);
      continue;
    }
    const last = run.at(-1);
    const size = maxChars === Infinity ? 0 : event.text.length;
    if (last !== undefined && (!continues(last, event) || chars + size > maxChars)) flush();
    run.push(event);
    chars += size;
  }
  flush();
  return merged;
}

function continues(last: DeltaEvent, next: DeltaEvent): boolean {
  return (
    last.type === next.type &&
    last.partId === next.partId &&
    next.at === last.at + last.text.length &&
    (next.first ?? next.seq) === last.seq + 1
  );
}

function joinDeltas(deltas: readonly DeltaEvent[]): DeltaEvent | undefined {
  const [head] = deltas;
  const last = deltas.at(-1);
  if (head === undefined || last === undefined || head === last) return head;
  return {
    ...head,
    seq: last.seq,
    first: head.first ?? head.seq,
    text: deltas.map(({ text }) => text).join(''),
  };
}
