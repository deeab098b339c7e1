/** The command handlers of a session: one for each type of command. */
import {
  ChatError,
  isBlank,
  textOf,
  type ChatEvent,
  type CommandOf,
  type ConversationId,
  type Position,
  type UserPart,
} from '@rivulet/protocol';
import { authorize } from '../access/authorize.ts';
import type { ConversationRequest } from '../access/owned-conversation.ts';
import type { Principal } from '../auth/auth.ts';
import type { Clock, Limits } from '../base/index.ts';
import type { AcceptedRun, Conversations, Sender } from '../conversations/conversations.ts';
import type { StoredForPerson } from '../conversations/desk-message.ts';
import type { Desk } from '../conversations/desk.ts';
import type { DeskTeam } from '../conversations/desk-team.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { RecordFeedback } from '../conversations/feedback.ts';
import type { RunPermit } from '../rate-limits/run-permits.ts';
import type { VisitorLimits } from '../rate-limits/visitor-limits.ts';
import type { Runs } from '../runs/runs.ts';
import type { SessionCommand } from './session-state.ts';
import { decideToolCall, readClientTools, submitToolOutput } from './session-tool-commands.ts';
import type { RequestOrigin } from '../sites/origins.ts';
import type { Site } from '../sites/sites.ts';
import { pageTraceOf } from '../telemetry/trace-context.ts';
import type { Typing } from './typing.ts';

/** What a handler may use: the session's principal and site, the gateway's rooms, and the session itself. */
export interface CommandScope {
  sessionId: string;
  principal: Principal;
  site: Site;
  /** As `RequestOrigin.address`. */
  address: string | undefined;
  /** As `RequestOrigin.traceContext`. */
  traceContext: RequestOrigin['traceContext'];
  visitorLimits: Pick<VisitorLimits, 'admitRun' | 'checkKept'>;
  conversations: Conversations;
  recordFeedback: RecordFeedback;
  desk: Pick<Desk, 'requestPerson' | 'leaveAddress'>;
  team: Pick<DeskTeam, 'staff'>;
  eventLog: EventLog;
  runs: Runs;
  typing: Typing;
  clock: Clock;
  limits: Limits;
  /** Whether the gateway is shutting down. New runs are rejected with `draining` then. */
  isDraining: () => boolean;
  /** Sends an event to the client of this session. */
  send: (event: ChatEvent) => void;
  /** Extends the session to the expiry of a new token of the same principal. @throws {ChatError} `forbidden`, `unauthenticated` */
  refresh(token: string): Promise<void>;
  /** Starts a viewer of the conversation, in place of an earlier one. @throws {ChatError} `not-found` */
  view(conversationId: ConversationId, cursor: Position | undefined): Promise<void>;
  /** Starts a viewer, without a cursor, of a conversation whose owner was checked by the caller. */
  viewOwn(conversationId: ConversationId): void;
  /** Ends the viewer of the conversation, if there is one. */
  unview(conversationId: ConversationId): void;
  /** Whether the session has a viewer of the conversation. */
  isViewing(conversationId: ConversationId): boolean;
}

type CommandType = SessionCommand['type'];
type Handler<Type extends CommandType> = (
  scope: CommandScope,
  command: CommandOf<Type>,
) => Promise<void> | void;

const HANDLE: { [Type in CommandType]: Handler<Type> } = {
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
    await startRun(scope, command, (sender) => scope.conversations.acceptMessage(sender, command));
  },
  'edit-message': async (scope, command) => {
    checkParts(scope, command.parts);
    await startRun(scope, command, (sender) => scope.conversations.acceptEdit(sender, command));
  },
  regenerate: (scope, command) =>
    startRun(scope, command, (sender) => scope.conversations.acceptRegenerate(sender, command)),
  'abort-run': async (scope, command) => {
    await scope.conversations.abort(scope.principal, command);
    accept(scope, command);
  },
  'tool-approval': async (scope, command) => {
    await decideToolCall(scope, command);
    accept(scope, command);
  },
  'tool-output': async (scope, command) => {
    await submitToolOutput(scope, command);
    accept(scope, command);
  },
  feedback: async (scope, command) => {
    await scope.recordFeedback(scope.principal, command);
    accept(scope, command);
  },
  'request-person': async (scope, command) => {
    checkDesk(scope);
    await scope.desk.requestPerson(scope.principal, command.conversationId, () =>
      scope.team.staff(scope.site),
    );
    accept(scope, command);
  },
  'leave-address': async (scope, command) => {
    checkDesk(scope);
    const { conversationId, name, email } = command;
    await scope.desk.leaveAddress(
      scope.principal,
      conversationId,
      name === undefined ? { email } : { name, email },
    );
    accept(scope, command);
  },
  // Broadcast to the current viewers on every gateway; not stored. Accepted also when a newer state replaces it.
  typing: async (scope, command) => {
    const { conversationId, isTyping } = command;
    await checkOwn(scope, { action: 'typing', conversationId });
    const [participantId, sessionId] = [scope.principal.id, scope.sessionId];
    scope.typing.broadcast({ kind: 'typing', conversationId, participantId, isTyping, sessionId });
    accept(scope, command);
  },
  'refresh-auth': async (scope, command) => {
    await scope.refresh(command.token);
    accept(scope, command);
  },
  // Accepted so that clients may send it; read positions are not stored or shown yet.
  read: async (scope, command) => {
    const { conversationId } = command;
    await checkOwn(scope, { action: 'read', conversationId });
    accept(scope, command);
  },
};

