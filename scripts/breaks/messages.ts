/** Invariant 7: an accepted message is never lost and never doubled. */
import { testsOf, type Invariant } from './break.ts';

const gateway = testsOf('packages/gateway/src/gateway.test.ts');
const again = testsOf('packages/gateway/src/runs/accepted-run.test.ts');
const recovery = testsOf('packages/gateway/src/runs/recovery.test.ts');
const accepting = testsOf('packages/gateway/src/conversations/accepting.test.ts');
const outbox = testsOf('packages/widget/src/client/outbox/outbox.test.ts');
const sqlite = testsOf('packages/gateway/src/stores/sqlite.test.ts');
const ACCEPTING = 'packages/gateway/src/testing/contracts/store-accepting-contract.ts';
const sqliteAccepting = testsOf('packages/gateway/src/stores/sqlite.test.ts', ACCEPTING);
const memoryAccepting = testsOf('packages/gateway/src/stores/memory.test.ts', ACCEPTING);

export const NEVER_LOST_NEVER_DOUBLED: Invariant = {
  number: 7,
  says: 'An accepted message is never lost and never doubled',
  breaks: [
    {
      means: 'the same id with another body is answered as the first one was',
      file: 'packages/gateway/src/stores/sqlite.ts',
      edits: [
        [
          "return before === digest ? { kind: 'repeated', answerId, runId } : { kind: 'conflict' };",
          "return before === '' ? { kind: 'conflict' } : { kind: 'repeated', answerId, runId };",
        ],
      ],
      caughtBy: sqliteAccepting('the same key with another digest is a conflict and writes nothing (7)'),
    },
    {
      means: 'the idempotency key is not looked up',
      file: 'packages/gateway/src/stores/memory.ts',
      edits: [
        ['const used = entry.keys.get(key);', 'const used = [...entry.keys.values()].find(() => false);'],
      ],
      caughtBy: memoryAccepting(
        'the same key with the same digest is answered as then and writes nothing (7)',
      ),
    },
    {
      means: 'an accepted message is not synced to the disk',
      file: 'packages/gateway/src/stores/sqlite.ts',
      edits: [
        [
          "this.#write('power-loss', () => this.#acceptNow(acceptance))",
          "this.#write('process-death', () => this.#acceptNow(acceptance))",
        ],
      ],
      caughtBy: sqlite('syncs what it accepts, and a checkpoint not (invariant 7)'),
    },
    {
      means: 'an acceptance that breaks in the middle leaves half of itself behind',
      file: 'packages/gateway/src/stores/sqlite-database.ts',
      edits: [
        ['rollBack(database);\n        throw error;', "database.exec('COMMIT');\n        throw error;"],
      ],
      caughtBy: sqliteAccepting(
        'an acceptance that breaks in the middle leaves nothing behind, and the store lives',
      ),
    },
    {
      means: 'a message that is there already is added again once its key is forgotten',
      file: 'packages/gateway/src/stores/sqlite.ts',
      edits: [
        [
          'if (messages.some((message) => this.#sql.hasMessage.get(id, message.id) !== undefined))',
          'if (messages.length === 0)',
        ],
      ],
      caughtBy: sqliteAccepting(
        'a forgotten key lets go of its id, but never doubles a message that is still there (7)',
      ),
    },
    {
      means: 'after a crash a message that was stored and never logged stays untold',
      file: 'packages/gateway/src/runs/recovery.ts',
      edits: [['wholeAnswer(messages, answer)', 'wholeAnswer(messages, answer).slice(-1)']],
      caughtBy: recovery(
        'a message that was stored and never logged is told, with its reply closed as interrupted (1, 7)',
      ),
    },
    {
      means: 'a message of which it is not known whether it was stored has to be sent under another id',
      file: 'packages/gateway/src/sessions/session-commands.ts',
      edits: [["retry: 'after', retryAfterMs: RETRY_AFTER_MS", "retry: 'new'"]],
      caughtBy: accepting(
        'a message that the log does not take is asked for again under the same id, and stands there once (7)',
      ),
    },
    {
      means: 'the outbox gives a message another id when it sends it again',
      file: 'packages/widget/src/client/outbox/outbox.ts',
      edits: [
        [
          "this.#replace(sending, inState(sending, 'waiting'));",
          "this.#replace(sending, { ...inState(sending, 'waiting'), command: { ...sending.command, messageId: mintMessageId(this.#options.environment.random) } });",
        ],
      ],
      caughtBy: outbox(
        'a message whose acceptance was lost is sent again with the same id and exists once (invariant 7)',
      ),
      failsWith: 'timed out',
    },
    {
      means: 'the outbox forgets its messages with the page',
      file: 'packages/widget/src/client/outbox/outbox.ts',
      edits: [['saveOutbox(this.#options.storage, before, entries);', '']],
      caughtBy: outbox(
        'a message survives a reload before it was accepted, with its id and its conversation',
      ),
    },
    {
      means: 'a tab writes its own messages over those of the other tabs',
      file: 'packages/widget/src/client/outbox/outbox-storage.ts',
      edits: [['return mine ?? (settled.has(messageId) ? [] : stored);', 'return mine ?? [];']],
      caughtBy: outbox('two tabs keep their own messages in the one stored outbox'),
    },
    {
      means: 'the outbox sends all that waits at once',
      file: 'packages/widget/src/client/outbox/outbox.ts',
      edits: [["    if (this.#entries.some((entry) => isState(entry, 'sending'))) return;\n", '']],
      caughtBy: outbox(
        'a message written while another is on its way waits for it, so that no refusal changes the order',
      ),
    },
    {
      means: 'the outbox gives up a message that a draining gateway did not take',
      file: 'packages/widget/src/client/outbox/outbox.ts',
      edits: [["if (error.retry === 'same' || error.retry === 'after') {", "if (error.retry === 'after') {"]],
      caughtBy: outbox('a rejection that says `same` is sent again on the next line, not on this one'),
      failsWith: 'ChatError',
    },
  ],
  alsoProvedBy: [
    again('is not played again when its message comes again after its end (invariant 7)'),
    gateway('is stored once when it is sent twice with the same id'),
    sqliteAccepting(
      'of many writers with one key at once, exactly one is accepted and the others are told of its answer (7)',
    ),
    testsOf('packages/gateway/src/stores/sqlite-crash.test.ts')(
      'every message that was accepted before kill -9 is there afterwards, its answer still running',
    ),
    testsOf('e2e/crash.test.ts')(
      'keeps the message, ${ROUNDS} of ${ROUNDS} times, and closes its reply as interrupted',
    ),
  ],
};
