/** Several moderators about one text: it may be shown as far as all of them have passed it. */
import type { Clock, Timer } from '../base/index.ts';
import type { ModeratedText, ModerationListener, ModerationSubject, Moderator } from './moderator.ts';

/** What a text under several moderators reports. Only the first block or failure that blocks counts. */
export interface CombinedListener {
  /** @param chars UTF-16 code units from the beginning of the text; more than before */
  passed: (chars: number) => void;
  /** All of the text has passed. */
  complete: () => void;
  /** @param by the name of the moderator */
  blocked: (category: string, by: string) => void;
  /** @returns `allow`: the text is shown as if this moderator had passed it; `block`: nothing more of it is */
  failed: (error: unknown, by: string) => 'block' | 'allow';
}

/** How a text is moderated. */
export interface CombinedOptions {
  listener: CombinedListener;
  signal: AbortSignal;
  clock: Clock;
}

/** A moderator that says nothing for so long after the end of a text has failed. Three checks of 10 s fit into it. */
const SETTLE_MS = 30_000;
/** Of the log. */
const MAX_CATEGORY_CHARS = 64;

/** Begins the moderation of one text. Nothing that a moderator throws or makes up reaches the caller. */
export function moderatedBy(
  moderators: readonly Moderator[],
  subject: ModerationSubject,
  options: CombinedOptions,
): ModeratedText {
  const text = new CombinedText(options);
  for (const moderator of moderators) text.add(moderator, subject);
  return text;
}

interface Member {
  name: string;
  text: ModeratedText | undefined;
  passed: number;
}

class CombinedText implements ModeratedText {
  readonly #options: CombinedOptions;
  /** Those that have not failed. */
  readonly #members = new Set<Member>();
  #length = 0;
  #passed = 0;
  #isEnded = false;
  #isOver = false;
  #timer: Timer | undefined;

  constructor(options: CombinedOptions) {
    this.#options = options;
  }

  add(moderator: Moderator, subject: ModerationSubject): void {
    const member: Member = { name: moderator.name, text: undefined, passed: 0 };
    this.#members.add(member);
    this.#attempt(member, () => {
      member.text = moderator.open(subject, this.#listenerOf(member), this.#options.signal);
    });
  }

  push(piece: string): void {
    this.#length += piece.length;
    for (const member of this.#members)
      this.#attempt(member, () => {
        member.text?.push(piece);
      });
    this.#advance();
  }

  end(): void {
    if (this.#isEnded || this.#isOver) return;
    this.#isEnded = true;
    this.#timer = this.#options.clock.after(SETTLE_MS, () => {
      for (const member of this.#members)
        if (member.passed < this.#length) this.#fail(member, new Error(`no decision within ${SETTLE_MS} ms`));
    });
    this.#options.signal.addEventListener('abort', this.#close, { once: true });
    for (const member of this.#members)
      this.#attempt(member, () => {
        member.text?.end();
      });
    this.#advance();
  }

  #attempt(member: Member, act: () => void): void {
    if (this.#isOver || !this.#members.has(member)) return;
    try {
      act();
    } catch (error) {
      this.#fail(member, error);
    }
  }

  #listenerOf(member: Member): ModerationListener {
    const isHeard = () => !this.#isOver && !this.#options.signal.aborted && this.#members.has(member);
    return {
      passed: (chars) => {
        if (!isHeard()) return;
        if (!Number.isInteger(chars) || chars < member.passed || chars > this.#length) {
          this.#fail(member, new Error('the moderator has passed what it was not given'));
          return;
        }
        member.passed = chars;
        this.#advance();
      },
      blocked: (category) => {
        if (!isHeard()) return;
        this.#close();
        this.#options.listener.blocked(category.slice(0, MAX_CATEGORY_CHARS), member.name);
      },
      failed: (error) => {
        if (isHeard()) this.#fail(member, error);
      },
    };
  }

  #fail(member: Member, error: unknown): void {
    if (this.#isOver) return;
    this.#members.delete(member);
    if (this.#options.listener.failed(error, member.name) === 'block') this.#close();
    else this.#advance();
  }

  #advance(): void {
    if (this.#isOver) return;
    let clear = this.#length;
    for (const member of this.#members) clear = Math.min(clear, member.passed);
    const isComplete = this.#isEnded && clear === this.#length;
    if (isComplete) this.#close();
    if (clear > this.#passed) {
      this.#passed = clear;
      this.#options.listener.passed(clear);
    }
    if (isComplete) this.#options.listener.complete();
  }

  readonly #close = (): void => {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#options.signal.removeEventListener('abort', this.#close);
  };
}
