/** Invariants 1 and 4: one ordered log, in which a run stands from its acceptance on. */
import { testsOf, type Invariant } from './break.ts';

const log = testsOf(
  'packages/gateway/src/event-logs/memory.test.ts',
  'packages/gateway/src/testing/contracts/event-log-contract.ts',
);
const codec = testsOf('packages/protocol/src/codec/codec.test.ts');
const batcher = testsOf('packages/gateway/src/runs/delta-batcher.test.ts');
const accepted = testsOf('packages/gateway/src/runs/accepted-run.test.ts');
const accepting = testsOf('packages/gateway/src/conversations/accepting.test.ts');
const golden = testsOf('packages/protocol/src/conversation/golden.test.ts');
const gateway = testsOf('packages/gateway/src/gateway.test.ts');

export const ONE_ORDERED_LOG: Invariant = {
  number: 1,
  says: 'One ordered log a conversation; `seq` contiguous from 1; every visible change is in it',
  breaks: [
    {
      means: 'the log begins at 0 and stays there',
      file: 'packages/gateway/src/event-logs/memory-log.ts',
      edits: [
        [
          'this.#window.add(place(body, this.#id, this.#window.head + 1))',
          'this.#window.add(place(body, this.#id, this.#window.head))',
        ],
      ],
      caughtBy: log('events are numbered from 1 without a gap, and named after their conversation (1)'),
    },
    {
      means: 'all conversations share one log',
      file: 'packages/gateway/src/event-logs/memory.ts',
      edits: [['let log = this.#logs.get(id);', 'let log = [...this.#logs.values()][0];']],
      caughtBy: log('two conversations never mix, though the id of one is the beginning of the other'),
    },
    {
      means: 'text that waits for the end of its turn is overtaken by what comes after it',
      file: 'packages/gateway/src/runs/delta-batcher.ts',
      edits: [['if (first !== undefined && !isSamePlace(first, content)) flush();', '']],
      caughtBy: batcher('keep their order with everything else'),
    },
    {
      means: 'a question is stored and answered, but those who watch are not told of it',
      file: 'packages/gateway/src/conversations/run-events.ts',
      edits: [
        ["...(question === undefined ? [] : [{ type: 'message-added' as const, message: question }]),", ''],
      ],
      caughtBy: accepted('is told to those who watch, question first (invariant 1)'),
    },
    {
      means: 'a message that another gateway has stored and not logged yet comes after the next one',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [['if (!eventLog.isShared) return [];', 'if (eventLog.isShared) return [];']],
      caughtBy: accepting(
        'what another gateway has stored and not logged yet comes before the next message, for every viewer (1, 5)',
      ),
      failsWith: 'timed out',
    },
    {
      means: 'an event of a type that the reader does not know loses its place',
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

export const STARTED_WHEN_ACCEPTED: Invariant = {
  number: 4,
  says: '`run-started` is logged with the acceptance, before the upstream is called',
  breaks: [
    {
      means: 'the start of a run is not logged',
      file: 'packages/gateway/src/conversations/run-events.ts',
      edits: [["    { type: 'run-started', runId, messageId, parentId, startedAtMs },\n", '']],
      caughtBy: accepted('stands in the log when the upstream is called (invariant 4)'),
    },
    {
      means:
        'the start of a run is logged a little after its acceptance, when the upstream may have been called',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [
        [
          'await options.eventLog.append(conversationId, [',
          'setTimeout(() => void options.eventLog.append(conversationId, [',
        ],
        [
          '...beginning(isNew ? question : undefined, answer),\n  ]);',
          '...beginning(isNew ? question : undefined, answer),\n  ]), 20);',
        ],
      ],
      caughtBy: accepted('stands in the log when the upstream is called (invariant 4)'),
    },
    {
      means: 'a run that waits for another one is logged only when its turn comes',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [
        [
          '...beginning(isNew ? question : undefined, answer),',
          "...beginning(isNew ? question : undefined, answer).slice(0, input.messages.some((message) => message.run?.state === 'running') ? 1 : 2),",
        ],
      ],
      caughtBy: accepted('stands in the log while it waits for its turn (invariant 4)'),
    },
  ],
  alsoProvedBy: [gateway('appends run-started to the log before it calls the provider (invariant 4)')],
};
