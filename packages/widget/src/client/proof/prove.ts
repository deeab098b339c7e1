/** Answers a `proof-required`: computes the proof and connects with it. Loaded on demand, because few sites ask for one. @see PROTOCOL.md §2 */
import type { ProvingChat } from './proving-chat.ts';
import { solveChallenge } from './solve-challenge.ts';
import { solveInWorker } from './solve-in-worker.ts';

/** What a client has solved lately. */
interface Progress {
  isSolving: boolean;
  /** The proofs within the window. */
  count: number;
  sinceMs: number;
}

const progressOf = new WeakMap<ProvingChat, Progress>();
/** A gateway that accepts no proof, such as one of two with different secrets, must not keep the device busy. */
const MAX_PROOFS = 3;
const WINDOW_MS = 60_000;

/**
 * Computes a proof and says hello with it. Does nothing while a proof is being computed, and after three in a minute: the connection asks
 * for a new challenge by itself. Messages stay in the outbox meanwhile.
 * @param challenge that of the rejection
 */
export async function prove(session: ProvingChat, challenge: string): Promise<void> {
  const progress = progressOf.get(session) ?? { isSolving: false, count: 0, sinceMs: -Infinity };
  progressOf.set(session, progress);
  const nowMs = session.environment.clock.now();
  if (nowMs - progress.sinceMs > WINDOW_MS) Object.assign(progress, { count: 0, sinceMs: nowMs });
  if (progress.isSolving || progress.count === MAX_PROOFS) return;
  progress.isSolving = true;
  progress.count += 1;
  const controller = new AbortController();
  const stop = session.emitter.on('status', ({ status }) => {
    // Closed, or admitted: the site has identified the visitor, or another tab has a connection.
    if (status === 'idle' || status === 'online') controller.abort();
  });
  try {
    const proof = await solve(session, challenge, controller);
    if (controller.signal.aborted) return;
    session.proof = proof;
    session.connection.restart();
  } catch (error) {
    session.environment.report(error);
  } finally {
    // The hello was built while the connection restarted. A proof counts once, so that no later one has it.
    session.proof = undefined;
    progress.isSolving = false;
    stop();
  }
}

async function solve(
  { identity }: ProvingChat,
  challenge: string,
  controller: AbortController,
): Promise<string | undefined> {
  // Another tab, with a connection of its own, was faster.
  if (identity.token !== undefined) return undefined;
  const proof = await solveInWorker(challenge, controller.signal);
  return proof ?? (controller.signal.aborted ? undefined : solveChallenge(challenge, controller));
}
