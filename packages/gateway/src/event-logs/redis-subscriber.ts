/** The connections over which a gateway receives what other gateways publish: one to a server, or one to each node of a cluster. */
import type { Redis } from 'ioredis';

/** Whether a channel may have lost messages. */
export type IsConcerned = (channel: string) => boolean;

/** Subscribes to sharded channels. */
export interface RedisSubscriber {
  /** Resolves when what is published from now on arrives. @param channels all with one hash tag */
  subscribe(...channels: string[]): Promise<void>;
  unsubscribe(...channels: string[]): Promise<void>;
  /** Calls `handle` with each message. */
  onMessage(handle: (channel: string, message: string) => void): void;
  /**
   * Calls `handle` when a connection is there, the first time or again, and when channels have moved to another node. The channels that
   * `isConcerned` must be subscribed to again, and then read.
   */
  onReady(handle: (isConcerned: IsConcerned) => void): void;
  /** Pings, so that a dead connection is noticed. */
  keepAlive(): Promise<void>;
  /** Rejects when it is known that nothing arrives. */
  check(): Promise<void>;
  disconnect(): void;
}

/** A subscriber to one server. @param redis a connection of its own, which does not resubscribe by itself */
export function createServerSubscriber(redis: Redis): RedisSubscriber {
  return {
    subscribe: async (...channels) => {
      await redis.ssubscribe(...channels);
    },
    unsubscribe: async (...channels) => {
      await redis.sunsubscribe(...channels);
    },
    onMessage: (handle) => void redis.on('smessage', handle),
    onReady: (handle) =>
      void redis.on('ready', () => {
        handle(() => true);
      }),
    keepAlive: async () => {
      if (redis.status === 'ready') await redis.ping();
    },
    check: async () => {
      await redis.ping();
    },
    disconnect: () => {
      redis.disconnect();
    },
  };
}
