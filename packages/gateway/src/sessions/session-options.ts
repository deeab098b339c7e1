/** What the sessions of a gateway need. */
import type { Admission } from './admission.ts';
import type { Revocations } from '../access/revocations.ts';
import type { ViewerAccess } from '../access/viewer-access.ts';
import type { Clock, Limits, Logger, Metrics } from '../base/index.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { EventLog, MovedBroadcast, RevokedBroadcast } from '../event-logs/event-log.ts';
import type { Desk } from '../conversations/desk.ts';
import type { DeskTeam } from '../conversations/desk-team.ts';
import type { RecordFeedback } from '../conversations/feedback.ts';
import type { Presence } from '../conversations/presence.ts';
import type { Runs } from '../runs/runs.ts';
import type { VisitorLimits } from '../rate-limits/visitor-limits.ts';
import type { Refusals } from '../sites/refusals.ts';
import type { Sites } from '../sites/sites.ts';
import type { Typing } from './typing.ts';
import type { Uploads } from '../conversations/uploads.ts';

/** What every session of a gateway shares. */
export interface SessionOptions {
  /** Admits the client of a `hello` or of a new token. */
  admit: Admission;
  sites: Sites;
  conversations: Conversations;
  viewerAccess: Pick<ViewerAccess, 'admit'>;
  recordFeedback: RecordFeedback;
  desk: Pick<Desk, 'requestPerson' | 'leaveAddress'>;
  team: Pick<DeskTeam, 'staff'>;
  eventLog: EventLog;
  runs: Runs;
  presence: Presence;
  typing: Typing;
  uploads: Uploads;
  visitorLimits: VisitorLimits;
  clock: Clock;
  limits: Limits;
  logger: Logger;
  metrics: Metrics;
  refusals: Refusals;
  revocations: Pick<Revocations, 'check'>;
  /** Creates a session id, or the `ref` by which an error is found in the log. */
  mintRef: () => string;
  /** Whether the gateway is shutting down. New runs are rejected with `draining` then. */
  isDraining: () => boolean;
}

/** A broadcast message that concerns the sessions of its principal. */
export type SessionBroadcast = MovedBroadcast | RevokedBroadcast;
