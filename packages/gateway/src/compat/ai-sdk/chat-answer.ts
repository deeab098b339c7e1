/** Asks the gateway for what a chat request wants, and writes the answer as chunks. */
import {
  bodyOf,
  ChatError,
  MessageIdSchema,
  mintCommandId,
  mintRunId,
  PROTOCOL_VERSION,
  type CommandOf,
  type Conversation,
  type ConversationId,
  type Message,
  type MessageId,
  type RunId,
} from '@rivulet/protocol';
import * as v from 'valibot';
import { randomBytes } from '../../base/index.ts';
import { isWaitingForVisitor, stepsBetween } from '../answer-steps.ts';
import { messageIdOf } from '../foreign-ids.ts';
import type { LocalClient } from '../local-client.ts';
import type { ChatRequest } from './chat-request.ts';
import {
  chunksOfStep,
  errorChunk,
  PAUSE_CHUNKS,
  startChunks,
  type UiMessageChunk,
} from './ui-message-chunks.ts';

/** The answer that a stream shows. */
export interface ShownAnswer {
  /** Finds it in a state of its conversation. */
  find: (conversation: Conversation) => Message | undefined;
  /** What the client has of it; undefined: nothing. */
  before?: Message | undefined;
  /** The calls that this request decided: they do not end its stream, though they still wait at its beginning. */
  decided?: ReadonlySet<string>;
}

/** Where the chunks of an answer go. */
export interface ChunkSink {
  /** Takes chunks, in order. A promise resolves when it can take more. */
  write(chunks: readonly UiMessageChunk[]): Promise<void> | undefined;
  /** The stream is complete. */
  end(): void;
  /** The stream ends without the end of its answer, which goes on elsewhere. */
  cut(): void;
}

/** The hello of a request. @param token of the visitor or user; undefined: a new visitor */
export const helloOf = (siteId: string, token: string | undefined): CommandOf<'hello'> => ({
  type: 'hello',
  id: mintCommandId(randomBytes),
  protocol: PROTOCOL_VERSION,
  site: siteId,
  ...(token === undefined ? {} : { token }),
  client: { name: 'ai-sdk', version: PROTOCOL_VERSION },
  capabilities: [],
  subscriptions: [],
});

/** Sends the commands of a request. @returns the answer to show @throws {ChatError} why the request was refused */
export function ask(client: LocalClient, id: ConversationId, request: ChatRequest): Promise<ShownAnswer> {
  switch (request.kind) {
    case 'ask':
      return sendQuestion(client, id, request);
    case 'regenerate':
      return regenerate(client, id, request);
    case 'decide':
      return decide(client, id, request);
  }
}

const byRun = (runId: RunId | undefined): ShownAnswer => ({
  find: ({ messages }) => messages.find(({ run }) => run !== undefined && run.id === runId),
});

async function sendQuestion(
  client: LocalClient,
  conversationId: ConversationId,
  request: Extract<ChatRequest, { kind: 'ask' }>,
): Promise<ShownAnswer> {
  const { parts, messageId, followsId } = request;
  const follows = followsId === null ? null : readMessageId(followsId);
  const content = [messageId, JSON.stringify(parts), `${follows}`];
  const { runId } = await client.send({
    type: 'send-message',
    id: mintCommandId(randomBytes),
    conversationId,
    messageId: messageIdOf(conversationId, content),
    ...(follows === undefined ? {} : { parentId: follows }),
    parts,
  });
  if (runId === undefined) throw answeredByPerson();
  return byRun(runId);
}

/** An answer's id is one of this protocol; that of a message of the page is not. */
function readMessageId(id: string | undefined): MessageId | undefined {
  const read = v.safeParse(MessageIdSchema, id);
  return read.success ? read.output : undefined;
}

const answeredByPerson = () =>
  new ChatError('conflict', {
    message: 'A person answers this conversation. The message was stored for them.',
  });

async function regenerate(
  client: LocalClient,
  conversationId: ConversationId,
  { answerId }: Extract<ChatRequest, { kind: 'regenerate' }>,
): Promise<ShownAnswer> {
  const { messages } = await follow(client, conversationId);
  const isAnswer = ({ run }: Message) => run !== undefined;
  const answer = messages.find((one) => one.id === answerId && isAnswer(one)) ?? messages.findLast(isAnswer);
  if (answer === undefined) throw new ChatError('not-found');
  const runId = mintRunId(randomBytes);
  await client.send({
    type: 'regenerate',
    id: mintCommandId(randomBytes),
    conversationId,
    messageId: answer.id,
    runId,
  });
  return byRun(runId);
}

