/** Finds the replies of a history whose gateway was lost while it wrote them, and when another gateway closed them or began them again. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Conversation, ConversationId, MessageId, RunId } from '@rivulet/protocol';
import type { Deployment, HistorySite, Loss } from './deployment.ts';
import type { Orphan } from './outcome.ts';
import type { Tab } from './tab.ts';

/** How often the log is read for the restart of a lost reply. Tabs may be at the gateway that is stopped, and see it late. */
const READ_INTERVAL_MS = 250;

/** What a watch watches. */
export interface WatchOptions {
  deployment: Deployment;
  /** The site of the history. */
  site: HistorySite;
  /** The tabs that are open; the caller changes the array. */
  tabs: readonly Tab[];
}

/** Watches from its creation until `close`. */
export class OrphanWatch {
  readonly #deployment: Deployment;
  readonly #site: HistorySite;
  readonly #tabs: readonly Tab[];
  /** The port of the gateway that accepted each question, and so writes its answer. */
  readonly #ports = new Map<MessageId, number>();
  /** The loss that each reply was in. A gateway that was stopped or cut off may have gone on with it: then a later one counts. */
  readonly #losses = new Map<RunId, Loss>();
  /** When each reply was first seen to be begun again, in milliseconds since 1970. */
  readonly #restartedAtMs = new Map<RunId, number>();
  readonly #end: () => void;
  #isClosed = false;

  constructor({ deployment, site, tabs }: WatchOptions) {
    this.#deployment = deployment;
    this.#site = site;
    this.#tabs = tabs;
    this.#end = deployment.onLoss((loss) => {
      this.#note(loss);
    });
  }

  /** A question was accepted by the gateway at this port. */
  addAccepted(id: MessageId, port: number): void {
    this.#ports.set(id, port);
  }

  /** A tab saw these restarts. */
  addRestarts(restartedAtMs: ReadonlyMap<RunId, number>): void {
    for (const [runId, atMs] of restartedAtMs) this.#addRestart(runId, atMs);
  }

  /** The replies that another gateway closed or began again after the loss of theirs. A stopped gateway may also have gone on. */
  orphansIn({ messages }: Conversation): Orphan[] {
    return messages.flatMap(({ run }) => {
      const loss = run && this.#losses.get(run.id);
      if (loss === undefined || run?.finishedAtMs === undefined || run.reason === undefined) return [];
      const { kind, atMs } = loss;
      const restartedAtMs = this.#restartedAtMs.get(run.id) ?? -Infinity;
      const isRestarted = restartedAtMs > atMs;
      if (!isRestarted && (run.reason !== 'interrupted' || run.finishedAtMs < atMs)) return [];
      const closedAtMs = isRestarted ? restartedAtMs : run.finishedAtMs;
      const { whenInterrupted } = this.#site;
      const { id: runId, reason } = run;
      return [{ runId, kind, whenInterrupted, closedAfterMs: closedAtMs - atMs, isRestarted, reason }];
    });
  }

  /** Ends the watch. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#end();
  }

  #note(loss: Loss): void {
    for (const { conversation } of this.#tabs.map(({ chat }) => chat.snapshot))
      for (const { parentId, run } of conversation.messages) {
        const isTheirs = parentId !== null && this.#ports.get(parentId) === loss.port;
        if (!isTheirs || run?.state !== 'running') continue;
        // Another gateway writes a reply that was begun again.
        if (this.#restartedAtMs.has(run.id) || this.#losses.get(run.id)?.kind === 'killed') continue;
        const isKnown = this.#losses.has(run.id);
        this.#losses.set(run.id, loss);
        if (this.#site.whenInterrupted === 'restart' && !isKnown)
          void this.#awaitRestart(conversation.id, run.id);
      }
  }

  /** Reads the log until the reply was begun again, or is over. */
  async #awaitRestart(id: ConversationId, runId: RunId): Promise<void> {
    while (!this.#isClosed) {
      const ofRun = (await this.#deployment.readLog(id)).filter(
        (event) => 'runId' in event && event.runId === runId,
      );
      if (ofRun.some(({ type }) => type === 'run-restarted')) {
        this.#addRestart(runId, Date.now());
        return;
      }
      if (ofRun.some(({ type }) => type === 'run-finished')) return;
      await pause(READ_INTERVAL_MS);
    }
  }

  #addRestart(runId: RunId, atMs: number): void {
    this.#restartedAtMs.set(runId, Math.min(atMs, this.#restartedAtMs.get(runId) ?? Infinity));
  }
}
