/** The nine invariants of PROTOCOL.md §17, with the deliberate breaks that their tests must catch. */
import type { Invariant } from './break.ts';
import { APPLIED_EXACTLY_ONCE, RESUMED_COMPLETELY } from './delivery.ts';
import { ONE_ORDERED_LOG, STARTED_WHEN_ACCEPTED } from './log.ts';
import { NEVER_LOST_NEVER_DUPLICATED } from './messages.ts';
import { DECIDED_FROM_THE_PRINCIPAL, UNKNOWN_IS_IGNORED } from './readers.ts';
import { CLOSING_IS_A_DETACH, ONE_END } from './runs.ts';

/** All invariants, in the order of their numbers. */
export const INVARIANTS: readonly Invariant[] = [
  ONE_ORDERED_LOG,
  CLOSING_IS_A_DETACH,
  ONE_END,
  STARTED_WHEN_ACCEPTED,
  APPLIED_EXACTLY_ONCE,
  RESUMED_COMPLETELY,
  NEVER_LOST_NEVER_DUPLICATED,
  UNKNOWN_IS_IGNORED,
  DECIDED_FROM_THE_PRINCIPAL,
];
