/** Stamped deltas: each piece of text says which one it is and when the upstream wrote it, so that a reader needs nothing else. */

/** A time on the clock that all processes of this machine share, in nanoseconds. */
export const nowNs = (): number => Number(process.hrtime.bigint());

const OPEN = '~';
const CLOSE = ';';

/** The text of one delta, such as `~17 123456789012345;`: some 20 characters, the length of a short phrase. */
export const stamp = (index: number, atNs = nowNs()): string => `${OPEN}${index} ${atNs}${CLOSE}`;

/** Calls back for each stamp in a piece of a stream. The piece must hold whole stamps. */
export function readStamps(text: string, onStamp: (index: number, writtenNs: number) => void): void {
  let start = text.indexOf(OPEN);
  while (start >= 0) {
    const middle = text.indexOf(' ', start);
    const end = text.indexOf(CLOSE, middle);
    onStamp(Number(text.slice(start + 1, middle)), Number(text.slice(middle + 1, end)));
    start = text.indexOf(OPEN, middle);
  }
}

/** What the upstream shall answer; it is sent as the text of the visitor's message. */
export interface AnswerPlan {
  /** How many stamped deltas. */
  deltas: number;
  /** Deltas a second; 0: as fast as the reader takes them. */
  perSecond: number;
  /** Characters that follow each stamp, for long answers. Default: none. */
  padding?: number;
}
