/** What Enter means where a visitor writes. */

/** Where Enter is a key of a virtual keyboard, it makes a new line. */
const TOUCH_ONLY = '(hover: none) and (pointer: coarse)';

export const enterMakesLine = (): boolean => matchMedia(TOUCH_ONLY).matches;

/** Whether the key belongs to an input method, which puts characters together. */
export function isComposing(event: KeyboardEvent): boolean {
  // Safari ends a composition before it tells the Enter that ended it; only 229 gives that one away.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return event.isComposing || event.keyCode === 229;
}

/** Whether the key says "done". */
export const isDone = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' && !event.shiftKey && !isComposing(event) && !enterMakesLine();
