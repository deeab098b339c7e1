/**
 * fold(conversation, event): the only place where events become state, on both sides of the wire. It is pure, shares
 * everything that did not change, and returns the same reference when nothing did. Applying an event that is already in the
 * state changes nothing, so a state may be ahead of the position that a replay starts from. @see PROTOCOL.md §5
 */
import type { EventOf } from '../schemas/events.ts';
import type { DeltaEvent, LoggedEvent } from '../schemas/logged-events.ts';
import { splitPartId } from '../schemas/ids.ts';
import {
  TOOL_STATES,
  type Conversation,
  type Message,
  type Part,
  type Run,
  type ToolPart,
} from '../schemas/message.ts';
import { isJsonEqual } from './json-equal.ts';

/**
 * The conversation after `event`; the same reference when the event changes nothing. Folding an event twice is the same as
 * folding it once (invariant 5).
 */
export function fold(conversation: Conversation, event: LoggedEvent): Conversation {
  // The table's row is the one of the event's own type, which the compiler cannot correlate.
  const apply = APPLY[event.type] as Apply<LoggedEvent['type']>;
  return apply(conversation, event);
}

type Apply<Type extends LoggedEvent['type']> = (
  conversation: Conversation,
  event: EventOf<Type>,
) => Conversation;

/** One row for each logged event; a missing row does not compile. */
const APPLY: { [Type in LoggedEvent['type']]: Apply<Type> } = {
  'message-added': addMessage,
  'message-updated': (conversation, { messageId, parts }) =>
    changeMessage(conversation, messageId, (message) =>
      isJsonEqual(message.parts, parts) ? message : { ...message, parts },
    ),
  'message-removed': removeMessage,
  'run-started': startRun,
  'run-restarted': (conversation, { runId }) =>
    changeRunning(conversation, byRun(runId), (message) =>
      message.parts.length === 0 ? message : { ...message, parts: [] },
    ),
  'run-waiting': waitRun,
  'run-finished': finishRun,
  'part-started': startPart,
  'text-delta': appendDelta,
  'reasoning-delta': appendDelta,
  'tool-delta': appendDelta,
  'part-finished': (conversation) => conversation, // for renderers; the state has nothing to close
  'tool-called': (conversation, { callId, input }) =>
    moveTool(conversation, callId, { state: 'called', input }),
  'approval-requested': (conversation, { callId, inputSchema }) =>
    moveTool(conversation, callId, {
      state: 'approval-requested',
      ...(inputSchema === undefined ? {} : { inputSchema }),
    }),
  'approval-given': (conversation, { callId, decision, input }) =>
    moveTool(conversation, callId, {
      state: decision === 'approve' ? 'approved' : 'refused',
      ...(input === undefined ? {} : { input }),
    }),
  'tool-finished': (conversation, { callId, output, error }) =>
    moveTool(conversation, callId, {
      state: error === undefined ? 'finished' : 'failed',
      ...(output === undefined ? {} : { output }),
      ...(error && { error }),
    }),
  'participant-joined': (conversation, { participant }) =>
    conversation.participants.some(({ id }) => id === participant.id)
      ? conversation
      : { ...conversation, participants: [...conversation.participants, participant] },
  'participant-left': (conversation, { participantId }) =>
    conversation.participants.some(({ id }) => id === participantId)
      ? { ...conversation, participants: conversation.participants.filter(({ id }) => id !== participantId) }
      : conversation,
  feedback: (conversation, event) =>
    changeMessage(conversation, event.messageId, (message) => {
      const { feedback: before, ...bare } = message;
      if (isJsonEqual(before ?? null, event.feedback)) return message;
      return event.feedback === null ? bare : { ...bare, feedback: event.feedback };
    }),
  'conversation-updated': (conversation, { title }) =>
    conversation.title === title ? conversation : { ...conversation, title },
  'owner-changed': (conversation, { owner }) =>
    owner.number > (conversation.owner?.number ?? 0) ? { ...conversation, owner } : conversation,
  unknown: (conversation) => conversation, // it only takes a place in the log
};

/**
 * The messages of runs that are not over, in the order in which the runs started: the first is being written, the others
 * wait.
 */
export function runningMessages(conversation: Conversation): Message[] {
  return conversation.messages.filter(({ run }) => run?.state === 'running');
}

type Change<Item> = (item: Item) => Item;

function addMessage(conversation: Conversation, { message }: EventOf<'message-added'>): Conversation {
  if (conversation.messages.some(({ id }) => id === message.id)) return conversation;
  return { ...conversation, messages: [...conversation.messages, message] };
}

function removeMessage(conversation: Conversation, { messageId }: EventOf<'message-removed'>): Conversation {
  const messages = conversation.messages.filter((message) => message.id !== messageId);
  return messages.length === conversation.messages.length ? conversation : { ...conversation, messages };
}

