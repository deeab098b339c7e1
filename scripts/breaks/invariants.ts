/** The nine invariants of PROTOCOL.md §17, each with the breaks that its tests must notice. */
import type { Invariant } from './break.ts';
import { APPLIED_EXACTLY_ONCE, RESUMED_WHOLE } from './delivery.ts';
import { ONE_ORDERED_LOG, STARTED_WHEN_ACCEPTED } from './log.ts';
import { NEVER_LOST_NEVER_DOUBLED } from './messages.ts';
import { DECIDED_FROM_THE_PRINCIPAL, UNKNOWN_IS_IGNORED } from './readers.ts';
import { CLOSING_IS_A_DETACH, ONE_END } from './runs.ts';

export const INVARIANTS: readonly Invariant[] = [
  ONE_ORDERED_LOG,
  CLOSING_IS_A_DETACH,
  ONE_END,
  STARTED_WHEN_ACCEPTED,
  APPLIED_EXACTLY_ONCE,
  RESUMED_WHOLE,
  NEVER_LOST_NEVER_DOUBLED,
  UNKNOWN_IS_IGNORED,
  DECIDED_FROM_THE_PRINCIPAL,
];
