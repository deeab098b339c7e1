/**
 * The messages that tabs of one browser exchange about their shared connection. They are objects, not frames: the leader has
 * validated what the gateway sent, and a script that can post here controls the origin and its storage anyway. Tabs with another
 * version of these messages use another channel, see TAB_CHANNEL_VERSION.
 *
 * No message contains a token, neither of the site nor of an anonymous visitor: every script of the origin may listen, and a
 * token is valid outside of this browser, too. Tabs compare identity keys, and share an anonymous token through the storage.
 */
import type { ChatEvent, Command, CommandOf, EventOf } from '@rivulet/protocol';
import type { ConnectionKey } from './connection-key.ts';

/** Part of every channel's name. Pages stay open for weeks: raise it with each change that an older tab would misread. */
export const TAB_CHANNEL_VERSION = 'rivulet:3';

/** The tokens of a hello, as keys that reveal neither. A key is absent where the token is. @see identityKeyOf */
export interface IdentityKeys {
  /** The visitor or user. */
  identityKey?: string;
  /** The anonymous visitor that the hello merges into the user. */
  previousKey?: string;
}

/** The `welcome` of a shared connection. */
export type SharedWelcome = Omit<EventOf<'welcome'>, 'token'>;

/** From a follower to the leader. */
export type FollowerMessage =
  /** Joins the connection. The leader sends the subscriptions of the follower's hello to the gateway. */
  | ({ kind: 'join'; tab: string } & Pick<CommandOf<'hello'>, 'id' | 'subscriptions'> & IdentityKeys)
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
  | { kind: 'welcome'; to: string; via: ConnectionKey; count: number; welcome: SharedWelcome }
  /** The follower has another identity and needs a connection of its own. */
  | { kind: 'refuse'; to: string }
  /** An event of the connection, to all tabs. */
  | { kind: 'event'; via: ConnectionKey; event: ChatEvent };

/** Any message on the channel. */
export type TabMessage = FollowerMessage | LeaderMessage;
