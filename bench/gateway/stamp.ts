/** Stamped deltas: the text of each delta contains its index and the time at which the upstream wrote it. */

/** The current time in nanoseconds, on a monotonic clock that all processes of this machine share. */
export const nowNs = (): number => Number(process.hrtime.bigint());

const OPEN = '~';
const CLOSE = ';';

/** The text of one delta, such as `~17 123456789012345;`: some 20 characters, the length of a short phrase. */
export const stamp = (index: number, atNs = nowNs()): string => `${OPEN}${index} ${atNs}${CLOSE}`;

/** Calls `onStamp` for each stamp in a part of a stream, which must contain only complete stamps. */
export function readStamps(text: string, onStamp: (index: number, writtenNs: number) => void): void {
  let start = text.indexOf(OPEN);
  while (start >= 0) {
    const middle = text.indexOf(' ', start);
    const end = text.indexOf(CLOSE, middle);
    onStamp(Number(text.slice(start + 1, middle)), Number(text.slice(middle + 1, end)));
    start = text.indexOf(OPEN, middle);
  }
}

/** The answer that the upstream is to send. It is the text of the visitor's message, as JSON. */
export interface AnswerPlan {
  /** The number of deltas. */
  deltas: number;
  /** Deltas per second; 0: as fast as the client reads. */
  perSecond: number;
  /** How much later the second delta and all others come than `perSecond` says, so that the answer has started everywhere. Default: 0. */
  pauseMs?: number;
  /** The number of characters after each stamp, for long answers. Default: 0. */
  padding?: number;
}
