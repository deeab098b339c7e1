/** What each command does: one handler a type, over what a session offers. */
import {
  ChatError,
  textOf,
  type ChatEvent,
  type CommandOf,
  type ConversationId,
  type Position,
  type UserPart,
} from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { Clock } from '../base/clock.ts';
import type { AcceptedRun, Conversations } from '../conversations/conversations.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { RecordFeedback } from '../conversations/feedback.ts';
import type { Limits } from '../base/limits.ts';
import type { Runs } from '../runs/runs.ts';
import type { SessionCommand } from './session-state.ts';
import { decideCall, readClientTools, takeOutput } from './session-tool-commands.ts';
import type { Site } from '../sites/sites.ts';

export interface CommandScope {
  sessionId: string;
  principal: Principal;
  site: Site;
  conversations: Conversations;
  recordFeedback: RecordFeedback;
  eventLog: EventLog;
  runs: Runs;
  clock: Clock;
  limits: Limits;
  isDraining: () => boolean;
  send: (event: ChatEvent) => void;
  /** The session lives as long as this token of the same principal. @throws {ChatError} forbidden, unauthenticated */
  refresh(token: string): Promise<void>;
  /** Follows a conversation from now on, in place of an earlier viewer of it. @throws {ChatError} not-found */
  view(conversationId: ConversationId, cursor: Position | undefined): Promise<void>;
  unview(conversationId: ConversationId): void;
  isViewing(conversationId: ConversationId): boolean;
}

type Served = SessionCommand['type'];
type Handler<Type extends Served> = (scope: CommandScope, command: CommandOf<Type>) => Promise<void> | void;

const HANDLE: { [Type in Served]: Handler<Type> } = {
  ping: ({ send, clock }, { id }) => {
    send({ type: 'pong', commandId: id, serverTimeMs: clock.now() });
  },
  subscribe: async (scope, command) => {
    await scope.view(command.conversationId, command.cursor);
    accept(scope, command);
  },
  unsubscribe: (scope, command) => {
    scope.unview(command.conversationId);
    accept(scope, command);
  },
  'send-message': async (scope, command) => {
    checkParts(scope, command.parts);
    await begin(scope, command, () =>
      scope.conversations.acceptMessage(scope.principal, command, scope.site),
    );
  },
  'edit-message': async (scope, command) => {
    checkParts(scope, command.parts);
    await begin(scope, command, () => scope.conversations.acceptEdit(scope.principal, command, scope.site));
  },
  regenerate: (scope, command) =>
    begin(scope, command, () => scope.conversations.acceptRegenerate(scope.principal, command, scope.site)),
  'abort-run': async (scope, command) => {
    await scope.conversations.abort(scope.principal, command);
    accept(scope, command);
  },
  'tool-approval': async (scope, command) => {
    await decideCall(scope, command);
    accept(scope, command);
  },
  'tool-output': async (scope, command) => {
    await takeOutput(scope, command);
    accept(scope, command);
  },
  feedback: async (scope, command) => {
    await scope.recordFeedback(scope.principal, command);
    accept(scope, command);
  },
  // For whoever views the conversation now, on any gateway; nothing of it is kept.
  typing: async (scope, command) => {
    const { conversationId, isTyping } = command;
    await scope.conversations.authorize(scope.principal, conversationId);
    const [participantId, sessionId] = [scope.principal.id, scope.sessionId];
    await scope.eventLog.broadcast({ kind: 'typing', conversationId, participantId, isTyping, sessionId });
    accept(scope, command);
  },
  'refresh-auth': async (scope, command) => {
    await scope.refresh(command.token);
    accept(scope, command);
  },
  // Taken, so that a client may say it; nobody is shown it yet.
  read: async (scope, command) => {
    await scope.conversations.authorize(scope.principal, command.conversationId);
    accept(scope, command);
  },
};

/** @throws {ChatError} whatever the command's handler rejects with */
export async function handleCommand(scope: CommandScope, command: SessionCommand): Promise<void> {
  // The row is the one of the command's own type, which the compiler cannot correlate.
  const handle = HANDLE[command.type] as Handler<Served>;
  await handle(scope, command);
}

function checkParts({ limits }: CommandScope, parts: UserPart[]): void {
  if (textOf({ parts }).length <= limits.maxMessageChars) return;
  throw new ChatError('too-large', {
    message: `The message is longer than ${limits.maxMessageChars} characters; shorten it.`,
  });
}

/** Once the message is on disk: say so, let the run begin, and show the conversation to its sender. */
async function begin(
  scope: CommandScope,
  command: CommandOf<'send-message' | 'edit-message' | 'regenerate'>,
  acceptRun: () => Promise<AcceptedRun>,
): Promise<void> {
  if (scope.isDraining()) throw new ChatError('draining');
  const clientTools = readClientTools(scope.site, command.tools ?? []);
  const run = await acceptRun().catch(sameAgain);
  const messageId = command.type === 'regenerate' ? run.answer.id : command.messageId;
  scope.send({ type: 'accepted', commandId: command.id, messageId, runId: run.runId });
  if (run.kind === 'new') scope.runs.start({ ...run, clientTools });
  if (!scope.isViewing(run.conversationId)) await scope.view(run.conversationId, undefined);
}

/** What a store or a log that is away needs to come back. */
const AWAY_MS = 2_000;

/**
 * Whether the message is on disk is not known when the store or the log fails: the same one again, under its own id, finds out.
 * A person who had to try again would send it under another, and it might stand there twice (invariant 7).
 */
function sameAgain(error: unknown): never {
  const chatError = ChatError.from(error);
  throw chatError.code === 'internal'
    ? new ChatError('internal', { cause: error, retry: 'after', retryAfterMs: AWAY_MS })
    : chatError;
}

function accept({ send }: CommandScope, command: SessionCommand): void {
  send({ type: 'accepted', commandId: command.id });
}
