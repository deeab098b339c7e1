/**
 * What the tabs of one browser say to each other about their line. Objects, not frames: the leader has validated what comes
 * from the gateway, and a script that can post here owns the origin and its storage anyhow. Tabs of another version of
 * these words meet under another name, see TAB_WORDS.
 */
import type { ChatEvent, Command, CommandOf, EventOf } from '@rivulet/protocol';

/** Part of every name. A page stays open for weeks: raise it with each change that an older tab would misread. */
export const TAB_CHANNEL_VERSION = 'rivulet:1';

/** One real line of one leader: the tab, and how many it had before. */
export interface ConnectionKey {
  tab: string;
  line: number;
}

export type FollowerMessage =
  /** A new virtual line; the leader says the hello's subscriptions to the gateway. */
  | { kind: 'join'; tab: string; hello: CommandOf<'hello'> }
  | { kind: 'commands'; tab: string; via: ConnectionKey; commands: readonly Command[] }
  | { kind: 'leave'; tab: string }
  /** Are you there? */
  | { kind: 'ask'; tab: string }
  /** Somebody looks at this tab, or its network is back: see whether the line lives. */
  | { kind: 'look'; tab: string };

/** `count`: how many events were posted of the line so far, so that a tab that missed one notices. */
export type LeaderMessage =
  /** `via` null: alive, and without a line just now. Also unasked, when that changes. */
  | { kind: 'here'; tab: string; via: ConnectionKey | null; count: number }
  | { kind: 'welcome'; to: string; via: ConnectionKey; count: number; welcome: EventOf<'welcome'> }
  /** The follower speaks as somebody else: it needs a line of its own. */
  | { kind: 'refuse'; to: string }
  | { kind: 'event'; via: ConnectionKey; event: ChatEvent };

export type TabMessage = FollowerMessage | LeaderMessage;

export function isSameConnection(
  one: ConnectionKey | null | undefined,
  other: ConnectionKey | null | undefined,
): boolean {
  return one?.tab === other?.tab && one?.line === other?.line;
}
