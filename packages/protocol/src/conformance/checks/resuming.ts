/** Subscribing and resuming: what a viewer gets for its cursor, and in which order. @see PROTOCOL.md §6 */
import { isLogged, type ChatEvent, type ConversationId, type EventOf, type Position } from '../../index.ts';
import { answerOf, askAndWait, askUntilText, untilOver } from '../answers.ts';
import { expectEqual, expectThat } from '../broken-promise.ts';
import type { Check } from '../check.ts';
import type { Server } from '../server.ts';
import type { Visitor } from '../visitor.ts';

/** What was sent for one subscription, up to `synced`. */
interface Delivery {
  visitor: Visitor;
  subscribed: EventOf<'subscribed'>;
  reset: EventOf<'reset'> | undefined;
  /** Between `subscribed` and `synced`. */
  events: ChatEvent[];
  synced: EventOf<'synced'>;
}

/** Connects with a subscription in the `hello`, and collects what is sent for it. */
async function deliver(server: Server, conversationId: ConversationId, cursor?: Position): Promise<Delivery> {
  const subscription = cursor === undefined ? { conversationId } : { conversationId, cursor };
  const visitor = await server.connect({ subscriptions: [subscription] });
  await visitor.synced(conversationId);
  const all = visitor.recording.events;
  const [start, end] = [
    all.findIndex(({ type }) => type === 'subscribed'),
    all.findIndex(({ type }) => type === 'synced'),
  ];
  expectThat(start !== -1 && start < end, '`subscribed` has to come first, and `synced` last');
  const events = all.slice(start + 1, end);
  return {
    visitor,
    subscribed: all[start] as EventOf<'subscribed'>,
    reset: events.find(({ type }) => type === 'reset') as EventOf<'reset'> | undefined,
    events,
    synced: all[end] as EventOf<'synced'>,
  };
}

/** A conversation with one answer, and where it is. */
async function finishedConversation(server: Server) {
  const asked = await askAndWait(server);
  const { position, conversation } = asked.visitor.recording.viewOf(asked.conversationId);
  return { ...asked, position, conversation };
}

async function expectReset(server: Server, move: (position: Position) => Position, why: string) {
  const { conversationId, position, conversation } = await finishedConversation(server);
  const { subscribed, reset, visitor } = await deliver(server, conversationId, move(position));
  expectEqual([subscribed.mode, reset?.why], ['snapshot', why], 'the mode, and the reason of `reset`');
  expectEqual(
    visitor.recording.views.get(conversationId)?.conversation.messages,
    conversation.messages,
    'the messages of the snapshot',
  );
}

/** The promises of §6. */
export const RESUMING: readonly Check[] = [
  {
    id: 'snapshot',
    section: '§6.1, §6.4',
    promise: 'Without a cursor comes a complete snapshot, page by page at one position, and `synced` there.',
    async try(server) {
      const { conversationId, conversation } = await finishedConversation(server);
      const { subscribed, reset, events, synced, visitor } = await deliver(server, conversationId);
      expectEqual([subscribed.mode, reset], ['snapshot', undefined], 'the mode, and a `reset`');
      const pages = events.filter((event): event is EventOf<'snapshot'> => event.type === 'snapshot');
      expectEqual(
        pages.map(({ page, isLast, seq, epoch }) => [page, isLast, seq, epoch]),
        pages.map((_, index) => [index, index === pages.length - 1, synced.seq, synced.epoch]),
        'the pages',
      );
      expectEqual(
        visitor.recording.views.get(conversationId)?.conversation.messages,
        conversation.messages,
        'the messages',
      );
    },
  },
  {
    id: 'resume-idle',
    section: '§6.2',
    promise: 'Who missed nothing gets `synced` at its cursor, and no event.',
    async try(server) {
      const { conversationId, position } = await finishedConversation(server);
      const { subscribed, events, synced } = await deliver(server, conversationId, position);
      expectEqual(subscribed.mode, 'replay', 'the mode');
      expectEqual(events, [], 'the events');
      expectEqual([synced.epoch, synced.seq], [position.epoch, position.seq], 'the position of `synced`');
    },
  },
  {
    id: 'resume-in-answer',
    section: '§6.1, §6.2',
    promise: 'Who comes back in mid-answer gets exactly what is missing, then `synced`, then the rest.',
    async try(server) {
      const asked = await askUntilText(server);
      const { position } = asked.visitor.recording.viewOf(asked.conversationId);
      const witness = await server.connect({ subscriptions: [{ conversationId: asked.conversationId }] });
      await witness.synced(asked.conversationId);
      asked.visitor.close();
      await asked.visitor.closed;
      const { subscribed, events, synced, visitor } = await deliver(server, asked.conversationId, position);
      if (subscribed.mode === 'replay') {
        const logged = events.filter(isLogged);
        let { seq } = position;
        for (const event of logged) {
          expectEqual(event.first ?? event.seq, seq + 1, `the number after ${seq}`);
          ({ seq } = event);
        }
        expectEqual(synced.seq, seq, 'the position of `synced`');
        // A replay continues the state from before: it is that of the witness once both are at the end.
        const end = await visitor.recording.next(({ type }) => type === 'run-finished', '`run-finished`');
        const answer = await untilOver(witness, asked);
        expectEqual((end as EventOf<'run-finished'>).runId, answer.run?.id, 'the run that ended');
      } else expectEqual(await untilOver(visitor, asked), await untilOver(witness, asked), 'the answer');
    },
  },
  {
    id: 'reset-epoch',
    section: '§6.5',
    promise: 'A cursor of another epoch gets `reset` with `epoch-changed`, and a snapshot.',
    try: (server) => expectReset(server, ({ seq }) => ({ epoch: 'conformance', seq }), 'epoch-changed'),
  },
  {
    id: 'reset-ahead',
    section: '§6.5',
    promise: 'A cursor beyond the end of the log gets `reset` with `ahead`, and a snapshot.',
    try: (server) => expectReset(server, ({ epoch, seq }) => ({ epoch, seq: seq + 1_000 }), 'ahead'),
  },
  {
    id: 'subscribe-again',
    section: '§6.7',
    promise: 'A repeated `subscribe` starts over from its cursor.',
    async try(server) {
      const { conversationId, position } = await finishedConversation(server);
      const { visitor } = await deliver(server, conversationId, position);
      expectEqual(await visitor.subscribe(conversationId, position), position, 'the position of `synced`');
    },
  },
  {
    id: 'unsubscribe',
    section: '§6.7',
    promise: 'After `unsubscribe` the events of the conversation stop.',
    async try(server) {
      const asked = await askUntilText(server);
      const other = await server.connect({ subscriptions: [{ conversationId: asked.conversationId }] });
      await other.synced(asked.conversationId);
      const { type } = await other.ask({ type: 'unsubscribe', conversationId: asked.conversationId });
      expectEqual(type, 'accepted', 'the answer to `unsubscribe`');
      await untilOver(asked.visitor, asked);
      await other.ping();
      expectEqual(answerOf(other, asked)?.run?.state, 'running', 'the state of who does not follow any more');
    },
  },
];