/** The client has the answer up to the calls that are decided: nothing was written behind them. */
async function decide(
  client: LocalClient,
  conversationId: ConversationId,
  { answerId, decisions }: Extract<ChatRequest, { kind: 'decide' }>,
): Promise<ShownAnswer> {
  const { messages } = await follow(client, conversationId);
  const answer = messages.find(({ id }) => id === answerId);
  if (answer === undefined) throw new ChatError('not-found');
  for (const { callId, decision } of decisions)
    await client.send({
      type: 'tool-approval',
      id: mintCommandId(randomBytes),
      conversationId,
      callId,
      decision,
    });
  const decided = new Set(decisions.map(({ callId }) => callId));
  return {
    find: (conversation) => conversation.messages.find(({ id }) => id === answerId),
    before: upToDecided(answer, decided),
    decided,
  };
}

function upToDecided(answer: Message, decided: ReadonlySet<string>): Message {
  const last = answer.parts.findLastIndex((part) => part.type === 'tool' && decided.has(part.callId));
  const parts = answer.parts.slice(0, last + 1).map((part): Message['parts'][number] =>
    // The client may have missed what became of a call while nothing was streamed to it.
    part.type === 'tool' && part.state !== 'input' && part.state !== 'called'
      ? { ...part, state: decided.has(part.callId) ? 'approval-requested' : 'approved' }
      : part,
  );
  return { ...answer, parts };
}

/** The answer of the conversation that is being written; undefined when none is, or there is no such conversation. */
export async function findRunning(
  client: LocalClient,
  conversationId: ConversationId,
): Promise<ShownAnswer | undefined> {
  try {
    const { messages } = await follow(client, conversationId);
    const running = messages.findLast(({ run }) => run?.state === 'running');
    return running && byRun(running.run?.id);
  } catch (error) {
    if (ChatError.from(error).code === 'not-found') return undefined;
    throw error;
  }
}

/**
 * Stops the answer `answerId`, or without one all that are being written. Stopping what is over changes nothing.
 * @throws {ChatError} `not-found` for a conversation that does not exist
 */
export async function stop(
  client: LocalClient,
  conversationId: ConversationId,
  answerId: string | undefined,
): Promise<void> {
  const { messages } = await follow(client, conversationId);
  const answer = messages.find(({ id }) => id === answerId);
  // A late stop must not end a newer answer.
  if (answerId !== undefined && answer?.run?.state !== 'running') return;
  const run = answer?.run === undefined ? {} : { runId: answer.run.id };
  await client.send({ type: 'abort-run', id: mintCommandId(randomBytes), conversationId, ...run });
}

async function follow(client: LocalClient, conversationId: ConversationId): Promise<Conversation> {
  await client.send({ type: 'subscribe', id: mintCommandId(randomBytes), conversationId });
  return (await client.view).conversation;
}

/** Writes an answer as it grows, until it ends, waits for the visitor, or the session does. Then it closes the client. */
export function writeAnswer(
  client: LocalClient,
  { find, before: known, decided = new Set() }: ShownAnswer,
  { sink, token }: { sink: ChunkSink; token: string | undefined },
): void {
  let before = known;
  let isStarted = false;
  let isOver = false;
  const end = () => {
    isOver = true;
    sink.end();
    client.close();
  };
  client.follow(({ conversation }) => {
    const message = isOver ? undefined : find(conversation);
    if (message === undefined) return undefined;
    const chunks = isStarted
      ? []
      : startChunks(message.id, known === undefined ? 'begun' : 'continued', token);
    isStarted = true;
    const steps = stepsBetween(before, message);
    before = message;
    for (const step of steps) chunks.push(...chunksOfStep(step));
    const isPaused = isWaitingForVisitor(message, decided);
    if (isPaused) chunks.push(...PAUSE_CHUNKS);
    const taken = chunks.length === 0 ? undefined : sink.write(chunks);
    if (isPaused || message.run?.state !== 'running') end();
    return taken;
  });
  void client.closed.then((error) => {
    if (isOver || error === undefined) return;
    isOver = true;
    // The answer goes on, and can be resumed; everything else is an error that the visitor is told.
    if (error.code === 'draining') {
      sink.cut();
      return;
    }
    void sink.write([errorChunk(bodyOf(error))]);
    sink.end();
  });
}
