/** A run that was accepted, as the rooms that execute it see it. */
import type { ConversationId, Message, RunId } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { ProviderTool } from '../providers/provider.ts';
import type { Site } from '../sites/sites.ts';
import type { Reservation } from '../stores/spending.ts';

/** An accepted run. */
export interface AcceptedRun {
  conversationId: ConversationId;
  siteId: string;
  /** The settings of the site when the run was accepted. They are those of the whole run, also when they are replaced meanwhile. */
  site: Site;
  /** The owner of the conversation. */
  ownerId: string;
  /** The user message that the run answers. */
  question: Message;
  /** The assistant message that the run writes; without parts at first. */
  answer: Message;
  runId: RunId;
  /** The principal that sent the command. */
  principal: Principal;
  /** What was reserved of the budgets; undefined when they have no limit. */
  reservation?: Reservation | undefined;
  /** Tools that the page of the sender performs. */
  clientTools?: readonly ProviderTool[];
  /** Called when the run has ended on this gateway, however it ended. */
  onEnd?: () => void;
  /**
   * Resolves when the message is on disk and the start of the run is in the log; rejects when that failed. The upstream may be called
   * before, but nothing of the run may be shown.
   */
  started: Promise<void>;
  /** Whether the conversation had no other unfinished run. */
  isNext: boolean;
  /** `repeated`: the same command was accepted before, so the run exists already and must not be started again. */
  kind: 'new' | 'repeated';
}
