/** Invariants 2 and 3: who ends a run, and that it has one end. */
import { testsOf, type Invariant } from './break.ts';

const gateway = testsOf('packages/gateway/src/gateway.test.ts');
const stop = testsOf('packages/gateway/src/runs/stop.test.ts');
const stopping = testsOf('packages/gateway/src/runs/stop-after-accept.test.ts');
const unwatched = testsOf('packages/gateway/src/runs/unwatched.test.ts');
const busy = testsOf('packages/gateway/src/runs/busy.test.ts');
const whole = testsOf('packages/gateway/src/http/message-route.test.ts');
const end = testsOf('packages/gateway/src/runs/one-end.test.ts');
const fold = testsOf('packages/protocol/src/conversation/fold.test.ts');
const timeouts = testsOf('packages/gateway/src/providers/provider-timeouts.test.ts');
const recorded = testsOf('packages/gateway/src/providers/openai-recorded.test.ts');
const upstream = testsOf('packages/gateway/src/providers/openai.test.ts');
const turn = testsOf('packages/gateway/src/runs/run-queue.test.ts');
const recovery = testsOf('packages/gateway/src/runs/recovery.test.ts');
const messages = testsOf(
  'packages/gateway/src/stores/sqlite.test.ts',
  'packages/gateway/src/testing/contracts/store-messages-contract.ts',
);
const leases = testsOf(
  'packages/gateway/src/event-logs/memory.test.ts',
  'packages/gateway/src/testing/contracts/event-log-lease-contract.ts',
);

export const CLOSING_IS_A_DETACH: Invariant = {
  number: 2,
  says: 'Closing a line is a detach; only `abort-run` aborts, or nobody watching for as long as the operator set',
  breaks: [
    {
      means: 'a line that closes stops the runs of the conversations that it followed',
      file: 'packages/gateway/src/sessions/session-viewers.ts',
      edits: [
        [
          'const { signal } = viewing.end;',
          "const { signal } = viewing.end;\n    signal.addEventListener('abort', async () => {\n      const { conversation } = await this.#options.conversations.read(id);\n      for (const { run } of conversation.messages)\n        if (run) await this.#options.eventLog.broadcast({ kind: 'abort', conversationId: id, runId: run.id });\n    });",
        ],
      ],
      caughtBy: gateway(
        'that was disconnected resumes from its cursor, and the run has continued (invariant 2)',
      ),
    },
    {
      means: 'an abort does not reach the upstream request',
      file: 'packages/gateway/src/providers/provider-timeouts.ts',
      edits: [
        [
          'provider.stream(request, upstream.signal)',
          'provider.stream(request, new AbortController().signal)',
        ],
      ],
      caughtBy: gateway('ends as aborted and keeps the text so far when a viewer stops it (invariant 2)'),
    },
    {
      means: 'an abort before the first delta is not heard',
      file: 'packages/gateway/src/providers/provider-timeouts.ts',
      edits: [
        [
          '  const abort = () => {\n',
          '  let hasContent = false;\n  const abort = () => {\n    if (!hasContent) return;\n',
        ],
        [
          'timers.saw(step.value);',
          "timers.saw(step.value);\n      hasContent ||= step.value.type !== 'response-started';",
        ],
      ],
      caughtBy: stop('before the first word ends the run and its upstream'),
    },
    {
      means: 'an abort ends only what this gateway writes itself',
      file: 'packages/gateway/src/sessions/session-commands.ts',
      edits: [
        [
          'await scope.conversations.abort(scope.principal, command);',
          "const { conversationId } = command;\n    for (const { run } of (await scope.conversations.read(conversationId)).conversation.messages)\n      if (run) scope.runs.abort({ kind: 'abort', conversationId, runId: run.id });",
        ],
      ],
      caughtBy: stop('at another gateway of the same log reaches the one that writes'),
    },
    {
      means: 'an abort ends the runs of every conversation',
      file: 'packages/gateway/src/runs/runs.ts',
      edits: [
        [
          'live.get(runId)?.controller.abort();',
          'for (const { controller } of live.values()) controller.abort();',
        ],
      ],
      caughtBy: stop('ends nothing in another conversation'),
    },
    {
      means: 'an abort that a cut line between gateways did not bring is not asked for again',
      file: 'packages/gateway/src/event-logs/redis-broadcasts.ts',
      edits: [
        [
          'for (const broadcastMessage of await this.#options.commands.readBroadcasts())\n      this.#handle(broadcastMessage);',
          'await undefined;',
        ],
      ],
      caughtBy: stopping('that another gateway accepted while the writer’s line was cut takes effect (2)'),
      failsWith: 'timed out',
    },
    {
      means: 'an abort that is heard before its run is started here is forgotten',
      file: 'packages/gateway/src/runs/runs.ts',
      edits: [['      if (stopped.has(runId)) controller.abort();\n', '']],
      caughtBy: stopping('that is heard before its run has been started here stops it all the same'),
      failsWith: 'timed out',
    },
    {
      means: 'viewers of another gateway do not count',
      file: 'packages/gateway/src/conversations/presence.ts',
      edits: [['options.eventLog.unwatchedForMs(id)', 'Promise.resolve(Infinity)']],
      caughtBy: unwatched('goes on for a viewer of the other, and is aborted when that has left, too'),
    },
    {
      means: 'an abort of a run that waits is heard only when its turn comes',
      file: 'packages/gateway/src/runs/runs.ts',
      edits: [['await Promise.race([before, aborted]);', 'await before;']],
      caughtBy: busy('is stopped while it waits without a call of the upstream'),
      failsWith: 'timed out',
    },
  ],
  alsoProvedBy: [
    whole('does not stop the run when the caller disconnects (invariant 2)'),
    upstream('closes the socket within 100 ms of an abort, also while nobody reads'),
    testsOf('e2e/stop-latency.test.ts')(
      "closes the upstream's socket soon, ${RUNS} times, and nothing comes after the end of the run",
    ),
    testsOf('e2e/two-gateways.test.ts')('stop a reply that the other writes, and its upstream is left'),
    testsOf('e2e/two-gateways.test.ts')(
      'stop a reply when the viewers of both have left, and keep its text for who returns',
    ),
  ],
};

