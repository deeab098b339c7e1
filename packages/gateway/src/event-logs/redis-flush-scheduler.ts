/** When the queues of a gateway are sent: those that are due together go in one write to the socket. */
import type { Clock } from '../base/index.ts';
import { COLLECT_MS, type WriteQueue } from './redis-write-queue.ts';

/** Collects the queues that are to be sent. */
export class FlushScheduler {
  readonly #clock: Clock;
  readonly #send: (queues: Iterable<WriteQueue>) => void;
  #due = new Set<WriteQueue>();
  #collecting = new Set<WriteQueue>();
  /** Something was sent at once in this turn of the event loop. */
  #hasSent = false;

  /** @param send sends the queues that still have something to send */
  constructor(clock: Clock, send: (queues: Iterable<WriteQueue>) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /**
   * Sent in the call, unless something was sent in this turn of the event loop already: what the rest of the turn adds is then sent
   * together, so that a busy gateway writes twice for each turn and not once for each conversation.
   */
  now(queue: WriteQueue): void {
    if (this.#hasSent || this.#due.size > 0) {
      this.soon(queue);
      return;
    }
    this.#hasSent = true;
    setImmediate(() => {
      this.#hasSent = false;
    });
    this.#send([queue]);
  }

  /** To be sent after what this turn of the event loop still adds. */
  soon(queue: WriteQueue): void {
    if (this.#due.size === 0)
      setImmediate(() => {
        const due = this.#due;
        this.#due = new Set();
        this.#send(due);
      });
    this.#due.add(queue);
  }

  /** To be sent when text was collected for a while. */
  later(queue: WriteQueue): void {
    if (this.#collecting.size === 0)
      this.#clock.after(COLLECT_MS, () => {
        const collected = this.#collecting;
        this.#collecting = new Set();
        this.#send(collected);
      });
    this.#collecting.add(queue);
  }
}
