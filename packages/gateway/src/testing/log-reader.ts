/** A viewer of an event log for the contract suites: it writes down what it is given and lets a test await a state of it. */
import {
  ChatError,
  type ConversationId,
  type LoggedEvent,
  type LoggedEventBody,
  type Position,
} from '@rivulet/protocol';
import type { EventLog, LogRead } from '../event-logs/event-log.ts';

export interface LogReader {
  /** Every read, in order. */
  readonly reads: readonly LogRead[];
  /** The events of all reads, in order. */
  readonly events: readonly LoggedEvent[];
  readonly resets: readonly Extract<LogRead, { kind: 'reset' }>[];
  /** Resolves once `isSo` holds; rejects when the iteration ends before. */
  until(isSo: () => boolean): Promise<void>;
  abort(): void;
  /** Resolves when the iteration has ended by itself, rejects when it threw. */
  readonly ended: Promise<void>;
}

export interface LogReaderOptions {
  id: ConversationId;
  after: Position;
  /** Awaited between two pulls: how slow this reader is. */
  handle?: ((read: LogRead) => Promise<void> | void) | undefined;
}

/** Starts pulling at once, within the call. */
export function startReading(log: EventLog, { id, after, handle }: LogReaderOptions): LogReader {
  const controller = new AbortController();
  const reads: LogRead[] = [];
  let waiting: { isSo: () => boolean; resolve: () => void; reject: (error: unknown) => void }[] = [];
  const read = async () => {
    for await (const each of log.subscribe(id, { after, signal: controller.signal })) {
      reads.push(each);
      for (const { isSo, resolve } of waiting) if (isSo()) resolve();
      waiting = waiting.filter(({ isSo }) => !isSo());
      await handle?.(each);
    }
  };
  const ended = read().finally(() => {
    for (const { reject } of waiting) reject(new ChatError('internal', { message: 'the reader ended' }));
  });
  ended.catch(() => undefined); // a test that cares awaits it
  return {
    reads,
    get events() {
      return reads.flatMap((each) => (each.kind === 'events' ? each.events : []));
    },
    get resets() {
      return reads.filter((each) => each.kind === 'reset');
    },
    until: (isSo) =>
      new Promise((resolve, reject) => {
        if (isSo()) resolve();
        else waiting.push({ isSo, resolve, reject });
      }),
    abort: () => {
      controller.abort();
    },
    ended,
  };
}

/** An event that can be told from others by its number. */
export const titled = (number: number): LoggedEventBody => ({
  type: 'conversation-updated',
  title: `title ${number}`,
});

/** `titled` 1 to `count`. */
export const titles = (count: number): LoggedEventBody[] =>
  Array.from({ length: count }, (_, index) => titled(index + 1));

/** The numbers from `first` to `last`: the `seq`s of a log without gap or repeat. */
export const range = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

/** One turn of the event loop: everything that was due is done. */
export const iteration = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Holds a reader that awaits `pause()` until it is opened. */
export interface Gate {
  readonly pause: () => Promise<void>;
  readonly open: () => void;
}

/** A closed one. */
export function createGate(): Gate {
  let settle: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => (settle = resolve));
  return { pause: () => opened, open: () => settle?.() };
}