export const ONE_END: Invariant = {
  number: 3,
  says: 'A run is over with its one `run-finished`; nothing of it comes after',
  breaks: [
    {
      means: 'a run that is over is changed by what comes late',
      file: 'packages/protocol/src/conversation/fold.ts',
      edits: [['isRunning(message) ? change(message) : message', 'change(message)']],
      caughtBy: fold('is over with its first end: nothing of it changes the state after (invariant 3)'),
    },
    {
      means: 'the end of a run is logged twice',
      file: 'packages/gateway/src/runs/run.ts',
      edits: [
        [
          'await eventLog.append(conversationId, [event], leaseOf(run));',
          'await eventLog.append(conversationId, [event, event], leaseOf(run));',
        ],
      ],
      caughtBy: end('is one, and the last event of the run: %s'),
    },
    {
      means: 'the last words are logged after the end',
      file: 'packages/gateway/src/runs/run.ts',
      edits: [['  writer.flush();\n', '']],
      caughtBy: end('is one, and the last event of the run: %s'),
    },
    {
      means: 'an upstream that ends without a finish reason is taken for a success',
      file: 'packages/gateway/src/providers/provider-timeouts.ts',
      edits: [
        [
          "if (step.done === true) throw new ChatError('upstream-truncated', { cause: 'no finished event' });",
          "if (step.done === true) {\n        yield { type: 'finished', reason: 'stop' };\n        return;\n      }",
        ],
      ],
      caughtBy: gateway('ends as an error when the upstream ends without a finish reason (invariant 3)'),
    },
    {
      means: 'an aborted run is taken for a success',
      file: 'packages/gateway/src/runs/run.ts',
      edits: [[": { reason: 'aborted' }", ": { reason: 'stop' }"]],
      caughtBy: gateway('ends as aborted and keeps the text so far when a viewer stops it (invariant 2)'),
    },
    {
      means: 'a writer whose lease another one has taken still writes',
      file: 'packages/gateway/src/event-logs/memory-log.ts',
      edits: [
        [
          'if (fence !== undefined && this.holder?.fence !== fence)',
          'if (fence !== undefined && this.holder === undefined)',
        ],
      ],
      caughtBy: leases('writing with a stale fence is a conflict and writes nothing (3)'),
    },
    {
      means: 'a gateway that was taken over from stores an end of its own',
      file: 'packages/gateway/src/runs/run.ts',
      edits: [['  if (signal.reason === TAKEN_OVER) return;\n', '']],
      caughtBy: end('is not written by a gateway that another one has taken over from'),
    },
    {
      means: 'a second end of a run is stored over the first',
      file: 'packages/gateway/src/stores/sqlite-statements.ts',
      edits: [["message_id = ? AND run_state = 'running'`", 'message_id = ?`']],
      caughtBy: messages(
        'the first end of a run counts: neither another end nor a late checkpoint changes it (3)',
      ),
    },
    {
      means: 'a run that another gateway has closed is played when its turn comes',
      file: 'packages/gateway/src/runs/run-queue.ts',
      edits: [["? 'waiting' : 'over'", "? 'waiting' : 'next'"]],
      caughtBy: turn(
        'a run that another gateway has closed meanwhile is over, not next, and leaves the lease (3)',
      ),
    },
    {
      means: 'after a crash an end that is in the log is told again',
      file: 'packages/gateway/src/runs/recovery.ts',
      edits: [['if (!isLogged) await', 'await']],
      caughtBy: recovery('an end that is in the log already is not told again, only settled (3)'),
    },
  ],
  alsoProvedBy: [
    recovery('an end that was stored and never logged is told, once, as it was (3)'),
    timeouts('takes an end without finished for upstream-truncated'),
    recorded('never takes a stream that was cut before its finish reason for an answer'),
  ],
};
