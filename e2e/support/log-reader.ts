/** Reads the event log of a cluster beside its gateways, to check what they have written. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConversationId, LoggedEvent } from '@rivulet/protocol';
import { createRedisEventLog } from '../../packages/gateway/src/event-logs/redis.ts';

/** A connection to a log; the caller closes it. */
export interface LogReader {
  /** The kept events of a conversation. Waits for a Redis that is being restarted. */
  read(id: ConversationId): Promise<readonly LoggedEvent[]>;
  close(): Promise<void>;
}

/** The time in which Redis is started. */
const RETRY_MS = 500;

/** Connects with the first read. @param url as `createRedisEventLog` accepts it */
export function openLogReader(url: string): LogReader {
  const log = createRedisEventLog({ url });
  return {
    async read(id) {
      for (;;) {
        const kept = await log.read(id).catch(() => undefined);
        if (kept !== undefined) return kept.events;
        await pause(RETRY_MS);
      }
    },
    close: () => log.close(),
  };
}
