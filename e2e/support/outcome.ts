/** What happened in a history: the faults, and what was found wrong. */
import type { EventOf, MessageId, RunId } from '@rivulet/protocol';
import type { HistorySite, LossKind } from './deployment.ts';
import type { TransportName } from './tab.ts';
import { isAnyWrong, nothingWrong, type WrongDeliveries } from './wrong-deliveries.ts';

/** A reply whose gateway was lost, and what became of it. */
export interface Orphan {
  runId: RunId;
  kind: LossKind;
  /** What its site wants for such a reply. */
  whenInterrupted: HistorySite['whenInterrupted'];
  /** From the loss of its gateway to its end as interrupted, or to the start of another attempt, in milliseconds. */
  closedAfterMs: number;
  /** Whether another gateway asked the upstream again. */
  isRestarted: boolean;
  /** How the reply has ended; `stop` is the end of a whole answer. */
  reason: EventOf<'run-finished'>['reason'];
}

/** What happened in a history, and which invariants it violated. */
export interface Outcome {
  /** The names of the injected faults, in order. */
  faults: string[];
  /** The transport of each tab, in the order in which the tabs were opened. */
  transports: TransportName[];
  /** What was wrong in the events that tabs received, in texts that they showed, in the store and in the log, by place. */
  wrong: Record<Place, WrongDeliveries>;
  /** What led to the first wrong delivery to each tab that got one, and the ends of runs that ended twice. */
  firstWrong: string[];
  /** Accepted messages that the store does not have at the end. */
  lost: MessageId[];
  /** Accepted messages that the store has more than once at the end. */
  duplicated: MessageId[];
  /** Runs that ended more than once: as a tab was told, or in the log. */
  endedTwice: RunId[];
  /** Runs of which the log has events after their end: a gateway that had lost its lease has written. */
  writtenAfterEnd: RunId[];
  /**
   * Runs that were begun again although their site does not want it, more often than twice, or twice as the same attempt: then two
   * gateways have taken them over.
   */
  wronglyRestarted: RunId[];
  /** Runs that are still running in the store at the end. */
  unfinished: RunId[];
  /** The replies whose gateways were lost. */
  orphans: Orphan[];
}

/** Where deliveries are checked: the events on their way to a tab, the texts in a tab at any moment, the store, the log. */
export const PLACES = ['received', 'shown', 'stored', 'logged'] as const;
/** Where deliveries are checked; one of `PLACES`. */
export type Place = (typeof PLACES)[number];

/** The lists of an outcome that are empty when everything is correct. */
export const VIOLATIONS = [
  'lost',
  'duplicated',
  'endedTwice',
  'writtenAfterEnd',
  'wronglyRestarted',
  'unfinished',
] as const;

/** The outcome of a history that has not begun. */
export function emptyOutcome(): Outcome {
  return {
    faults: [],
    transports: [],
    wrong: {
      received: nothingWrong(),
      shown: nothingWrong(),
      stored: nothingWrong(),
      logged: nothingWrong(),
    },
    firstWrong: [],
    lost: [],
    duplicated: [],
    endedTwice: [],
    writtenAfterEnd: [],
    wronglyRestarted: [],
    unfinished: [],
    orphans: [],
  };
}

/** Whether an invariant was violated. */
export const isViolated = (outcome: Outcome): boolean =>
  PLACES.some((place) => isAnyWrong(outcome.wrong[place])) ||
  VIOLATIONS.some((name) => outcome[name].length > 0);
