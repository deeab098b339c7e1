/** Breaks of invariant 7: an accepted message is never lost and never duplicated. */
import { testsOf, type Invariant } from './break.ts';

const gateway = testsOf('packages/gateway/src/gateway.test.ts');
const again = testsOf('packages/gateway/src/runs/accepted-run.test.ts');
const recovery = testsOf('packages/gateway/src/runs/recovery.test.ts');
const accepting = testsOf('packages/gateway/src/conversations/accepting.test.ts');
const outbox = testsOf('packages/widget/src/client/outbox/outbox.test.ts');
const groups = testsOf('packages/gateway/src/stores/sqlite-groups.test.ts');
const ACCEPTING = 'packages/gateway/src/testing/contracts/store-accepting-contract.ts';
const sqliteAccepting = testsOf('packages/gateway/src/stores/sqlite.test.ts', ACCEPTING);
const memoryAccepting = testsOf('packages/gateway/src/stores/memory.test.ts', ACCEPTING);

/** Invariant 7. */
export const NEVER_LOST_NEVER_DUPLICATED: Invariant = {
  number: 7,
  statement: 'An accepted message is never lost and never duplicated',
  breaks: [
    {
      description: 'the same key with another digest is treated as a repeat',
      file: 'packages/gateway/src/stores/sqlite-core.ts',
      edits: [
        [
          "return used.digest === digest ? { kind: 'repeated', row: used } : { kind: 'conflict' };",
          "return used.digest === '' ? { kind: 'conflict' } : { kind: 'repeated', row: used };",
        ],
      ],
      caughtBy: sqliteAccepting('the same key with another digest is a conflict and writes nothing (7)'),
    },
    {
      description: 'the idempotency key is not looked up',
      file: 'packages/gateway/src/stores/memory-entry.ts',
      edits: [
        ['const used = entry.keys.get(key);', 'const used = [...entry.keys.values()].find(() => false);'],
      ],
      caughtBy: memoryAccepting(
        'the same key with the same digest returns the first answer and writes nothing (7)',
      ),
    },
    {
      description: 'an accepted message is not synced to the disk',
      file: 'packages/gateway/src/stores/sqlite-writes.ts',
      edits: [["accept: 'power-loss',", "accept: 'process-death',"]],
      caughtBy: groups('syncs what it accepts, and the progress of a reply not (invariant 7)'),
    },
    {
      description: 'an acceptance that fails halfway is committed instead of rolled back',
      file: 'packages/gateway/src/stores/sqlite-database.ts',
      edits: [["database.exec('ROLLBACK TO step; RELEASE step');", "database.exec('RELEASE step');"]],
      caughtBy: groups('rolls back a call that fails halfway, and only that one'),
    },
    {
      description: 'an existing message is added again after its key was forgotten',
      file: 'packages/gateway/src/stores/sqlite-core.ts',
      edits: [
        [
          'if (messages.some((message) => this.#sql.hasMessage.get(id, message.id) !== undefined))',
          'if (messages.length === 0)',
        ],
      ],
      caughtBy: sqliteAccepting(
        'after a key is forgotten, its message is a conflict and never duplicated (7)',
      ),
    },
    {
      description: 'recovery does not log a message that was stored and not logged before a crash',
      file: 'packages/gateway/src/runs/close-run.ts',
      edits: [
        [
          'runEventsOf(standing.named?.parent, answer)',
          'runEventsOf(standing.named?.parent, answer).slice(-1)',
        ],
      ],
      caughtBy: recovery(
        'a message that was stored and never logged is logged, and its reply ends as interrupted (1, 7)',
      ),
    },
    {
      description: 'the client is told to resend a message under a new id although it may have been stored',
      file: 'packages/gateway/src/sessions/session-commands.ts',
      edits: [["retry: 'after', retryAfterMs: RETRY_AFTER_MS", "retry: 'new'"]],
      caughtBy: accepting(
        'a message that the log rejects is to be sent again under the same id, and is stored once (7)',
      ),
    },
    {
      description: 'the outbox resends a message under a new id',
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
      description: 'the outbox is not saved, so that a reload of the page loses its messages',
      file: 'packages/widget/src/client/outbox/outbox.ts',
      edits: [['saveOutbox(this.#options.storage, before, entries);', '']],
      caughtBy: outbox(
        'a message survives a reload before it was accepted, with its id and its conversation',
      ),
    },
    {
      description: 'a tab overwrites the stored messages of the other tabs with its own',
      file: 'packages/widget/src/client/outbox/outbox-storage.ts',
      edits: [['return mine ?? (settled.has(messageId) ? [] : stored);', 'return mine ?? [];']],
      caughtBy: outbox('two tabs keep their own messages in the one stored outbox'),
    },
    {
      description: 'the outbox sends all waiting messages at once',
      file: 'packages/widget/src/client/outbox/outbox.ts',
      edits: [["    if (this.#entries.some((entry) => isState(entry, 'sending'))) return;\n", '']],
      caughtBy: outbox(
        'a message written while another is on its way waits for it, so that no rejection changes the order',
      ),
    },
    {
      description: 'the outbox drops a message that a draining gateway has rejected',
      file: 'packages/widget/src/client/outbox/outbox.ts',
      edits: [["if (error.retry === 'same' || error.retry === 'after') {", "if (error.retry === 'after') {"]],
      caughtBy: outbox(
        'a message rejected with `same` is sent again on the next connection, not on this one',
      ),
      failsWith: 'ChatError',
    },
  ],
  alsoProvedBy: [
    again('is not executed again when its message is sent again after its end (invariant 7)'),
    gateway('is stored once when it is sent twice with the same id'),
    sqliteAccepting(
      'of many concurrent acceptances with one key, exactly one is accepted and the others return its answer (7)',
    ),
    testsOf('packages/gateway/src/stores/sqlite-crash.test.ts')(
      'every message that was accepted before kill -9 is there afterwards, its answer still running',
    ),
    testsOf('e2e/crash.test.ts')(
      'loses no message in ${ROUNDS} rounds, and closes each reply as interrupted',
    ),
  ],
};
