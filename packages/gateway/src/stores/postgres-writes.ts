/** The writes of runs, of which many share a round trip and a commit: accepted messages, ends, usage, and settled ends. */
import type { ConversationId, MessageId } from '@rivulet/protocol';
import { systemClock } from '../base/index.ts';
import { charsOf, toAccepted, toAcceptCall, toAcceptJson, type AcceptCall } from './postgres-accept.ts';
import { createBatches, type BatchOptions, type Company } from './postgres-batches.ts';
import type { PostgresDatabase } from './postgres-database.ts';
import {
  charsOfEnd,
  toEndCall,
  toEnded,
  toEndJson,
  toUsageJson,
  type EndCall,
  type SettledRun,
} from './postgres-ends.ts';
import { isOfOneCall } from './postgres-errors.ts';
import type { Acceptance, Accepted, EndedMessage, UsageRecord } from './store.ts';

/** @see Store for what the methods do */
export interface PostgresWrites {
  accept(acceptance: Acceptance): Promise<Accepted>;
  endRun(id: ConversationId, message: EndedMessage, nowMs: number): Promise<boolean>;
  settleRun(id: ConversationId, messageId: MessageId): Promise<void>;
  recordUsage(record: UsageRecord): Promise<void>;
}

/**
 * How long a batch waits for a lock that another transaction holds, in ms. Then each call waits alone. A transaction of this
 * gateway holds its locks for some milliseconds.
 */
const LOCK_TIMEOUT_MS = 500;

/** Creates the writes of a database. */
export function createPostgresWrites(database: PostgresDatabase): PostgresWrites {
  const shared = { ...database.waiting, isOfOneCall, clock: systemClock };
  const batches = <Call, Outcome>(options: Omit<BatchOptions<Call, Outcome>, keyof typeof shared>) =>
    createBatches({ ...options, ...shared });
  const accepts = batches<AcceptCall, Accepted>({
    keyOf: ({ acceptance }) => acceptance.conversationId,
    charsOf,
    run: async (calls, company) =>
      toAccepted((await database.write('accept', [toAcceptJson(calls), lockTimeoutMs(company)])).rows[0]),
  });
  const ends = batches<EndCall, boolean>({
    keyOf: ({ id }) => id,
    charsOf: charsOfEnd,
    run: async (calls, company) => {
      const { rows } = await database.write('endRuns', [toEndJson(calls), lockTimeoutMs(company)]);
      return toEnded(calls, rows[0]);
    },
  });
  const settled = batches<SettledRun, undefined>({
    keyOf: ({ message_id: messageId }) => messageId,
    charsOf: () => 0,
    run: async (runs, company) => {
      await database.write('settleRuns', [JSON.stringify(runs), lockTimeoutMs(company)]);
      return runs.map(() => undefined);
    },
  });
  const usage = batches<UsageRecord, undefined>({
    keyOf: ({ runId }) => runId,
    charsOf: () => 0,
    run: async (records, company) => {
      await database.write('recordUsage', [toUsageJson(records), lockTimeoutMs(company)]);
      return records.map(() => undefined);
    },
  });
  return {
    accept: async (acceptance) => accepts(toAcceptCall(acceptance)),
    endRun: async (id, message, nowMs) => ends(toEndCall(id, message, nowMs)),
    async settleRun(id, messageId) {
      await settled({ id, message_id: messageId });
    },
    async recordUsage(record) {
      await usage(record);
    },
  };
}

/** As text, because a statement of SQL passes it to `set_config`. Alone, the limit is the query's. */
const lockTimeoutMs = (company: Company): string => (company === 'alone' ? '0' : String(LOCK_TIMEOUT_MS));
