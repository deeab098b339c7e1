/** The moderator with a function: it is asked about a text window by window, with what was shown before. */
import { abortable, type Clock, systemClock, type Timer } from '../base/index.ts';
import type { ModeratedText, ModerationListener, ModerationSubject, Moderator } from './moderator.ts';
import { isSentenceEnd, wholeEnd } from './window-ends.ts';

/** What a check says about a text. */
export interface Verdict {
  isBlocked: boolean;
  /** Why, for the log; cut to 64 characters. It must not repeat the text. Default: `blocked`. */
  category?: string | undefined;
}

/** Decides about one text. @param signal aborts when the answer is not needed any more, or takes too long */
export type CheckText = (
  text: string,
  subject: ModerationSubject,
  signal: AbortSignal,
) => Verdict | Promise<Verdict>;

/** How much of a growing text is held back until it is checked. */
export interface ModerationWindow {
  /** Checked when so much is held back, in UTF-16 code units; from a quarter of it on at the end of a sentence. Default: 400. */
  maxChars?: number | undefined;
  /** Checked when the first of it has been held back so long, in milliseconds. Default: 1,000. */
  maxMs?: number | undefined;
}

/** Options of `createModerator`. */
export interface CheckModeratorOptions {
  /** The name in logs and metrics. It must be one of few, such as `house-rules`. */
  name: string;
  check: CheckText;
  window?: ModerationWindow | undefined;
  /** A check that takes longer has failed. In milliseconds. Default: 10,000. */
  timeoutMs?: number | undefined;
  /** What no answer may show, such as a key. */
  secrets?: (() => readonly string[]) | undefined;
  /** Default: the system clock. */
  clock?: Clock;
}

const DEFAULT_WINDOW_CHARS = 400;
const DEFAULT_WINDOW_MS = 1_000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** What a window is judged with: about two sentences before it. */
const CONTEXT_CHARS = 200;

/** Creates a moderator with a function of yours. One check of a text is under way at a time. */
export function createModerator(options: CheckModeratorOptions): Moderator {
  return {
    name: options.name,
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    open: (subject, listener, signal) => new CheckedText(options, { subject, listener, signal }),
  };
}

interface CheckedTextOptions {
  subject: ModerationSubject;
  listener: ModerationListener;
  signal: AbortSignal;
}

/** One text. Its beginning, up to `#passed`, may be shown. */
class CheckedText implements ModeratedText {
  readonly #options: CheckModeratorOptions;
  readonly #given: CheckedTextOptions;
  readonly #clock: Clock;
  readonly #maxChars: number;
  /** What follows `#from`: the context of the next window, and the window. */
  #text = '';
  #from = 0;
  #passed = 0;
  #isEnded = false;
  #isChecking = false;
  #isOver = false;
  #timer: Timer | undefined;

  constructor(options: CheckModeratorOptions, given: CheckedTextOptions) {
    this.#options = options;
    this.#given = given;
    this.#clock = options.clock ?? systemClock;
    this.#maxChars = options.window?.maxChars ?? DEFAULT_WINDOW_CHARS;
  }

  push(piece: string): void {
    if (this.#isOver || piece === '') return;
    this.#text += piece;
    if (this.#isDue()) this.#check();
    else this.#wait();
  }

  end(): void {
    if (this.#isOver || this.#isEnded) return;
    this.#isEnded = true;
    this.#check();
  }

  get #held(): string {
    return this.#text.slice(this.#passed - this.#from);
  }

  #isDue(): boolean {
    const { length } = this.#text;
    const heldChars = this.#from + length - this.#passed;
    return heldChars >= this.#maxChars || (heldChars * 4 >= this.#maxChars && isSentenceEnd(this.#text));
  }

  #wait(): void {
    if (this.#isChecking) return;
    this.#timer ??= this.#clock.after(this.#options.window?.maxMs ?? DEFAULT_WINDOW_MS, () => {
      this.#timer = undefined;
      this.#check();
    });
  }

  /** Checks all that is held back, unless a check is under way: it is followed by the next one. */
  #check(): void {
    if (this.#isChecking || this.#isOver) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#given.signal.aborted) {
      this.#close();
      return;
    }
    const end = this.#isEnded ? this.#text.length : wholeEnd(this.#text);
    const until = this.#from + end;
    if (until === this.#passed) {
      if (this.#isEnded) this.#pass(until);
      return;
    }
    this.#isChecking = true;
    this.#ask(this.#text.slice(0, end)).then(
      (verdict) => {
        this.#isChecking = false;
        this.#decide(verdict, until);
      },
      (error: unknown) => {
        this.#isChecking = false;
        if (!this.#isOver && !this.#given.signal.aborted) this.#given.listener.failed(error);
        this.#close();
      },
    );
  }

  /** @throws what the function throws; an Error when it takes too long or says nothing that is a verdict */
  async #ask(text: string): Promise<Verdict> {
    const { check, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const { subject, signal } = this.#given;
    const limit = new AbortController();
    const timer = this.#clock.after(timeoutMs, () => {
      limit.abort(new Error(`the check took longer than ${timeoutMs} ms`));
    });
    try {
      const both = AbortSignal.any([signal, limit.signal]);
      // Started in a promise, so that what it throws at once is a failure as well.
      const verdict = await abortable(
        both,
        Promise.resolve().then(() => check(text, subject, both)),
      );
      if (typeof (verdict as Partial<Verdict> | undefined)?.isBlocked === 'boolean') return verdict;
    } finally {
      timer.cancel();
    }
    throw new Error('the check returned no verdict');
  }

  #decide({ isBlocked, category }: Verdict, until: number): void {
    if (this.#isOver || this.#given.signal.aborted) {
      this.#close();
      return;
    }
    if (isBlocked) {
      this.#close();
      // A caller without types may give anything.
      this.#given.listener.blocked(typeof category === 'string' ? category : 'blocked');
      return;
    }
    this.#pass(until);
    if (this.#isEnded || this.#isDue()) this.#check();
    else if (this.#held !== '') this.#wait();
  }

  #pass(until: number): void {
    const from = Math.max(this.#from, until - CONTEXT_CHARS);
    this.#text = this.#text.slice(from - this.#from);
    [this.#from, this.#passed] = [from, until];
    const isComplete = this.#isEnded && this.#text.length === until - from;
    if (isComplete) this.#close();
    this.#given.listener.passed(until);
  }

  #close(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#text = '';
  }
}
