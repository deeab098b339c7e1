/** Meaning of the Enter key in text fields. */

const TOUCH_ONLY = '(hover: none) and (pointer: coarse)';

/** Whether the device has only an on-screen keyboard. There, Enter inserts a line break instead of submitting. */
export const isTouchOnly = (): boolean => matchMedia(TOUCH_ONLY).matches;

/** Whether the key event belongs to an input method composing characters. */
export function isComposing(event: KeyboardEvent): boolean {
  // Safari ends a composition before it tells the Enter that ended it; only 229 gives that one away.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return event.isComposing || event.keyCode === 229;
}

/** Whether the key event submits the text. */
export const isDone = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' && !event.shiftKey && !isComposing(event) && !isTouchOnly();
