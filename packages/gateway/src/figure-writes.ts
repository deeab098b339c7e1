/** Writes the figures of this gateway to the store every few seconds, and what it says of itself. */
import { hostname } from 'node:os';
import type { RandomBytes } from '@rivulet/protocol';
import { FIGURES_INTERVAL_MS, type NodeBody } from './admin/console-nodes.ts';
import { describeCause, type Clock, type Figures, type Logger, type Timer } from './base/index.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Store } from './stores/store.ts';

/** What the writes need. */
export interface FigureWritesOptions {
  store: Pick<Store, 'figures'>;
  metrics: { figures: Figures };
  lifecycle: Pick<Lifecycle, 'isDraining'>;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
}

/** How often old figures are added to coarser ones. */
const TIDY_INTERVAL_MS = 10 * 60_000;

/** Starts the writes. @returns a function that stops them, after a last write that the closing of the store waits for */
export function startFigureWrites(options: FigureWritesOptions): () => void {
  const { store, clock, logger } = options;
  const writeOnce = createWrite(options);
  let isStopped = false;
  let tidiedAtMs = clock.now();
  let timer: Timer;
  const report = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      logger.warn(
        describeCause(error),
        'the figures of the overview could not be written; they are written again with the next ones',
      );
    });
  const tick = async () => {
    await report(writeOnce());
    if (clock.now() - tidiedAtMs < TIDY_INTERVAL_MS) return;
    tidiedAtMs = clock.now();
    await report(store.figures.tidy(clock.now()));
  };
  const arm = () => {
    timer = clock.after(FIGURES_INTERVAL_MS, () => {
      void tick().then(() => {
        if (!isStopped) arm();
      });
    });
  };
  void report(writeOnce());
  arm();
  return () => {
    isStopped = true;
    timer.cancel();
    void report(writeOnce('stopped'));
  };
}

/** A process that starts again is another node: its sums begin anew. */
function createWrite({ store, metrics: { figures }, lifecycle, clock, random }: FigureWritesOptions) {
  const id = Buffer.from(random(9)).toString('base64url');
  const startedAtMs = clock.now();
  return async (state?: NodeBody['state']): Promise<void> => {
    const rows = figures.changed();
    const body: NodeBody = {
      name: `${hostname()}:${process.pid}`,
      startedAtMs,
      state: state ?? (lifecycle.isDraining ? 'draining' : 'serving'),
      connections: figures.live('connections'),
      runs: figures.live('active-runs'),
    };
    // Both are asked for at once: a store that is being closed takes no further calls.
    await Promise.all([
      store.figures.keepNode({ id, seenMs: clock.now(), body }),
      rows.length === 0 ? undefined : store.figures.write(id, rows),
    ]);
    figures.confirm(rows);
  };
}
