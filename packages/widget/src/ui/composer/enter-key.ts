/** Meaning of the Enter key in text fields. */

/** On devices with only a virtual keyboard, Enter inserts a line break. */
const TOUCH_ONLY = '(hover: none) and (pointer: coarse)';

/** Whether Enter inserts a line break instead of submitting. */
export const doesEnterBreakLine = (): boolean => matchMedia(TOUCH_ONLY).matches;

/** Whether the key event belongs to an input method composing characters. */
export function isComposing(event: KeyboardEvent): boolean {
  // Safari ends a composition before it tells the Enter that ended it; only 229 gives that one away.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return event.isComposing || event.keyCode === 229;
}

/** Whether the key event submits the text. */
export const isDone = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' && !event.shiftKey && !isComposing(event) && !doesEnterBreakLine();
