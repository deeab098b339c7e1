/** A run that is to be executed, with what it has from gateways that have died. */
import type { Message } from '@rivulet/protocol';
import type { Charge } from '../budgets/run-charge.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import type { Provider, ResponseReference } from '../providers/provider.ts';
import type { SavedReply } from './checkpoints.ts';
import type { RunTrace } from '../telemetry/run-trace.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { HeldLease } from './held-lease.ts';
import type { RunDesk } from './run-desk.ts';

/** The attempts of gateways that have died. */
export interface EarlierAttempts {
  attempts: number;
  /** What they have used; undefined when it is not counted. */
  charge: Charge | undefined;
  /** What the upstream wrote meanwhile, when the run goes on with it. */
  reattached?: Reattached | undefined;
}

/** A response in the background that a run goes on with. */
export interface Reattached {
  response: ResponseReference;
  /** The provider that has asked for it. */
  upstream: Provider;
  /** The answer as viewers and the store have it. */
  known: Message;
}

/** An accepted run that is to be executed. */
export interface RunToStart extends AcceptedRun {
  /** When its message came, in milliseconds since 1970, and the trace of its sender: for traces. */
  acceptedAtMs?: number;
  traceContext?: TraceContext | undefined;
  /** Its spans, set when it is started; absent when nothing is traced. */
  trace?: RunTrace | undefined;
  /** Its part in the desk, set when it is started; absent at a site without one. */
  desk?: RunDesk | undefined;
  /** Present when it is started once more. */
  earlier?: EarlierAttempts;
}

/** A run that has left the run queue. */
export interface StartedRun extends RunToStart {
  /** The right to write to the conversation. Absent when the run was stopped while it waited in the queue. */
  held?: HeldLease | undefined;
}

/** The lease of a run, for its appends. */
export const leaseOf = ({ held }: StartedRun) => (held === undefined ? {} : { lease: held.lease });
/** A run without a lease was stopped while it waited; it has nothing but its end. */
export const savedReplyOf = ({ conversationId, answer, held }: StartedRun): SavedReply => ({
  conversationId,
  messageId: answer.id,
  canSave: () => held?.isHeld() ?? true,
});
