/** Every check, in the order in which they are tried. */
import type { Check } from '../check.ts';
import { CONNECTING } from './connecting.ts';
import { FALLBACKS } from './fallbacks.ts';
import { FRAMES } from './frames.ts';
import { MESSAGES } from './messages.ts';
import { RESUMING } from './resuming.ts';
import { RUNS } from './runs.ts';

/** The promises that can be seen from outside. */
export const CHECKS: readonly Check[] = [
  ...CONNECTING,
  ...FRAMES,
  ...RUNS,
  ...RESUMING,
  ...MESSAGES,
  ...FALLBACKS,
];
