/** Breaks of invariants 1 and 4: one ordered log for each conversation, and a run is logged from its acceptance. */
import { testsOf, type Invariant } from './break.ts';

const log = testsOf(
  'packages/gateway/src/event-logs/memory.test.ts',
  'packages/gateway/src/testing/contracts/event-log-contract.ts',
);
const codec = testsOf('packages/protocol/src/codec/codec.test.ts');
const reply = testsOf('packages/gateway/src/runs/reply.test.ts');
const accepted = testsOf('packages/gateway/src/runs/accepted-run.test.ts');
const accepting = testsOf('packages/gateway/src/conversations/accepting.test.ts');
const golden = testsOf('packages/protocol/src/conversation/golden.test.ts');
const gateway = testsOf('packages/gateway/src/gateway.test.ts');

/** Invariant 1. */
export const ONE_ORDERED_LOG: Invariant = {
  number: 1,
  statement:
    'A conversation has one ordered log; `seq` is contiguous from 1; every visible change is in the log',
  breaks: [
    {
      description: 'every event gets the number of the event before it, so that the log stays at 0',
      file: 'packages/gateway/src/event-logs/memory-log.ts',
      edits: [
        [
          'this.#add(place(body, this.#id, this.#window.head + 1))',
          'this.#add(place(body, this.#id, this.#window.head))',
        ],
      ],
      caughtBy: log('events are numbered from 1 without a gap, and carry the id of their conversation (1)'),
    },
    {
      description: 'all conversations share one log',
      file: 'packages/gateway/src/event-logs/memory.ts',
      edits: [['let log = this.#logs.get(id);', 'let log = [...this.#logs.values()][0];']],
      caughtBy: log(
        'two conversations have separate logs, also when the id of one is a prefix of the other (1)',
      ),
    },
    {
      description: 'the deltas of two parts are stored as the text of one',
      file: 'packages/gateway/src/runs/reply.ts',
      edits: [['this.#unfolded?.first.partId === part.partId', 'this.#unfolded !== undefined']],
      caughtBy: reply('adds each delta of a tool call to its own call, also when two calls are interleaved'),
    },
    {
      description: 'a question is stored and answered, but not logged for the viewers',
      file: 'packages/gateway/src/conversations/run-events.ts',
      edits: [
        ["...(question === undefined ? [] : [{ type: 'message-added' as const, message: question }]),", ''],
      ],
      caughtBy: accepted('is published to the viewers, the question first (invariant 1)'),
    },
    {
      description:
        'a message that another gateway has stored but not yet logged is logged after the next message',
      file: 'packages/gateway/src/conversations/run-events.ts',
      edits: [['if (!eventLog.isShared || standing', 'if (eventLog.isShared || standing']],
      caughtBy: accepting(
        'a run that another gateway has stored and not logged is logged before the next message (1, 5)',
      ),
      failsWith: 'timed out',
    },
    {
      description: 'the codec drops an event of an unknown type instead of keeping its place in the log',
      file: 'packages/protocol/src/codec/codec.ts',
      edits: [
        [
          'if (item !== undefined) items.push(item);',
          "if (item !== undefined && item.type !== 'unknown') items.push(item);",
        ],
      ],
      caughtBy: codec('keeps its place in the log when it is an event of the log (invariants 1, 8)'),
    },
  ],
  alsoProvedBy: [golden('holds a log without a gap, from 1')],
};

/** Invariant 4. */
export const STARTED_WHEN_ACCEPTED: Invariant = {
  number: 4,
  statement: '`run-started` is logged with the acceptance, before anything of the answer',
  breaks: [
    {
      description: 'the start of a run is not logged',
      file: 'packages/gateway/src/conversations/run-events.ts',
      edits: [["    { type: 'run-started', runId, messageId, parentId, startedAtMs },\n", '']],
      caughtBy: accepted(
        'is in the event log before anything of the answer, which waits until the message is on disk (invariant 4)',
      ),
    },
    {
      description: 'the answer is shown although its question is not on disk yet',
      file: 'packages/gateway/src/runs/tool-loop/round.ts',
      edits: [['if (!loop.isStarted) await abortable(signal, run.started);', '']],
      caughtBy: accepted(
        'is in the event log before anything of the answer, which waits until the message is on disk (invariant 4)',
      ),
    },
    {
      description: 'a queued run is logged only when it starts to execute',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [
        [
          '...startEvents(isNew ? question : undefined, answer)]',
          '...startEvents(isNew ? question : undefined, answer).slice(0, standing?.unfinished.length ? 1 : 2)]',
        ],
      ],
      caughtBy: accepted('is in the event log while it waits in the run queue (invariant 4)'),
    },
  ],
  alsoProvedBy: [gateway('appends run-started to the log before it calls the provider (invariant 4)')],
};
