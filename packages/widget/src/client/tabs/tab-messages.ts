/**
 * The messages that tabs of one browser exchange about their shared connection. They are objects, not frames: the leader has
 * validated what the gateway sent, and a script that can post here controls the origin and its storage anyway. Tabs with another
 * version of these messages use another channel, see TAB_CHANNEL_VERSION.
 */
import type { ChatEvent, Command, CommandOf, EventOf } from '@rivulet/protocol';

/** Part of every channel's name. Pages stay open for weeks: raise it with each change that an older tab would misread. */
export const TAB_CHANNEL_VERSION = 'rivulet:1';

/** Identifies one connection of one leader. */
export interface ConnectionKey {
  /** The id of the leader's tab. */
  tab: string;
  /** The number of the connection, counted from 1 in each tab. Part of the message format: a rename needs a new version. */
  line: number;
}

/** From a follower to the leader. */
export type FollowerMessage =
  /** Joins the connection. The leader sends the subscriptions of the hello to the gateway. */
  | { kind: 'join'; tab: string; hello: CommandOf<'hello'> }
  /** Sends commands on the leader's connection. */
  | { kind: 'commands'; tab: string; via: ConnectionKey; commands: readonly Command[] }
  /** Leaves the connection. */
  | { kind: 'leave'; tab: string }
  /** Asks whether there is a leader, and for its connection. */
  | { kind: 'ask'; tab: string }
  /** The visitor looks at this tab, or its network is back: check whether the connection is alive. */
  | { kind: 'look'; tab: string };

/** From the leader. `count`: how many events of the connection were posted so far, so that a tab that missed one notices. */
export type LeaderMessage =
  /** Answers `ask`, and is posted when the connection changes. `via` null: the leader is alive but has no connection. */
  | { kind: 'here'; tab: string; via: ConnectionKey | null; count: number }
  /** Answers `join`: the follower uses the connection from now on. */
  | { kind: 'welcome'; to: string; via: ConnectionKey; count: number; welcome: EventOf<'welcome'> }
  /** The follower has another identity and needs a connection of its own. */
  | { kind: 'refuse'; to: string }
  /** An event of the connection, to all tabs. */
  | { kind: 'event'; via: ConnectionKey; event: ChatEvent };

/** Any message on the channel. */
export type TabMessage = FollowerMessage | LeaderMessage;

/** Whether both keys identify the same connection, or neither identifies one. */
export function isSameConnection(
  one: ConnectionKey | null | undefined,
  other: ConnectionKey | null | undefined,
): boolean {
  return one?.tab === other?.tab && one?.line === other?.line;
}
