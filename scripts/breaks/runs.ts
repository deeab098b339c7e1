/** Breaks of invariants 2 and 3: what aborts a run, and that a run ends exactly once. */
import { testsOf, type Invariant } from './break.ts';

const gateway = testsOf('packages/gateway/src/gateway.test.ts');
const stop = testsOf('packages/gateway/src/runs/stop.test.ts');
const stopping = testsOf('packages/gateway/src/runs/stop-after-accept.test.ts');
const unwatched = testsOf('packages/gateway/src/runs/unwatched.test.ts');
const busy = testsOf('packages/gateway/src/runs/busy.test.ts');
const whole = testsOf('packages/gateway/src/http/message-route.test.ts');
const end = testsOf('packages/gateway/src/runs/one-end.test.ts');
const reply = testsOf('packages/gateway/src/runs/reply.test.ts');
const fold = testsOf('packages/protocol/src/conversation/fold.test.ts');
const timeouts = testsOf('packages/gateway/src/providers/provider-timeouts.test.ts');
const recorded = testsOf('packages/gateway/src/providers/openai-recorded.test.ts');
const upstream = testsOf('packages/gateway/src/providers/openai-apis.test.ts');
const runQueue = testsOf('packages/gateway/src/runs/run-queue.test.ts');
const recovery = testsOf('packages/gateway/src/runs/recovery.test.ts');
const messages = testsOf(
  'packages/gateway/src/stores/sqlite.test.ts',
  'packages/gateway/src/testing/contracts/store-messages-contract.ts',
);
const leases = testsOf(
  'packages/gateway/src/event-logs/memory.test.ts',
  'packages/gateway/src/testing/contracts/event-log-lease-contract.ts',
);

/** Invariant 2. */
export const CLOSING_IS_A_DETACH: Invariant = {
  number: 2,
  statement:
    'Closing a connection is a detach; a run is aborted only by `abort-run`, or when nobody has watched for as long as the operator set',
  breaks: [
    {
      description: 'closing a connection stops the runs of the conversations that it followed',
      file: 'packages/gateway/src/sessions/session-viewers.ts',
      edits: [
        [
          'const { signal } = end;',
          "const { signal } = end;\n    signal.addEventListener('abort', async () => {\n      const { conversation } = await this.#options.conversations.read(id);\n      for (const { run } of conversation.messages)\n        if (run) await this.#options.eventLog.broadcast({ kind: 'abort', conversationId: id, runId: run.id });\n    });",
        ],
      ],
      caughtBy: gateway(
        'that was disconnected resumes from its cursor, and the run has continued (invariant 2)',
      ),
    },
    {
      description: 'an abort does not reach the upstream request',
      file: 'packages/gateway/src/providers/provider-timeouts.ts',
      edits: [
        [
          'provider.stream(request, this.#upstream.signal, sawActivity)',
          'provider.stream(request, new AbortController().signal, sawActivity)',
        ],
      ],
      caughtBy: gateway('ends as aborted and keeps the text so far when a viewer stops it (invariant 2)'),
    },
    {
      description: 'an abort before the first delta is ignored',
      file: 'packages/gateway/src/providers/provider-timeouts.ts',
      edits: [
        [
          '  readonly #abort = (): void => {\n',
          '  #hasContent = false;\n  readonly #abort = (): void => {\n    if (!this.#hasContent) return;\n',
        ],
        [
          'this.#timers.saw(last);',
          "this.#timers.saw(last);\n    this.#hasContent ||= last?.type !== 'response-started';",
        ],
      ],
      caughtBy: stop('before the first delta ends the run and aborts its upstream request'),
    },
    {
      description: 'an abort ends only runs that this gateway executes itself',
      file: 'packages/gateway/src/sessions/session-commands.ts',
      edits: [
        [
          'await scope.conversations.abort(scope.principal, command);',
          "const { conversationId } = command;\n    for (const { run } of (await scope.conversations.read(conversationId)).conversation.messages)\n      if (run) scope.runs.abort({ kind: 'abort', conversationId, runId: run.id });",
        ],
      ],
      caughtBy: stop('sent to another gateway of the same log reaches the gateway that writes'),
    },
    {
      description: 'an abort ends the runs of every conversation',
      file: 'packages/gateway/src/runs/runs.ts',
      edits: [
        [
          'live.get(runId)?.controller.abort();',
          'for (const { controller } of live.values()) controller.abort();',
        ],
      ],
      caughtBy: stop('does not affect the runs of another conversation'),
    },
    {
      description:
        'aborts that were missed while the connection between gateways was down are not read after it is restored',
      file: 'packages/gateway/src/event-logs/redis-broadcasts.ts',
      edits: [
        [
          'for (const broadcastMessage of await this.#readNew()) this.#handle(broadcastMessage);',
          'await undefined;',
        ],
        ['commands.stop(broadcastMessage.conversationId, broadcastMessage.runId)', 'undefined'],
      ],
      caughtBy: stopping(
        'that another gateway accepted while the writer was disconnected from Redis takes effect (2)',
      ),
      failsWith: 'timed out',
    },
    {
      description: 'an abort that is received before its run starts on this gateway is forgotten',
      file: 'packages/gateway/src/runs/runs.ts',
      edits: [['      if (abortedRunIds.has(runId)) controller.abort();\n', '']],
      caughtBy: stopping('that arrives before its run has been started on this gateway still stops the run'),
      failsWith: 'timed out',
    },
    {
      description: 'viewers on another gateway are not counted',
      file: 'packages/gateway/src/conversations/presence.ts',
      edits: [['options.eventLog.unwatchedForMs(id)', 'Promise.resolve(Infinity)']],
      caughtBy: unwatched(
        'continues while the other gateway has a viewer, and is aborted when that viewer has left',
      ),
    },
    {
      description: 'an abort of a queued run takes effect only when the run starts to execute',
      file: 'packages/gateway/src/runs/runs.ts',
      edits: [['await Promise.race([previousRun, aborted]);', 'await previousRun;']],
      caughtBy: busy('can be stopped while it waits, without a call to the upstream'),
      failsWith: 'timed out',
    },
  ],
  alsoProvedBy: [
    whole('does not stop the run when the caller disconnects (invariant 2)'),
    upstream('closes the socket within 100 ms of an abort, also while nobody reads'),
    testsOf('e2e/stop-latency.test.ts')(
      "closes the upstream's socket in each of ${RUNS} runs, and no delta follows the end of the run",
    ),
    testsOf(
      'e2e/two-gateways.test.ts',
      'e2e/support/delivery-suite.ts',
    )('stop a reply that the other writes, and its upstream request is aborted'),
    testsOf(
      'e2e/two-gateways.test.ts',
      'e2e/support/delivery-suite.ts',
    )('stop a reply when the viewers of both have disconnected, and keep its text'),
  ],
};

