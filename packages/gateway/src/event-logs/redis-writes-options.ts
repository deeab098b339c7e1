/** What the writes of a gateway to Redis need. */
import type { ConversationId, RunId } from '@rivulet/protocol';
import type { Clock } from '../base/index.ts';
import type { LocalCopies } from './local-copies.ts';
import type { RedisCommands } from './redis-commands.ts';

/** Options of `RedisWrites`. */
export interface RedisWritesOptions {
  commands: RedisCommands;
  copies: LocalCopies;
  clock: Clock;
  /** When viewers of this gateway see an event: at once, or when Redis has it. */
  deliver: 'at-once' | 'logged';
  /** Calls `send` and writes the commands that it issues to the socket at once. */
  sendCorked: (send: () => void) => void;
  /** Whether there is a connection to Redis. */
  isConnected: () => boolean;
  /** Called when an answer says that a run was stopped; may be called again. */
  onStopped: (id: ConversationId, runId: RunId) => void;
  /** Called when Redis has not taken what viewers were shown: it is written again until `restored` resolves. */
  onUnanswered: (error: unknown, restored: Promise<void>) => void;
  /** Called with errors from which the writes recover. */
  onError: (error: unknown) => void;
}
