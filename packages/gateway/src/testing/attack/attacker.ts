/** A client that sends messages as fast as it gets answers, from an address of its choice. It keeps nothing but counts. */
import {
  decodeEvents,
  mintCommandId,
  mintConversationId,
  mintMessageId,
  PROTOCOL_VERSION,
  WEBSOCKET_SUBPROTOCOL,
  type ChatEvent,
  type CommandId,
  type ConversationId,
} from '@rivulet/protocol';
import { WebSocket } from 'ws';
import { randomBytes } from '../../base/index.ts';

/** How an attacker introduces itself. */
export interface AttackerOptions {
  /** The gateway's `http:` URL. */
  url: string;
  /** Sent as `X-Forwarded-For`. */
  address: string;
  site: string;
  /** The token of a known visitor; undefined: a new visitor. */
  token?: string | undefined;
}

/** A connection of one visitor. */
export interface Attacker {
  /** The visitor's token. */
  token: string;
  /** Sends a message, by default in a conversation of its own. @returns `accepted`, the code of the refusal, or `closed` */
  send(text: string, conversationId?: ConversationId): Promise<string>;
  /** Resolves when every message that was accepted has its answer, or the connection is closed. */
  answered(): Promise<void>;
  close(): void;
}

/** Connects. @returns the code of the refusal when the visitor is not admitted */
export async function connectAttacker({
  url,
  address,
  site,
  token,
}: AttackerOptions): Promise<Attacker | string> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, WEBSOCKET_SUBPROTOCOL, {
    headers: { 'X-Forwarded-For': address },
    perMessageDeflate: false,
  });
  const waiting = new Map<CommandId | 'welcome', (event: ChatEvent | undefined) => void>();
  let unanswered = 0;
  let onAnswered: () => void = () => undefined;
  const settle = (event: ChatEvent) => {
    if (event.type === 'accepted') unanswered += 1;
    if (event.type === 'run-finished' || isFinished(event)) unanswered -= 1;
    if (unanswered === 0) onAnswered();
    const id = event.type === 'welcome' ? 'welcome' : 'commandId' in event ? event.commandId : undefined;
    const key = id !== undefined && waiting.has(id) ? id : 'welcome'; // a refused upgrade answers no command
    if (event.type !== 'welcome' && event.type !== 'accepted' && event.type !== 'rejected') return;
    waiting.get(key)?.(event);
    waiting.delete(key);
  };
  socket.on('message', (frame: Buffer) => {
    for (const event of decodeEvents(frame.toString()).items) settle(event);
  });
  socket.on('error', () => undefined); // a close follows
  socket.once('close', () => {
    for (const resolve of waiting.values()) resolve(undefined);
    onAnswered();
  });
  const answerTo = (key: CommandId | 'welcome') =>
    new Promise<ChatEvent | undefined>((resolve) => waiting.set(key, resolve));
  socket.once('open', () => {
    const client = { name: 'attack', version: '1' };
    const hello = { type: 'hello', id: mintCommandId(randomBytes), protocol: PROTOCOL_VERSION, site, client };
    socket.send(JSON.stringify({ ...hello, token, capabilities: [], subscriptions: [] }));
  });
  const welcome = await answerTo('welcome');
  if (welcome?.type !== 'welcome') {
    socket.terminate();
    return codeOf(welcome);
  }
  return {
    token: token ?? welcome.token ?? '',
    async send(text, conversationId = mintConversationId(randomBytes)) {
      if (socket.readyState !== WebSocket.OPEN) return 'closed';
      const id = mintCommandId(randomBytes);
      const answer = answerTo(id);
      const ids = { conversationId, messageId: mintMessageId(randomBytes) };
      socket.send(JSON.stringify({ type: 'send-message', id, ...ids, parts: [{ type: 'text', text }] }));
      return codeOf(await answer);
    },
    answered: () =>
      new Promise((resolve) => {
        onAnswered = resolve;
        if (unanswered === 0 || socket.readyState !== WebSocket.OPEN) resolve();
      }),
    close: () => {
      socket.terminate();
    },
  };
}

/** A snapshot of a conversation whose answer was finished before it was sent: it stands for the end of the run. */
const isFinished = (event: ChatEvent): boolean =>
  event.type === 'snapshot' && JSON.stringify(event).includes('"state":"finished"');

function codeOf(event: ChatEvent | undefined): string {
  if (event?.type === 'rejected') return event.error.code;
  return event === undefined ? 'closed' : event.type;
}
