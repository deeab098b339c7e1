/** Runs: how an answer begins, is written, stopped and ended, and what a viewer who leaves changes. @see PROTOCOL.md §4, §5, §7 */
import { isDelta, isLogged, type ChatEvent, type LoggedEvent } from '../../index.ts';
import { answerOf, askAndWait, askUntilText, endOf, textOf, untilOver } from '../answers.ts';
import { expectEqual, expectThat, Undecided } from '../broken-promise.ts';
import type { Check } from '../check.ts';
import { newConversationId, newMessageId } from '../visitor.ts';

const SUCCESSES = ['stop', 'length'];
const isHighSurrogate = (text: string) => /[\uD800-\uDBFF]$/.test(text);
const isLowSurrogate = (text: string) => /^[\uDC00-\uDFFF]/.test(text);

/** The logged events of the one conversation that a visitor follows, without repeats. */
const loggedOf = (events: readonly ChatEvent[]): LoggedEvent[] => events.filter(isLogged);

/** The promises of §4, §5 and §7. */
export const RUNS: readonly Check[] = [
  {
    id: 'accepted-with-run',
    section: '§8.10',
    promise: '`accepted` names the message and the run that was started.',
    async try(server) {
      const asked = await askUntilText(server);
      const { messageId, runId } = asked.accepted;
      expectEqual(messageId, asked.messageId, 'the message of `accepted`');
      expectEqual(runId, answerOf(asked.visitor, asked)?.run?.id, 'the run of `accepted`');
      await asked.visitor.ask({ type: 'abort-run', conversationId: asked.conversationId });
    },
  },
  {
    id: 'positions-contiguous',
    section: '§4.2',
    promise: 'The events of a log come in the order of their numbers, and none is missing.',
    async try(server) {
      const { visitor, conversationId } = await askAndWait(server);
      const from = visitor.recording.events.findIndex(({ type }) => type === 'synced');
      const start = visitor.recording.events[from];
      expectThat(
        start?.type === 'synced',
        'the sender of a first message is subscribed, which ends with `synced`',
      );
      let { seq } = start;
      for (const event of loggedOf(visitor.recording.events.slice(from))) {
        expectEqual(event.first ?? event.seq, seq + 1, `the number after ${seq}`);
        ({ seq } = event);
      }
      const reader = await server.connect();
      const { seq: head } = await reader.subscribe(conversationId);
      expectThat(head >= seq, `a snapshot is at ${head}, and ${seq} has been sent`);
    },
  },
  {
    id: 'deltas-at-offsets',
    section: '§5.2, §5.3',
    promise: 'A delta begins where its part ends, and no surrogate pair is split.',
    async try(server) {
      const { visitor, answer } = await askAndWait(server);
      const lengths = new Map<string, number>();
      for (const event of visitor.recording.eventsOf(answer)) {
        if (event.type === 'part-started' && 'text' in event.value)
          lengths.set(event.partId, event.value.text.length);
        if (!isDelta(event)) continue;
        const length = lengths.get(event.partId);
        if (length !== undefined) expectEqual(event.at, length, `the offset of a delta of ${event.partId}`);
        lengths.set(event.partId, event.at + event.text.length);
        expectThat(
          !isLowSurrogate(event.text) && !isHighSurrogate(event.text),
          `a surrogate pair is split at ${event.at}`,
        );
      }
      expectThat(lengths.size > 0, 'an answer has a part');
    },
  },
  {
    id: 'one-end',
    section: '§7.3',
    promise: 'A run ends with exactly one `run-finished`, and no event of the run follows it.',
    async try(server) {
      const asked = await askUntilText(server);
      const { visitor } = asked;
      const answer = await untilOver(visitor, asked);
      await visitor.ping();
      const end = endOf(visitor, answer);
      expectEqual(visitor.recording.eventsOf(answer).at(-1), end, 'the last event of the run');
    },
  },
  {
    id: 'same-state',
    section: '§5.4',
    promise: 'Who joins in mid-answer ends with the same state as who was there.',
    async try(server) {
      const asked = await askUntilText(server);
      const second = await server.connect({ subscriptions: [{ conversationId: asked.conversationId }] });
      await second.synced(asked.conversationId);
      const [one, other] = [await untilOver(asked.visitor, asked), await untilOver(second, asked)];
      expectEqual(other, one, 'the answer of the second viewer');
      expectThat(SUCCESSES.includes(one.run?.reason ?? ''), `the answer ended with ${one.run?.reason}`);
    },
  },
  {
    id: 'leaving-stops-nothing',
    section: '§7.8',
    promise: 'Closing a connection is no abort: the answer goes on, and is complete for who comes back.',
    async try(server) {
      const asked = await askUntilText(server);
      const seen = textOf(answerOf(asked.visitor, asked));
      asked.visitor.close();
      await asked.visitor.closed;
      const back = await server.connect();
      await back.subscribe(asked.conversationId);
      const answer = await untilOver(back, asked);
      expectThat(SUCCESSES.includes(answer.run?.reason ?? ''), `the answer ended with ${answer.run?.reason}`);
      expectThat(textOf(answer).startsWith(seen), 'the answer does not begin with what was seen');
    },
  },
  {
    id: 'stop',
    section: '§7.8',
    promise: 'Any session of the visitor stops an answer; what was written stays, and nothing follows.',
    async try(server) {
      const asked = await askUntilText(server);
      const other = await server.connect();
      await other.subscribe(asked.conversationId);
      const runId = answerOf(other, asked)?.run?.id;
      expectThat(runId !== undefined, 'an answer that is written has a run');
      const stopped = await other.ask({ type: 'abort-run', conversationId: asked.conversationId, runId });
      expectEqual(stopped.type, 'accepted', 'the answer to `abort-run`');
      const [one, two] = [await untilOver(asked.visitor, asked), await untilOver(other, asked)];
      const heard = other.recording.events.indexOf(stopped);
      const wentOn = other.recording.events.slice(heard).some(isDelta);
      if (SUCCESSES.includes(one.run?.reason ?? '') && !wentOn)
        throw new Undecided(
          'the answer was over before it was stopped; give a question with a longer answer',
        );
      expectEqual(one.run?.reason, 'aborted', 'how the run ended');
      expectThat(textOf(one) !== '', 'what was written is gone');
      expectEqual(two, one, 'the stopped answer of the other session');
      await asked.visitor.ping();
      expectEqual(asked.visitor.recording.eventsOf(one).at(-1), endOf(asked.visitor, one), 'the last event');
    },
  },
  {
    id: 'stop-before-text',
    section: '§7.8',
    promise: 'An abort that comes with the message stops its answer, too.',
    async try(server) {
      const visitor = await server.connect();
      const [conversationId, messageId] = [newConversationId(), newMessageId()];
      const parts = [{ type: 'text', text: server.question }];
      const send = { type: 'send-message', id: 'q_conformance1', conversationId, messageId, parts };
      const abort = { type: 'abort-run', id: 'q_conformance2', conversationId, messageId };
      visitor.sendRaw(JSON.stringify([send, abort]));
      const asked = { conversationId, messageId };
      const isOver = () => visitor.recording.answerTo(conversationId, messageId)?.run?.state === 'finished';
      await visitor.recording.until(isOver, 'the end of the answer');
      const answer = visitor.recording.answerTo(asked.conversationId, asked.messageId);
      expectEqual(answer?.run?.reason, 'aborted', 'how the run ended');
    },
  },
  {
    id: 'stop-after-end',
    section: '§7.8',
    promise: 'The abort of a run that is over is accepted, and changes nothing.',
    async try(server) {
      const { visitor, conversationId, answer } = await askAndWait(server);
      const { seq } = visitor.recording.viewOf(conversationId).position;
      const runId = answer.run?.id;
      const { type } = await visitor.ask({
        type: 'abort-run',
        conversationId,
        ...(runId === undefined ? {} : { runId }),
      });
      expectEqual(type, 'accepted', 'the answer to `abort-run`');
      await visitor.ping();
      expectEqual(
        visitor.recording.views.get(conversationId)?.conversation.messages.at(-1),
        answer,
        'the answer',
      );
      expectEqual(visitor.recording.views.get(conversationId)?.position.seq, seq, 'the position');
    },
  },
];
