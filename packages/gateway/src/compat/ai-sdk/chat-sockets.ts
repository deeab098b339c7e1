/** The sockets of the AI SDK's `WebSocketChatTransport`: each request on one is a session of its own. @see docs/compatible-clients.md */
import { bodyOf, ChatError, CLOSE_CODES, type ConversationId } from '@rivulet/protocol';
import type { RequestOrigin } from '../../sites/origins.ts';
import { webSocketMessageOf } from '../../transports/frame.ts';
import { openTextSocket, type OpenSocket, type TextSocketOptions } from '../../transports/text-socket.ts';
import type { CompatOptions } from '../compat-options.ts';
import { conversationIdOf } from '../foreign-ids.ts';
import { openLocalClient, type LocalClient } from '../local-client.ts';
import { ask, findRunning, helloOf, writeAnswer, type ChunkSink, type ShownAnswer } from './chat-answer.ts';
import { readChatRequest } from './chat-request.ts';
import { readSocketRequest, type SocketRequest } from './socket-request.ts';

/** What the sockets need. */
export type ChatSocketsOptions = Pick<CompatOptions, 'serve' | 'sites' | 'clock' | 'limits'> &
  TextSocketOptions;

/** The open sockets of one server. */
export interface ChatSockets {
  /** Serves a socket until it is closed. */
  open: (socket: OpenSocket, origin: RequestOrigin, query: URLSearchParams) => void;
  /** Closes all of them: the gateway is shutting down. */
  close(): void;
}

/** Requests of one socket at once. A page has a few chats, each with one. */
const MAX_REQUESTS = 16;

const SHUTTING_DOWN = { code: CLOSE_CODES.drain, reason: 'the gateway is shutting down' };

/** Creates the sockets. A frame that is not one of the client's closes its socket: the client would not know which request failed. */
export function createChatSockets(options: ChatSocketsOptions): ChatSockets {
  const ends = new Set<() => void>();
  return {
    open(socket, origin, query) {
      const end = serveSocket(options, socket, { origin, siteId: query.get('site') ?? '' });
      ends.add(end);
      socket.webSocket.once('close', () => ends.delete(end));
    },
    close() {
      for (const end of ends) end();
    },
  };
}

/** Where a socket was opened. */
interface Opened {
  origin: RequestOrigin;
  /** The site that its address names; empty: the one of each request. */
  siteId: string;
}

/** What is asked for on a socket. */
type Asking = Exclude<SocketRequest, { kind: 'abort' }>;

/** @returns closes the socket */
function serveSocket(options: ChatSocketsOptions, open: OpenSocket, opened: Opened): () => void {
  const end = () => {
    socket.close(SHUTTING_DOWN);
  };
  const tell = (frame: object) => socket.send(webSocketMessageOf(JSON.stringify(frame)));
  const requests = createRequests(options, opened, { tell, end });
  const idle = options.clock.after(options.limits.helloMs, () => {
    socket.close({ code: CLOSE_CODES['hello-timeout'], reason: 'no request in time' });
  });
  const onMessage = (text: string | undefined) => {
    idle.cancel();
    const request = readSocketRequest(text);
    if (request === undefined)
      socket.cut({ code: CLOSE_CODES['bad-frame'], reason: 'not a frame of a chat' });
    else if (request.kind === 'abort') requests.leave(request.requestId);
    else requests.begin(request);
  };
  const onEnd = () => {
    idle.cancel();
    requests.leaveAll();
  };
  const socket = openTextSocket(open, { onMessage, onEnd }, options);
  return end;
}

/** The requests of one socket. */
interface Requests {
  /** Begins a request, or refuses it. */
  begin(request: Asking): void;
  /** Ends a request whose client does not wait for it any more. Its run goes on. */
  leave(requestId: string): void;
  leaveAll(): void;
}

/** The socket, as its requests use it. */
interface Wire {
  tell: (frame: object) => Promise<void> | undefined;
  /** Closes it: the answers go on elsewhere. */
  end: () => void;
}

function createRequests(options: ChatSocketsOptions, { origin, siteId }: Opened, wire: Wire): Requests {
  const clients = new Map<string, LocalClient>();
  /** Those whose requests the client has aborted. */
  const left = new WeakSet<LocalClient>();
  const refuse = (requestId: string, error: unknown) => {
    void wire.tell({ type: 'error', requestId, errorText: bodyOf(ChatError.from(error)).message });
  };
  const begin = (request: Asking) => {
    const { requestId, token } = request;
    const perform = performerOf(request);
    if (clients.has(requestId) || clients.size >= MAX_REQUESTS) throw tooMany();
    const answers = answersOf(wire, requestId);
    if (request.kind === 'resume' && token === undefined) {
      answers.none();
      return;
    }
    const site = siteId === '' ? request.siteId : siteId;
    const client = openLocalClient({ ...options, origin, hello: helloOf(site, token) });
    clients.set(requestId, client);
    void client.closed.then(() => clients.delete(requestId));
    answer({ options, client, chatId: request.chatId, site, perform, answers }).catch((error: unknown) => {
      if (!left.has(client)) refuse(requestId, error);
      client.close();
    });
  };
  const leave = (requestId: string) => {
    const client = clients.get(requestId);
    if (client === undefined) return;
    left.add(client);
    client.close();
  };
  return {
    begin(request) {
      try {
        begin(request);
      } catch (error) {
        refuse(request.requestId, error);
      }
    },
    leave,
    leaveAll() {
      for (const requestId of [...clients.keys()]) leave(requestId);
    },
  };
}

const tooMany = () =>
  new ChatError('rate-limited', { message: 'Too many requests at once on one connection.' });

/** Sends the commands of a request. */
type Performer = (client: LocalClient, id: ConversationId) => Promise<ShownAnswer | undefined>;

/** @throws {ChatError} `bad-frame`, `unsupported`: the message cannot be read */
function performerOf(request: Asking): Performer {
  if (request.kind === 'resume') return findRunning;
  const asked = readChatRequest(request.frame);
  return (client, id) => ask(client, id, asked);
}

/** What one request is answered with: `start`, its chunks with their sequence, and `end`; or `no-active`. */
interface Answers {
  sink: ChunkSink;
  none(): void;
}

function answersOf({ tell, end: cut }: Wire, requestId: string): Answers {
  let sequence = 0;
  return {
    sink: {
      write(chunks) {
        if (sequence === 0) void tell({ type: 'start', requestId });
        let taken: Promise<void> | undefined;
        for (const chunk of chunks) {
          taken = tell({ type: 'chunk', requestId, sequence, chunk });
          sequence += 1;
        }
        return taken;
      },
      end() {
        void tell({ type: 'end', requestId });
      },
      cut,
    },
    none() {
      void tell({ type: 'no-active', requestId });
    },
  };
}

interface Answering {
  options: ChatSocketsOptions;
  client: LocalClient;
  chatId: string;
  site: string;
  perform: Performer;
  answers: Answers;
}

async function answer({ options, client, chatId, site, perform, answers }: Answering): Promise<void> {
  const { principal, token } = await client.welcome;
  const owner = { siteId: options.sites.find(site).id, ownerId: principal.id };
  const shown = await perform(client, conversationIdOf(chatId, owner));
  if (shown !== undefined) {
    writeAnswer(client, shown, { sink: answers.sink, token });
    return;
  }
  answers.none();
  client.close();
}
