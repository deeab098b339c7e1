/** Thousands of viewers in a thread of their own, which follow conversations on one gateway and come back to others when it dies. */
import { Worker } from 'node:worker_threads';
import type { ConversationId } from '@rivulet/protocol';
import type { CrowdFaults, Return } from './crowd-viewer.ts';

/** A conversation to follow. */
export interface Followed {
  conversationId: ConversationId;
  /** The token of its owner. */
  token: string;
}

/** What the thread is asked. */
export type Asked =
  | { kind: 'join'; url: string; followed: readonly Followed[]; viewersEach: number }
  | { kind: 'return-to'; urls: readonly string[] }
  | { kind: 'settle'; answered: ReadonlySet<ConversationId> };

/** What the thread tells. */
export type Told =
  | { kind: 'joined' }
  | { kind: 'resumed'; returns: readonly Return[] }
  | { kind: 'settled'; faults: CrowdFaults; states: [ConversationId, string][] };

type ToldOf<Kind extends Told['kind']> = Extract<Told, { kind: Kind }>;

/** A crowd. The caller ends it. */
export interface Crowd {
  /** Connects viewers of each conversation to one gateway; resolves when each has its conversation, with one question and its answer. */
  join(url: string, followed: readonly Followed[], viewersEach: number): Promise<void>;
  /** From now on a viewer that loses its connection comes back to one of these gateways. @returns when all have come back */
  returnTo(urls: readonly string[]): Promise<readonly Return[]>;
  /**
   * Waits until no viewer has an answer that is being written, and those of the conversations that were asked again have both answers.
   * @returns the messages that each viewer has, as JSON, with their conversation
   */
  settle(answered: ReadonlySet<ConversationId>): Promise<ToldOf<'settled'>>;
  /** Disconnects all viewers. */
  end(): Promise<unknown>;
}

/** Starts a crowd without viewers. */
export function startCrowd(): Crowd {
  const worker = new Worker(new URL('crowd-thread.ts', import.meta.url));
  const told = <Kind extends Told['kind']>(kind: Kind): Promise<ToldOf<Kind>> =>
    new Promise((resolve, reject) => {
      worker.once('error', reject);
      const read = (message: Told) => {
        if (message.kind !== kind) return;
        worker.off('message', read).off('error', reject);
        resolve(message as ToldOf<Kind>); // its kind was compared
      };
      worker.on('message', read);
    });
  const ask = (asked: Asked) => {
    worker.postMessage(asked);
  };
  return {
    async join(url, conversations, viewersEach) {
      const followed = conversations.map(({ conversationId, token }) => ({ conversationId, token }));
      ask({ kind: 'join', url, followed, viewersEach });
      await told('joined');
    },
    async returnTo(urls) {
      ask({ kind: 'return-to', urls });
      return (await told('resumed')).returns;
    },
    settle(answered) {
      ask({ kind: 'settle', answered });
      return told('settled');
    },
    end: () => worker.terminate(),
  };
}
