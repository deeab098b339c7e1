/** What every target of the benchmark can do. */
import type { Child } from '../child.ts';
import type { AnswerPlan } from '../stamp.ts';

/** Receives the pieces of an answer as they arrive: raw text in which the stamps can be found. */
export type OnText = (text: string) => void;

/** One visitor with an open connection. */
export interface Visitor {
  /** Asks for an answer. Resolves at its end. */
  ask(plan: AnswerPlan, onText: OnText): Promise<void>;
  /** Stops reading from the connection, until the visitor is closed. */
  pause(): void;
  close(): void;
}

/** One conversation with several viewers; the first of them asks. */
export interface Audience {
  ask(plan: AnswerPlan, onText: (viewer: number, text: string) => void): Promise<void>;
  close(): void;
}

/** Something to measure, in a process of its own. */
export interface Target {
  name: TargetName;
  child: Child;
  connect(): Promise<Visitor>;
  /** Absent: it cannot show one answer to several viewers. */
  gather?(viewers: number): Promise<Audience>;
  close(): Promise<void>;
}

/** `pipe` is the limit, `naive` and `socket.io` are relays that keep nothing. */
export type TargetName = 'pipe' | 'naive' | 'socket.io' | 'rivulet';

/** At most 50 connections at a time, so that no listen queue overflows. */
export async function openAll<Opened>(count: number, open: () => Promise<Opened>): Promise<Opened[]> {
  const all: Opened[] = [];
  while (all.length < count)
    all.push(...(await Promise.all(Array.from({ length: Math.min(50, count - all.length) }, open))));
  return all;
}
