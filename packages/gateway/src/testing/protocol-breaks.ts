/** For each check of the conformance runner, a server that does not keep its promise. */
import { mintMessageId } from '@rivulet/protocol';
import { randomBytes } from '../base/index.ts';
import type { Break, Item, Link } from './breaking-proxy.ts';

type Change = (item: Item, link: Link) => Item | Item[];

/** Changes the items of some types, and passes the others on. */
const changing =
  (types: readonly string[], change: Change) =>
  (items: Item[], link: Link): Item[] =>
    items.flatMap((item) => (types.includes(item.type) ? change(item, link) : item));
const events = (type: string, change: Change): Break => ({ events: changing([type], change) });
const commands = (type: string, change: Change): Break => ({ commands: changing([type], change) });
/** The error code of a rejection becomes another one. */
const errorCode = (code: string): Break =>
  events('rejected', (item) => ({ ...item, error: { ...(item.error as object), code } }));
/** A command is not passed on, and accepted. */
const ignored = (type: string): Break =>
  commands(type, ({ id }, link) => {
    link.toClient({ type: 'accepted', commandId: id });
    return [];
  });
/** A command is not passed on, and rejected. */
const refused = (type: string): Break =>
  commands(type, ({ id }, link) => {
    link.toClient({ type: 'rejected', commandId: id, error: { code: 'internal', message: '', retry: 'no' } });
    return [];
  });
const accepting: Break = events('rejected', ({ commandId }) => ({ type: 'accepted', commandId }));
const closing = (sent: number): Break => ({ closeCode: () => sent });
const nextSeq = (item: Item): Item => ({ ...item, seq: Number(item.seq) + 1 });

/** Drops the nth event of a type. */
const dropping = (type: string, which: number, isMeant: (link: Link) => boolean = () => true): Break => {
  let count = 0;
  return events(type, (item, link) => {
    if (!isMeant(link)) return item;
    count += 1;
    return count === which ? [] : item;
  });
};

/** A server that aborts what its viewers leave. */
function abortingTheLeft(): Break {
  let conversationId: unknown;
  return {
    ...commands('send-message', (item) => {
      ({ conversationId } = item);
      return item;
    }),
    clientClosed(link) {
      link.toGateway({ type: 'abort-run', id: 'q_fromtheproxy', conversationId });
    },
  };
}

/** By the id of the check. */
export const PROTOCOL_BREAKS: Readonly<Record<string, () => Break>> = {
  subprotocol: () => ({ compress: true }),
  welcome: () => events('welcome', (item) => ({ ...item, protocol: '2.0' })),
  'same-visitor': () =>
    events('welcome', (item, { index }) => ({ ...item, principal: { id: `v_${index}`, kind: 'anonymous' } })),
  'hello-first': () => errorCode('bad-frame'),
  'hello-once': () => accepting,
  'hello-timeout': () => closing(1000),
  'other-version': () => closing(4500),
  'later-minor-version': () => commands('hello', (item) => ({ ...item, protocol: '2.0' })),
  'unknown-site': () => closing(4500),
  'invalid-token': () => commands('hello', ({ token: _dropped, ...item }) => item),
  pong: () => events('pong', ({ commandId: _dropped, ...item }) => item),
  'token-not-in-url': () => ({
    request(request) {
      const token = new URL(request.path, 'http://localhost').searchParams.get('token');
      if (token !== null) request.headers.authorization = `Bearer ${token}`;
    },
  }),
  'no-json': () => closing(4500),
  'too-large': () => closing(4400),
  'wrong-field': () =>
    events('rejected', (item) => ({
      ...item,
      error: { ...(item.error as object), message: 'cursor: a value that is not repeated' },
    })),
  'unknown-command': () => errorCode('bad-frame'),
  'unknown-field': () => commands('ping', (item) => ('later' in item ? [] : item)),
  array: () => ({ commands: (items) => items.toReversed() }),
  'one-answer': () => events('rejected', (item) => [item, item]),
  'blank-message': () => accepting,
  'accepted-with-run': () => events('accepted', ({ runId: _dropped, ...item }) => item),
  'positions-contiguous': () => dropping('text-delta', 3),
  'deltas-at-offsets': () => events('text-delta', (item) => ({ ...item, at: Number(item.at) + 1 })),
  'one-end': () => events('run-finished', (item) => [item, nextSeq(item)]),
  'same-state': () =>
    events('text-delta', (item, { index }) =>
      index === 0 ? item : { ...item, text: String(item.text).toUpperCase().replaceAll(' ', '_') },
    ),
  'leaving-stops-nothing': abortingTheLeft,
  stop: () => ignored('abort-run'),
  'stop-before-text': () => ignored('abort-run'),
  'stop-after-end': () => refused('abort-run'),
  snapshot: () => events('synced', nextSeq),
  'resume-idle': () => events('synced', (item, { index }) => (index === 0 ? item : [])),
  'resume-in-answer': () => dropping('text-delta', 1, ({ index }) => index === 2),
  'reset-epoch': () => events('reset', (item) => ({ ...item, why: 'slow' })),
  'reset-ahead': () => events('reset', () => []),
  'subscribe-again': () => refused('subscribe'),
  unsubscribe: () => ignored('unsubscribe'),
  repeat: () => commands('send-message', (item) => ({ ...item, messageId: mintMessageId(randomBytes) })),
  conflict: () => accepting,
  kept: () =>
    events('snapshot', (item, { index }) => {
      const conversation = item.conversation as { messages: unknown[] };
      return index === 0
        ? item
        : { ...item, conversation: { ...conversation, messages: conversation.messages.slice(1) } };
    }),
  strangers: () => errorCode('forbidden'),
  'strangers-write-nothing': () => errorCode('forbidden'),
  sse: () => ({ response: (body) => body.replaceAll(/^id: .*\n/gm, '') }),
  'sse-resume': () => ({
    request({ headers }) {
      delete headers['last-event-id'];
    },
  }),
  poll: () => ({ response: (body) => body.replaceAll('"type":"synced"', '"type":"later"') }),
  commands: () => ({
    request(request) {
      const [hello, ...others] = JSON.parse(request.body) as unknown[];
      request.body = JSON.stringify([hello, ...others.toReversed()]);
    },
  }),
  'message-by-post': () => ({
    request(request) {
      const messageId = mintMessageId(randomBytes);
      request.body = JSON.stringify({ ...(JSON.parse(request.body) as object), messageId });
    },
  }),
};
