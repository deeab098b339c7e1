/** The interface of a moderator: an adapter that decides which text may be shown, while the text arrives. */

/** What a text is. `title`: one that a visitor gives a conversation. `source` and `data`: what an answer shows beside its text. */
export const MODERATED_KINDS = [
  'question',
  'title',
  'answer',
  'reasoning',
  'tool-input',
  'source',
  'data',
] as const;
/** One of `MODERATED_KINDS`. */
export type ModeratedKind = (typeof MODERATED_KINDS)[number];

/** Where a text belongs. It names no visitor. */
export interface ModerationSubject {
  kind: ModeratedKind;
  siteId: string;
}

/** What a moderator reports about one text. After `blocked`, `failed` or an abort nothing more may be reported. */
export interface ModerationListener {
  /**
   * The text up to here may be shown.
   * @param chars UTF-16 code units from the beginning of the text, never fewer than before, and never within a surrogate pair
   */
  passed: (chars: number) => void;
  /** The text may not be shown. @param category why, for the log; it repeats nothing of the text */
  blocked: (category: string) => void;
  /** It could not be decided: what follows is up to the site. */
  failed: (error: unknown) => void;
}

/** One text under moderation. */
export interface ModeratedText {
  /** Adds a piece of the text. It may end within a word or a surrogate pair. */
  push(piece: string): void;
  /** The text is complete. `passed` with its whole length, `blocked` or `failed` follows within a bounded time, unless it was aborted. */
  end(): void;
}

/** Decides about texts. It knows neither runs nor stores nor sockets. */
export interface Moderator {
  /** The name in logs and metrics: `words`, `openai`. */
  readonly name: string;
  /** What no answer may show, such as its keys. A method, so that nothing prints it by mistake. Default: nothing. */
  secrets?(): readonly string[];
  /**
   * Begins the moderation of one text. The listener may be called within `push` and `end`, or later.
   * @param signal aborts what is under way; the listener is not called any more
   */
  open(subject: ModerationSubject, listener: ModerationListener, signal: AbortSignal): ModeratedText;
}
