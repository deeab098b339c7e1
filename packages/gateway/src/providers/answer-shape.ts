/** What an answer looks like that is not a stream of events, for the reader of bodies. */

/** How an API writes an answer that is not a stream of events. */
export interface AnswerShape {
  /** The answer, or the piece of one, that a relay has wrapped; any other value as it is. */
  unwrap: (value: unknown) => unknown;
  /** Whether an unwrapped value is an answer or a piece of one. */
  isAnswer: (value: unknown) => boolean;
  /** Whether an unwrapped value is a piece of an answer. */
  isPiece: (value: unknown) => boolean;
}