/** Invariant 3. */
export const ONE_END: Invariant = {
  number: 3,
  statement: 'A run ends with exactly one `run-finished`, and no event of the run follows it',
  breaks: [
    {
      description: 'late events change a finished run',
      file: 'packages/protocol/src/conversation/fold.ts',
      edits: [
        [
          "message.run?.state === 'running' ? change(message, message.run) : message",
          'message.run === undefined ? message : change(message, message.run)',
        ],
      ],
      caughtBy: fold('is over with its first end: nothing of it changes the state after (invariant 3)'),
    },
    {
      description: 'the end of a run is logged twice',
      file: 'packages/gateway/src/runs/finish-run.ts',
      edits: [
        [
          'await eventLog.append(conversationId, [...events, ...owner], leaseOf(run));',
          'await eventLog.append(conversationId, [...events, ...events, ...owner], leaseOf(run));',
        ],
      ],
      caughtBy: end('is logged once, as the last event of the run: %s'),
    },
    {
      description: 'the last text is missing in the stored message',
      file: 'packages/gateway/src/runs/reply.ts',
      edits: [
        [
          '  #foldNow(event: LoggedEventBody): void {\n    this.#foldDeltas();',
          '  #foldNow(event: LoggedEventBody): void {',
        ],
      ],
      caughtBy: reply('contains its last delta when its run has ended'),
    },
    {
      description: 'an upstream response without a finish reason is treated as a success',
      file: 'packages/gateway/src/providers/provider-timeouts.ts',
      edits: [
        [
          "this.#fail(new ChatError('upstream-truncated', { cause: 'no finished event' }));",
          "this.#pull?.resolve({ done: false, value: { type: 'finished', reason: 'stop' } });",
        ],
      ],
      caughtBy: gateway('ends as an error when the upstream ends without a finish reason (invariant 3)'),
    },
    {
      description: 'an aborted run is treated as a success',
      file: 'packages/gateway/src/runs/run.ts',
      edits: [[": { reason: 'aborted' }", ": { reason: 'stop' }"]],
      caughtBy: gateway('ends as aborted and keeps the text so far when a viewer stops it (invariant 2)'),
    },
    {
      description: 'a writer appends although another holder has taken its lease',
      file: 'packages/gateway/src/event-logs/memory-log.ts',
      edits: [
        [
          'if (fence !== undefined && this.holder?.fence !== fence)',
          'if (fence !== undefined && this.holder === undefined)',
        ],
      ],
      caughtBy: leases('appending with a stale fence is a conflict and appends nothing (3)'),
    },
    {
      description: 'a gateway whose run another gateway has taken over stores its own end of the run',
      file: 'packages/gateway/src/runs/run.ts',
      edits: [['reason === TAKEN_OVER || ', '']],
      caughtBy: end('is not written by a gateway whose run another gateway has taken over'),
    },
    {
      description: 'a second end of a run replaces the first in the store',
      file: 'packages/gateway/src/stores/sqlite-statements.ts',
      edits: [["message_id = ? AND run_state = 'running'`", 'message_id = ?`']],
      caughtBy: messages(
        'the first end of a run is final: neither another end nor a late checkpoint changes it (3)',
      ),
    },
    {
      description: 'a queued run that another gateway has finished is executed',
      file: 'packages/gateway/src/runs/run-queue.ts',
      edits: [["? 'waiting' : 'closed'", "? 'waiting' : 'next'"]],
      caughtBy: runQueue(
        'a run that another gateway has closed meanwhile is not executed, and its lease is released (3)',
      ),
    },
    {
      description: 'recovery logs the end of a run again although it is already in the log',
      file: 'packages/gateway/src/runs/close-run.ts',
      edits: [['if (!isLogged) await', 'await']],
      caughtBy: recovery('an end that is in the log already is not logged again, only settled (3)'),
    },
  ],
  alsoProvedBy: [
    recovery('an end that was stored and never logged is logged once, unchanged (3)'),
    timeouts('takes an end without finished for upstream-truncated'),
    recorded('is none when it was cut before its last event'),
  ],
};
