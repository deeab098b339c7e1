/** Finds the replies of a history whose gateway was lost while it wrote them, and when another gateway closed them. */
import type { Conversation, MessageId, RunId } from '@rivulet/protocol';
import type { Deployment, Loss } from './deployment.ts';
import type { Orphan } from './outcome.ts';
import type { Tab } from './tab.ts';

/** Watches from its creation until `close`. */
export class OrphanWatch {
  readonly #tabs: readonly Tab[];
  /** The port of the gateway that accepted each question, and so writes its answer. */
  readonly #ports = new Map<MessageId, number>();
  /** The loss that each reply was in. A gateway that was stopped or cut off may have gone on with it: then a later one counts. */
  readonly #losses = new Map<RunId, Loss>();
  readonly #restartedAtMs = new Map<RunId, number>();
  readonly #end: () => void;

  /** @param tabs the tabs that are open; the caller changes the array */
  constructor(deployment: Deployment, tabs: readonly Tab[]) {
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
    for (const [runId, atMs] of restartedAtMs)
      this.#restartedAtMs.set(runId, Math.min(atMs, this.#restartedAtMs.get(runId) ?? Infinity));
  }

  /** The replies that another gateway closed or began again after the loss of theirs. A stopped gateway may also have gone on. */
  orphansIn({ messages }: Conversation): Orphan[] {
    return messages.flatMap(({ run }) => {
      const loss = run && this.#losses.get(run.id);
      if (loss === undefined || run?.finishedAtMs === undefined) return [];
      const { kind, atMs } = loss;
      const restartedAtMs = this.#restartedAtMs.get(run.id) ?? -Infinity;
      const isRestarted = restartedAtMs > atMs;
      if (!isRestarted && (run.reason !== 'interrupted' || run.finishedAtMs < atMs)) return [];
      const closedAtMs = isRestarted ? restartedAtMs : run.finishedAtMs;
      const isFinished = isRestarted && run.reason === 'stop';
      return [{ runId: run.id, kind, closedAfterMs: closedAtMs - atMs, isFinished }];
    });
  }

  /** Ends the watch. May be called twice. */
  close(): void {
    this.#end();
  }

  #note(loss: Loss): void {
    for (const { parentId, run } of this.#tabs.flatMap(({ chat }) => chat.snapshot.conversation.messages)) {
      const isTheirs = parentId !== null && this.#ports.get(parentId) === loss.port;
      if (!isTheirs || run?.state !== 'running') continue;
      if (this.#losses.get(run.id)?.kind !== 'killed') this.#losses.set(run.id, loss);
    }
  }
}
