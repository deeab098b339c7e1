/**
 * Joins the deltas of one turn of the event loop: an upstream read brings hundreds at a time, and each as an event of its own
 * would crowd the kept window and cost every viewer. No timer: what came alone goes out in the same turn.
 */
import type { Content } from './reply.ts';

export interface DeltaBatcher {
  add(content: Content): void;
  /** Passes on what waits, now. */
  flush(): void;
}

type TextContent = Extract<Content, { text: string }>;

export function createDeltaBatcher(pass: (content: Content) => void): DeltaBatcher {
  let waiting: TextContent[] = [];
  let iteration: NodeJS.Immediate | undefined;
  const flush = () => {
    clearImmediate(iteration);
    iteration = undefined;
    const [first] = waiting;
    if (first === undefined) return;
    const text = waiting.map((content) => content.text).join('');
    waiting = [];
    pass({ ...first, text });
  };
  return {
    add(content) {
      const [first] = waiting;
      if (first !== undefined && !isSamePlace(first, content)) flush();
      if (!('text' in content)) {
        pass(content);
        return;
      }
      waiting.push(content);
      iteration ??= setImmediate(flush);
    },
    flush,
  };
}

function isSamePlace(one: TextContent, other: Content): boolean {
  if (one.type !== other.type) return false;
  return one.type !== 'tool-call-delta' || other.type !== 'tool-call-delta' || one.callId === other.callId;
}
