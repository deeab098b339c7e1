/** The interface of the benchmark's targets. */
import type { Child } from '../child.ts';
import type { AnswerPlan } from '../stamp.ts';

/** Called with each part of an answer as it arrives: raw text that contains complete stamps. */
export type OnText = (text: string) => void;

/** One visitor with an open connection. */
export interface Visitor {
  /** Requests an answer. Resolves at its end. */
  ask(plan: AnswerPlan, onText: OnText): Promise<void>;
  /** Stops reading from the connection until the visitor is closed. */
  pause(): void;
  /** Closes the connection. */
  close(): void;
}

/** One conversation with several viewers, each with its own connection. */
export interface Audience {
  /** The number of viewers. */
  viewers: number;
  /** Requests an answer as the first viewer. Resolves when every viewer has received its end. */
  ask(plan: AnswerPlan, onText: (viewer: number, text: string) => void): Promise<void>;
  /** Closes all connections. */
  close(): void;
}

/** Viewers who have returned. */
export interface Returned {
  /** From each viewer's attempt to connect until it had the whole conversation, in milliseconds. */
  syncedMs: number[];
  /** Closes their connections. */
  close(): Promise<unknown>;
}

/** One conversation of a target that stores conversations, with the visitor who owns it. */
export interface StoredConversation {
  /**
   * Adds a question and its answer, two messages. Resolves at the end of the answer.
   * @returns the time from the question to its acceptance, in milliseconds
   */
  ask(plan: AnswerPlan): Promise<number>;
  /**
   * Connects more viewers, one after the other within `withinMs`, as pages do that return: half of them with a cursor that the
   * target does not know any more, half without one. Resolves when all of them have received the whole conversation.
   */
  rejoin(viewers: number, withinMs: number): Promise<Returned>;
  /** Closes the connection that asks. */
  close(): void;
}

/** A server beside a target, as a process of its own or several. */
export interface Service {
  /** The CPU time of all its processes so far, in microseconds. */
  cpuUs(): number;
}

/** One gateway of several that share a service. */
export interface Node {
  child: Child;
  /** Connects a new visitor. */
  connect(): Promise<Visitor>;
  /** Ends the process, and nothing that it shares. */
  close(): Promise<void>;
}

/** A server to measure, in a separate process. */
export interface Target {
  name: TargetName;
  child: Child;
  /** The servers that `child` uses. Absent: none. */
  services?: { redis: Service & { url: string }; postgres: Service };
  /** Whether a visitor has an open connection while there is no answer. */
  hasIdleConnections: boolean;
  /** The length at which it ends an answer, in characters. Absent: it has no limit. */
  maxAnswerChars?: number;
  /** Connects a new visitor. */
  connect(): Promise<Visitor>;
  /** Connects viewers of one conversation. Absent when the target cannot send one answer to several viewers. */
  gather?(viewers: number): Promise<Audience>;
  /** Connects a new visitor and starts a conversation. Absent when the target stores nothing. */
  converse?: () => Promise<StoredConversation>;
  /** Starts one more gateway that shares `services`. The caller closes it. Absent: the target is always a single process. */
  startNode?(): Promise<Node>;
  /** Starts one more process of this kind, for measurements that earlier scenarios would falsify. The caller closes it. */
  startAnother(): Promise<Target>;
  /** Ends the process, and the servers beside it. */
  close(): Promise<void>;
}

/**
 * `pipe` does the least that a relay can do; `naive` and `socket.io` are relays that store nothing; `rivulet` is the gateway with
 * its default adapters, `distributed` the gateway on Redis and Postgres, `logged` the same with `redisDeliver: "logged"`.
 */
export const TARGET_NAMES = ['pipe', 'naive', 'socket.io', 'rivulet', 'distributed', 'logged'] as const;
/** One of `TARGET_NAMES`. */
export type TargetName = (typeof TARGET_NAMES)[number];

/** Opens connections, at most 50 at the same time, so that no listen queue overflows. */
export async function openAll<Opened>(count: number, open: () => Promise<Opened>): Promise<Opened[]> {
  const all: Opened[] = [];
  while (all.length < count)
    all.push(...(await Promise.all(Array.from({ length: Math.min(50, count - all.length) }, open))));
  return all;
}
