/** Which runs live in this process: started, aborted by id, waited for when the gateway leaves. */
import type { ConversationId, MessageId, RunId } from '@rivulet/protocol';
import type { AcceptedRun } from './conversations.ts';
import { executeRun, INTERRUPTED, type RunOptions } from './run.ts';
import type { Sites } from './sites.ts';

export interface AbortTarget {
  runId?: RunId;
  /** The question that the run answers. */
  messageId?: MessageId;
}

export interface Runs {
  /** Begins to write; returns at once. */
  start(run: AcceptedRun): void;
  /** Ends the runs that fit, all of the conversation without a target. @returns how many there were. */
  abort(conversationId: ConversationId, target: AbortTarget): number;
  /** Resolves when no run is left; after `limitMs` those that are get `interrupted`. */
  drain(limitMs: number): Promise<void>;
  readonly active: number;
}

interface LiveRun {
  run: AcceptedRun;
  controller: AbortController;
  done: Promise<void>;
}

export function createRuns(options: RunOptions & { sites: Sites }): Runs {
  const live = new Map<RunId, LiveRun>();

  const fits = ({ run }: LiveRun, conversationId: ConversationId, { runId, messageId }: AbortTarget) =>
    run.conversationId === conversationId &&
    (runId === undefined || run.runId === runId) &&
    (messageId === undefined || run.questionId === messageId);

  return {
    get active() {
      return live.size;
    },
    start(run) {
      if (live.has(run.runId)) return;
      const controller = new AbortController();
      const site = options.sites.find(run.siteId);
      const done = executeRun(options, { ...run, site }, controller.signal).finally(() => {
        live.delete(run.runId);
        options.metrics.runsActive.set(live.size);
      });
      live.set(run.runId, { run, controller, done });
      options.metrics.runsActive.set(live.size);
    },
    abort(conversationId, target) {
      const found = [...live.values()].filter((one) => fits(one, conversationId, target));
      for (const { controller } of found) controller.abort();
      return found.length;
    },
    async drain(limitMs) {
      const timer = options.clock.after(limitMs, () => {
        for (const { controller } of live.values()) controller.abort(INTERRUPTED);
      });
      await Promise.all([...live.values()].map(({ done }) => done));
      timer.cancel();
    },
  };
}
