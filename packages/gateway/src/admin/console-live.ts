/** Reading a conversation along in the console: a snapshot, then the events of its log as they come, over SSE. */
import { ChatError, parseSseId, type ConversationId } from '@rivulet/protocol';
import { authorize } from '../access/authorize.ts';
import type { Clock, Limits, Metrics, Timer } from '../base/index.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Typing } from '../sessions/typing.ts';
import { follow } from '../sessions/viewer.ts';
import { createSseStream } from '../transports/sse-channel.ts';
import type { GatewayChannel } from '../transports/transport.ts';
import type { ConsoleRequest } from './console-guard.ts';
import type { ConsoleSessions, SignedIn } from './console-sessions.ts';

/** What reading along needs. */
export interface ConsoleLiveOptions {
  conversations: Conversations;
  eventLog: EventLog;
  metrics: Metrics;
  typing: Pick<Typing, 'addViewer'>;
  clock: Clock;
  limits: Limits;
}

/** Reads one session again from the store in this time: a session that an admin ended, or that lost its rights, reads on no longer than this. */
const CHECK_EVERY_MS = 5_000;
/** As for a WebSocket that has lost its rights: come back and sign in. */
const ENDED = { code: 1000, reason: 'your session has ended' } as const;
const GONE = { code: 1000, reason: 'there is no such conversation any more' } as const;
const OVER = { code: 1000, reason: 'the gateway ends the stream' } as const;

/** What is read along, by whom. */
export interface LiveReading {
  id: ConversationId;
  siteId: string;
  asked: ConsoleRequest;
}

/**
 * Streams a conversation and who of its visitors is typing, from the position of `Last-Event-ID` when there is one. It was authorized and recorded before. Resolves when
 * the stream has ended: by the browser, with the session or its rights, with the conversation, or with the gateway.
 */
export async function streamLive(
  options: ConsoleLiveOptions,
  sessions: Pick<ConsoleSessions, 'find'>,
  { id, siteId, asked: { request, response, session } }: LiveReading,
): Promise<void> {
  const cursor = parseSseId(request.get('Last-Event-ID') ?? '');
  const channel = createSseStream(response, 'one-conversation', options);
  const ending = new AbortController();
  void channel.closed.then(() => {
    ending.abort();
  });
  const mayRead = async () => isAllowed(await sessions.find(request), { sessionId: session.id, siteId });
  endWithRights(options.clock, { channel, signal: ending.signal, mayRead });
  // People at the desk broadcast without a session, so that nobody who reads along is shown their own typing.
  options.typing.addViewer(id, { sessionId: '', channel, signal: ending.signal });
  try {
    await follow({ ...options, siteId, channel, signal: ending.signal }, id, cursor);
    channel.close(OVER);
  } catch (error) {
    channel.close(error instanceof ChatError && error.code === 'not-found' ? GONE : OVER);
    if (!(error instanceof ChatError)) throw error;
  }
}

/** Whether the one who began to read is still signed in, with the right to. */
function isAllowed(
  found: SignedIn | undefined,
  { sessionId, siteId }: { sessionId: string; siteId: string },
): boolean {
  if (found?.session.id !== sessionId) return false;
  try {
    authorize({ action: 'console-read-live', resource: { kind: 'console', user: found.user, siteId } });
    return true;
  } catch {
    return false; // refused: that is the answer
  }
}

function endWithRights(
  clock: Clock,
  watched: { channel: Pick<GatewayChannel, 'close'>; signal: AbortSignal; mayRead: () => Promise<boolean> },
): void {
  const { channel, signal, mayRead } = watched;
  let timer: Timer;
  const arm = () => {
    timer = clock.after(CHECK_EVERY_MS, () => void check());
  };
  const check = async () => {
    // A store that cannot be read says nothing about the session; the next check asks again.
    if (!(await mayRead().catch(() => true))) channel.close(ENDED);
    else if (!signal.aborted) arm();
  };
  arm();
  signal.addEventListener('abort', () => {
    timer.cancel();
  });
}
