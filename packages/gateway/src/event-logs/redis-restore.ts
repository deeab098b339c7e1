/** Writes again what a gateway has shown, after Redis was away or has lost its data. */
import { ChatError } from '@rivulet/protocol';
import type { Clock } from '../base/index.ts';
import type { Kept } from './event-log.ts';
import type { LocalCopies } from './local-copies.ts';
import type { RedisCommands } from './redis-commands.ts';
import type { Lead } from './redis-lead.ts';
import type { Batch, WriteQueue } from './redis-write-queue.ts';

/** Between two attempts. */
const RETRY_MS = 250;

/** What a restoration needs. */
export interface RestoreOptions {
  commands: Pick<RedisCommands, 'restore'>;
  clock: Clock;
  isConnected: () => boolean;
  isClosed: () => boolean;
  copies: Pick<LocalCopies, 'readLed'>;
  /** Called with the first failed attempt. */
  onError: (error: unknown) => void;
}

/** What is restored. */
export interface Restored {
  queue: WriteQueue;
  lead: Lead;
  /** What was on its way; the appends that were shown meanwhile are added to it. */
  batch: Batch;
}

/**
 * Tries until it succeeds. The lease is extended then.
 * @returns the kept window as Redis has it; its epoch is another one when somebody else has appended meanwhile
 * @throws {ChatError} `conflict` when another gateway has taken over, or this one no longer leads; `internal` when the log was closed
 */
export async function restore(
  { commands, clock, isConnected, isClosed, copies, onError }: RestoreOptions,
  { queue, lead, batch }: Restored,
): Promise<Kept> {
  let isReported = false;
  while (!isClosed() && queue.lead === lead) {
    batch.appends.push(...queue.takeTold());
    const kept = isConnected() ? await attempt() : undefined;
    if (kept !== undefined) return kept;
    await new Promise<void>((resolve) => void clock.after(RETRY_MS, resolve));
  }
  throw new ChatError(isClosed() ? 'internal' : 'conflict', { message: NOT_WRITTEN });

  async function attempt(): Promise<Kept | undefined> {
    const { fence, ttlMs } = lead;
    const askedAtMs = performance.now();
    const kept = copies.readLed(queue.id);
    try {
      const epoch = await commands.restore(queue.id, { fence, ttlMs, kept });
      lead.extend(ttlMs, askedAtMs);
      lead.isEager = true; // until the next answer tells who listens
      return { ...kept, head: { ...kept.head, epoch } };
    } catch (error) {
      if (error instanceof ChatError && error.code === 'conflict') throw error;
      if (!isReported) onError(error);
      isReported = true;
      return undefined;
    }
  }
}

/** Why what was shown was not written. */
export const NOT_WRITTEN = 'The event log was lost or closed before it had these events.';