/** @throws {ChatError} `unsupported` on a site without a desk */
function checkDesk({ site }: CommandScope): void {
  if (site.desk === undefined)
    throw new ChatError('unsupported', { message: 'Nobody answers on this site but the model.' });
}

/** A viewer may see the conversation: the store is not read for each key that is pressed. @throws {ChatError} `not-found` */
async function checkOwn(scope: CommandScope, request: Omit<ConversationRequest, 'principal'>): Promise<void> {
  if (scope.isViewing(request.conversationId)) return;
  await scope.conversations.authorize({ principal: scope.principal, ...request });
}

/** Calls the handler of the command. @throws {ChatError} the error of the handler, for the `rejected` event */
export async function handleCommand(scope: CommandScope, command: SessionCommand): Promise<void> {
  // HANDLE[type] is the handler of this type; the compiler cannot correlate the two.
  const handle = HANDLE[command.type] as Handler<CommandType>;
  await handle(scope, command);
}

/** @throws {ChatError} `bad-frame` for a message without content, `too-large` */
function checkParts({ limits }: CommandScope, parts: UserPart[]): void {
  if (isBlank(parts)) {
    throw new ChatError('bad-frame', {
      message: 'parts: the message is empty; write some text or attach a file.',
    });
  }
  if (textOf({ parts }).length <= limits.maxMessageChars) return;
  throw new ChatError('too-large', {
    message: `The message is longer than ${limits.maxMessageChars} characters; shorten it.`,
  });
}

/**
 * Stores the message, starts its run, sends `accepted` and subscribes the sender to the conversation.
 * @see PROTOCOL.md §8
 */
async function startRun(
  scope: CommandScope,
  command: CommandOf<'send-message' | 'edit-message' | 'regenerate'>,
  acceptRun: (sender: Sender) => Promise<AcceptedRun | StoredForPerson>,
): Promise<void> {
  if (scope.isDraining()) throw new ChatError('draining');
  const { principal, site, address } = scope;
  const traceContext = scope.traceContext ?? pageTraceOf(command);
  const acceptedAtMs = scope.clock.now();
  const { type: action, tools = [] } = command;
  authorize({ principal, action, resource: { kind: 'site', site, offersTools: tools.length > 0 } });
  const clientTools = readClientTools(site, tools);
  const client = { site, visitorId: principal.id, address };
  await scope.visitorLimits.checkKept({ ...client, conversationId: command.conversationId });
  const permit = await scope.visitorLimits.admitRun(client, command.conversationId);
  const start = (started: AcceptedRun) => {
    scope.runs.start({ ...started, clientTools, onEnd: permit.end, acceptedAtMs, traceContext });
  };
  const isViewing = scope.isViewing(command.conversationId);
  const run = await acceptRun({ principal, site, start, isViewing }).catch((error: unknown) => {
    endPermit(permit, error);
    return toSameIdRetry(error);
  });
  if (run.kind === 'repeated') permit.giveBack();
  else if (run.kind === 'stored') permit.end();
  scope.send({ type: 'accepted', commandId: command.id, ...acceptedIds(command, run) });
  if (!scope.isViewing(run.conversationId)) scope.viewOwn(run.conversationId);
}

/** A message that a person answers has no run. */
function acceptedIds(
  command: CommandOf<'send-message' | 'edit-message' | 'regenerate'>,
  run: AcceptedRun | StoredForPerson,
) {
  const messageId = command.type === 'regenerate' ? undefined : command.messageId;
  if (run.kind === 'stored') return messageId === undefined ? {} : { messageId };
  return { messageId: messageId ?? run.answer.id, runId: run.runId };
}

/** What the visitor did wrong counts as an attempt; what the gateway could not do does not. */
function endPermit(permit: RunPermit, error: unknown): void {
  if (ChatError.from(error).code === 'internal') permit.giveBack();
  else permit.end();
}

/** How long a client should wait for a store or an event log that is not available to come back. */
const RETRY_AFTER_MS = 2_000;

/**
 * When the store or the log fails, the message may or may not be stored. The client sends it again with the same id, so that it
 * is stored once. If the visitor had to send it again, it would get a new id and might be stored twice (invariant 7).
 */
function toSameIdRetry(error: unknown): never {
  const chatError = ChatError.from(error);
  throw chatError.code === 'internal'
    ? new ChatError('internal', { cause: error, retry: 'after', retryAfterMs: RETRY_AFTER_MS })
    : chatError;
}

function accept({ send }: CommandScope, command: SessionCommand): void {
  send({ type: 'accepted', commandId: command.id });
}