function startRun(conversation: Conversation, event: EventOf<'run-started'>): Conversation {
  if (conversation.messages.some(({ run }) => run?.id === event.runId)) return conversation;
  const run: Run = { id: event.runId, state: 'running', startedAtMs: event.startedAtMs };
  const message: Message = {
    id: event.messageId,
    role: 'assistant',
    parentId: event.parentId,
    parts: [],
    createdAtMs: event.startedAtMs,
    run,
  };
  return { ...conversation, messages: [...conversation.messages, message] };
}

function waitRun(conversation: Conversation, { runId, why }: EventOf<'run-waiting'>): Conversation {
  return changeRunning(conversation, byRun(runId), (message, { waiting, ...run }) => {
    if (waiting === (why ?? undefined)) return message;
    return { ...message, run: why === null ? run : { ...run, waiting: why } };
  });
}

function finishRun(conversation: Conversation, event: EventOf<'run-finished'>): Conversation {
  const { finishedAtMs, reason, usage, error } = event;
  return changeRunning(conversation, byRun(event.runId), (message, { id, startedAtMs }) => {
    const run: Run = {
      ...{ id, state: 'finished', startedAtMs, finishedAtMs, reason },
      ...(usage && { usage }),
      ...(error && { error }),
    };
    return { ...message, run };
  });
}

function startPart(conversation: Conversation, { partId, value }: EventOf<'part-started'>): Conversation {
  const { messageId, index } = splitPartId(partId);
  return changeRunning(conversation, byId(messageId), (message) =>
    // A lower index is a repeat. A higher one means that the sender left a part out; any other place would be wrong.
    index === message.parts.length ? { ...message, parts: [...message.parts, value] } : message,
  );
}

function appendDelta(conversation: Conversation, event: DeltaEvent): Conversation {
  const { messageId, index } = splitPartId(event.partId);
  return changeRunning(conversation, byId(messageId), (message) => {
    const part = message.parts[index];
    if (part === undefined || `${part.type}-delta` !== event.type) return message;
    const grown = appendAt(part as GrowingPart, event.at, event.text); // the type of the event is that of the part
    return grown === part ? message : { ...message, parts: message.parts.with(index, grown) };
  });
}

type GrowingPart = Extract<Part, { type: 'text' | 'reasoning' | 'tool' }>;

/** Appends the rest of `text`, which begins at offset `at`, that the part does not have yet. */
function appendAt(part: GrowingPart, at: number, text: string): Part {
  const have = part.type === 'tool' ? part.inputText : part.text;
  // Beyond the end: the sender left text out, and appending would corrupt the part. Positions make the viewer resume.
  const fresh = at > have.length ? '' : text.slice(have.length - at);
  if (fresh === '') return part;
  return part.type === 'tool' ? { ...part, inputText: have + fresh } : { ...part, text: have + fresh };
}

/**
 * The place of a state in the order in which a call moves, and never back, so that an event that is applied again changes nothing. Of the
 * two decisions, and of the two ends, the first one counts.
 */
function orderOf(state: ToolPart['state']): number {
  const index = TOOL_STATES.indexOf(state);
  return index < 3 ? index : (index + 3) >> 1;
}

type ToolMove = Pick<ToolPart, 'state'> &
  Partial<Pick<ToolPart, 'input' | 'inputSchema' | 'output' | 'error'>>;

type IsMessage = (message: Message) => boolean;
const byId =
  (id: Message['id']): IsMessage =>
  (message) =>
    message.id === id;
const byRun =
  (runId: Run['id']): IsMessage =>
  (message) =>
    message.run?.id === runId;

function changeMessage(conversation: Conversation, id: Message['id'], change: Change<Message>): Conversation {
  return changeAt(conversation, conversation.messages.findLastIndex(byId(id)), change);
}

/** Changes the message of a run that is not over; a finished message is never touched again. */
function changeRunning(
  conversation: Conversation,
  is: IsMessage,
  change: (message: Message, run: Run) => Message,
): Conversation {
  return changeAt(conversation, conversation.messages.findLastIndex(is), (message) =>
    message.run?.state === 'running' ? change(message, message.run) : message,
  );
}

/**
 * Moves a tool call to its next state, also in a finished message: a run that ends with `tool` waits for the output of its
 * call. The id of a call is unique in its conversation.
 */
function moveTool(conversation: Conversation, callId: string, move: ToolMove): Conversation {
  const hasCall = (part: Part) => part.type === 'tool' && part.callId === callId;
  const index = conversation.messages.findLastIndex(({ parts }) => parts.some(hasCall));
  return changeAt(conversation, index, (message) => {
    const at = message.parts.findLastIndex(hasCall);
    const part = message.parts[at];
    if (part?.type !== 'tool' || orderOf(move.state) <= orderOf(part.state)) return message;
    return { ...message, parts: message.parts.with(at, { ...part, ...move }) };
  });
}

function changeAt(conversation: Conversation, index: number, change: Change<Message>): Conversation {
  const message = conversation.messages[index];
  if (message === undefined) return conversation;
  const changed = change(message);
  return changed === message
    ? conversation
    : { ...conversation, messages: conversation.messages.with(index, changed) };
}
