/** A subscriber of an event log for the contract suites: it records every read and lets a test wait for a condition. */
import {
  ChatError,
  type ConversationId,
  type LoggedEvent,
  type LoggedEventBody,
  type Position,
} from '@rivulet/protocol';
import type { EventLog, LogRead } from '../event-logs/event-log.ts';

/** A running subscription and what it has received. */
export interface LogReader {
  /** Every read, in order. */
  readonly reads: readonly LogRead[];
  /** The events of all reads, in order. */
  readonly events: readonly LoggedEvent[];
  /** The resets among the reads, in order. */
  readonly resets: readonly Extract<LogRead, { kind: 'reset' }>[];
  /** Resolves once the condition holds; it is checked after each read. Rejects when the iteration ends first. */
  until(isTrue: () => boolean): Promise<void>;
  /** Aborts the subscription's signal. */
  abort(): void;
  /** Resolves when the iteration has ended; rejects when it threw. */
  readonly ended: Promise<void>;
}

/** Options of `startReading`. */
export interface LogReaderOptions {
  id: ConversationId;
  /** The cursor. */
  after: Position;
  /** Called with each read and awaited before the next one, to make a slow reader. */
  handle?: ((read: LogRead) => Promise<void> | undefined) | undefined;
}

/** Subscribes; what the log has is read before it returns. */
export function startReading(log: EventLog, { id, after, handle }: LogReaderOptions): LogReader {
  const controller = new AbortController();
  const reads: LogRead[] = [];
  let waiting: { isTrue: () => boolean; resolve: () => void; reject: (error: unknown) => void }[] = [];
  const record = (read: LogRead) => {
    reads.push(read);
    for (const { isTrue, resolve } of waiting) if (isTrue()) resolve();
    waiting = waiting.filter(({ isTrue }) => !isTrue());
    return handle?.(read) ?? undefined;
  };
  const subscribed = log.subscribe(id, { after, signal: controller.signal, handle: record });
  const ended = subscribed.finally(() => {
    for (const { reject } of waiting) reject(new ChatError('internal', { message: 'the reader ended' }));
  });
  ended.catch(() => undefined); // no unhandled rejection in tests that do not await `ended`
  return {
    reads,
    get events() {
      return reads.flatMap((each) => (each.kind === 'events' ? each.events : []));
    },
    get resets() {
      return reads.filter((each) => each.kind === 'reset');
    },
    until: (isTrue) =>
      new Promise((resolve, reject) => {
        if (isTrue()) resolve();
        else waiting.push({ isTrue, resolve, reject });
      }),
    abort: () => {
      controller.abort();
    },
    ended,
  };
}

/** A log event that is identified by its number. */
export const titled = (number: number): LoggedEventBody => ({
  type: 'conversation-updated',
  title: `title ${number}`,
});

/** `titled` 1 to `count`. */
export const titles = (count: number): LoggedEventBody[] =>
  Array.from({ length: count }, (_, index) => titled(index + 1));

/** The numbers from `first` to `last`, such as the `seq`s of a log without a gap or a repeat. */
export const range = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

/** Resolves in the next iteration of the event loop, after everything that was due. */
export const iteration = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Blocks a reader until the test opens the gate. */
export interface Gate {
  /** Resolves once the gate is open. */
  readonly pause: () => Promise<void>;
  /** Opens the gate for good. */
  readonly open: () => void;
}

/** Creates a closed gate. */
export function createGate(): Gate {
  let settle: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => (settle = resolve));
  return { pause: () => opened, open: () => settle?.() };
}
