/** The events by the short names that wrappers and the command queue use; the compiler keeps the list whole. */
import type { RivuletEventDetails, RivuletEventName } from './events.ts';

/** `rivulet-run-end` is `run-end`. */
export type ShortName = RivuletEventName extends `rivulet-${infer Short}` ? Short : never;

const NAMES: Readonly<Record<ShortName, true>> = {
  ready: true,
  open: true,
  close: true,
  message: true,
  'run-start': true,
  'run-end': true,
  error: true,
  status: true,
  'first-delta': true,
  timing: true,
};
export const SHORT_NAMES = Object.keys(NAMES) as readonly ShortName[]; // Object.keys forgets the key type

export type DetailOf<Short extends ShortName> = RivuletEventDetails[`rivulet-${Short}`];
