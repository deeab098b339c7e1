/**
 * Joins the deltas that arrive within one event-loop iteration. One read from the upstream can carry hundreds of deltas; logging
 * each as an event of its own would fill the kept window of the event log and cost every viewer a frame. There is no timer: a
 * single delta is passed on in the iteration in which it arrived, so batching adds no latency.
 */
import type { Content } from './reply.ts';

/** Collects content and emits it in the order of the calls. */
export interface DeltaBatcher {
  /** Adds a delta to the current batch, or emits it at once (after the batch) when it carries no text. */
  add(content: Content): void;
  /** Emits the current batch now, if there is one. */
  flush(): void;
}

type TextContent = Extract<Content, { text: string }>;

/**
 * Creates a batcher for one run.
 * @param emit receives each batch as one delta whose text is the concatenation of its deltas.
 */
export function createDeltaBatcher(emit: (content: Content) => void): DeltaBatcher {
  let pending: TextContent[] = [];
  let scheduledFlush: NodeJS.Immediate | undefined;
  const flush = () => {
    clearImmediate(scheduledFlush);
    scheduledFlush = undefined;
    const [first] = pending;
    if (first === undefined) return;
    const text = pending.map((content) => content.text).join('');
    pending = [];
    emit({ ...first, text });
  };
  return {
    add(content) {
      const [first] = pending;
      if (first !== undefined && !isSameTarget(first, content)) flush();
      if (!('text' in content)) {
        emit(content);
        return;
      }
      pending.push(content);
      scheduledFlush ??= setImmediate(flush);
    },
    flush,
  };
}

/** Whether two deltas extend the same text, reasoning or tool input, so that they can be joined. */
function isSameTarget(one: TextContent, other: Content): boolean {
  if (one.type !== other.type) return false;
  return one.type !== 'tool-call-delta' || other.type !== 'tool-call-delta' || one.callId === other.callId;
}
