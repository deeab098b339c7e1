/** Several event logs on one Redis, each as that of one gateway, for the tests of a file. */
import { mintConversationId, type ConversationId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { randomBytes } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createRedisEventLog, type RedisEventLogOptions } from '../event-logs/redis.ts';
import { startRedis, type RedisServer } from './redis-server.ts';

/** How long a test may take that starts or kills servers. */
export const REDIS_TIMEOUT_MS = 60_000;

/** The event logs of the current test. */
export interface RedisNodes {
  /** A volatile server, the same for all tests of the file. */
  readonly server: RedisServer;
  /** A new conversation for each test. */
  readonly id: ConversationId;
  /** Creates an event log, which is closed after the test. */
  readonly open: (options?: Partial<RedisEventLogOptions>) => EventLog;
  /** Two of them. */
  readonly openTwo: () => readonly [EventLog, EventLog];
  /** The name of a key or channel of the conversation. */
  readonly keyOf: (ending?: string) => string;
}

/** Starts the server before the tests of the file. To be called once, outside of tests. */
export function useRedisNodes(): RedisNodes {
  let server: RedisServer | undefined;
  let id: ConversationId;
  let nodes: EventLog[] = [];
  const running = (): RedisServer => {
    if (server === undefined) throw new Error('the server is started before the tests');
    return server;
  };
  beforeAll(async () => {
    server = await startRedis('volatile');
  }, REDIS_TIMEOUT_MS);
  afterAll(() => server?.dispose(), REDIS_TIMEOUT_MS);
  beforeEach(() => {
    id = mintConversationId(randomBytes);
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    nodes = [];
  });
  const open = (options: Partial<RedisEventLogOptions> = {}): EventLog => {
    const node = createRedisEventLog({ url: running().url, ...options });
    nodes.push(node);
    return node;
  };
  return {
    get server() {
      return running();
    },
    get id() {
      return id;
    },
    open,
    openTwo: () => [open(), open()],
    keyOf: (ending = '') => `rivulet:{${id}}${ending}`,
  };
}
