/** The event names without their prefix, as wrappers and the command queue use them. The compiler keeps the list complete. */
import type { RivuletEventDetails, RivuletEventName } from './events.ts';

/** An event name without its prefix: `rivulet-run-end` is `run-end`. */
export type ShortName = RivuletEventName extends `rivulet-${infer Short}` ? Short : never;

const NAMES: Readonly<Record<ShortName, true>> = {
  ready: true,
  open: true,
  close: true,
  message: true,
  'run-start': true,
  'run-end': true,
  'owner-change': true,
  error: true,
  status: true,
  'first-delta': true,
  timing: true,
};
/** All event names without their prefix. */
export const SHORT_NAMES = Object.keys(NAMES) as readonly ShortName[]; // Object.keys forgets the key type

/** The detail of an event, by its short name. */
export type DetailOf<Short extends ShortName> = RivuletEventDetails[`rivulet-${Short}`];
