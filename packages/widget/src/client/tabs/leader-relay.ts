/**
 * The leader's part of the shared connection: relays commands and events between the connection and the other tabs. It keeps no
 * state of any conversation. A follower's subscription is sent to the gateway with the follower's own cursor, and every event is
 * posted to every tab, so that PROTOCOL.md §5 and §6 hold without further code. When a stream starts over from the cursor of one
 * tab, the others receive events again, which changes nothing, or find a gap, which they close by resuming. If the leader
 * answered followers from its own state, it would implement the gateway's replay a second time. Answers to commands are posted
 * to all tabs, too: command ids are unique, and a tab ignores ids that it does not know.
 */
import type { ChatEvent, Command, CommandOf, ConversationId, EventOf } from '@rivulet/protocol';
import type { ClientChannel } from '../transports/transport.ts';
import type { PendingConnection } from '../transports/pending-connection.ts';
import { identityKeyOf } from '../identity/identity-key.ts';
import { isSameConnection, type ConnectionKey } from './connection-key.ts';
import type { FollowerMessage, IdentityKeys, LeaderMessage, SharedWelcome } from './tab-messages.ts';

/** Options of `LeaderRelay`. */
export interface LeaderRelayOptions {
  /** The id of this tab. */
  tab: string;
  /** Posts a message to the other tabs. */
  post(message: LeaderMessage): void;
  /** Checks whether the connection is alive. */
  probe: () => void;
}

/** A connection that the gateway has welcomed, and how many of its events were posted. */
interface SharedConnection {
  welcome: SharedWelcome;
  count: number;
}

/** The keys of the hello's tokens, which may be posted. */
export function identityKeysOf({ token, previousToken }: CommandOf<'hello'>): IdentityKeys {
  return {
    ...(token === undefined ? {} : { identityKey: identityKeyOf(token) }),
    ...(previousToken === undefined ? {} : { previousKey: identityKeyOf(previousToken) }),
  };
}

/** Relays between the leader's connection and the followers, for as long as this tab leads. */
export class LeaderRelay {
  readonly #options: LeaderRelayOptions;
  /**
   * The tabs that share the connection, and the conversation that each follows. Tabs that crash stay in it: a few bytes for each,
   * until the connection ends.
   */
  readonly #followed = new Map<string, ConversationId | undefined>();
  #channel: ClientChannel | undefined;
  #key: ConnectionKey;
  #shared: SharedConnection | undefined;
  /** The identity of the connection: that of its hello, or that of the anonymous token in its welcome. */
  #keys: IdentityKeys = {};

  constructor(options: LeaderRelayOptions) {
    this.#options = options;
    this.#key = { tab: options.tab, line: 0 };
  }

  /** Uses `channel` as this tab's connection and shares it with the other tabs once the gateway has sent its welcome. */
  share(connection: PendingConnection, channel: ClientChannel, hello: CommandOf<'hello'>): void {
    this.#keys = identityKeysOf(hello);
    this.#key = { tab: this.#key.tab, line: this.#key.line + 1 };
    this.#channel = channel;
    this.#shared = undefined;
    this.#followed.set(this.#key.tab, hello.subscriptions[0]?.conversationId);
    connection.attach(channel, {
      send: (item) => this.#forward(this.#key.tab, 'type' in item ? [item] : item),
      receive: this.#receive,
    });
  }

  /** Shares a connection that was welcomed before there was a group. `conversationId`: the conversation that this tab follows. */
  begin(welcome: EventOf<'welcome'>, conversationId: ConversationId): void {
    this.#followed.set(this.#key.tab, conversationId);
    this.#receive(welcome);
  }

  /** Forgets the connection, which has ended, and tells the other tabs. */
  end(): void {
    this.#channel = undefined;
    this.#followed.clear();
    if (this.#shared === undefined) return;
    this.#shared = undefined;
    this.report();
  }

  /** Tells all tabs which connection they share, if any. */
  report(): void {
    const via = this.#shared === undefined ? null : this.#key;
    this.#options.post({ kind: 'here', tab: this.#key.tab, via, count: this.#shared?.count ?? 0 });
  }

  /** Handles a message of a follower. */
  receive(message: FollowerMessage): void {
    switch (message.kind) {
      case 'join':
        this.#join(message);
        break;
      case 'commands':
        if (isSameConnection(message.via, this.#key)) void this.#forward(message.tab, message.commands);
        else this.report();
        break;
      case 'leave':
        this.#followed.delete(message.tab);
      // falls through: the answer to the probe makes each tab adopt the messages that the leaving tab had not sent
      case 'look':
        this.#options.probe();
        break;
      case 'ask':
        this.report();
        break;
    }
  }

  readonly #receive = (event: ChatEvent): void => {
    if (event.type === 'welcome') {
      const { token, ...welcome } = event;
      if (token !== undefined) this.#keys.identityKey ??= identityKeyOf(token);
      if (this.#shared === undefined) {
        this.#shared = { welcome, count: 0 };
        this.report();
        return;
      }
      this.#shared.welcome = welcome; // said again: something has changed
    }
    // Only the tab with the socket leaves a draining gateway; the others follow it.
    if (this.#shared === undefined || this.#followed.size < 2 || event.type === 'draining') return;
    this.#shared.count += 1;
    this.#options.post({ kind: 'event', via: this.#key, event });
  };

  #join({ tab, id, subscriptions, ...keys }: Extract<FollowerMessage, { kind: 'join' }>): void {
    if (this.#shared === undefined) {
      this.report();
      return;
    }
    // A follower without a token has the identity of the connection. One with a visitor to merge needs a hello of its own.
    const { identityKey = this.#keys.identityKey, previousKey = this.#keys.previousKey } = keys;
    if (identityKey !== this.#keys.identityKey || previousKey !== this.#keys.previousKey) {
      this.#options.post({ kind: 'refuse', to: tab });
      return;
    }
    this.#followed.set(tab, undefined);
    this.#options.post({ kind: 'welcome', to: tab, via: this.#key, ...this.#shared });
    // Under the hello's id: a refused subscription is rejected under that id (PROTOCOL.md §2.3).
    for (const subscription of subscriptions)
      void this.#forward(tab, [{ type: 'subscribe', id, ...subscription }]);
  }

  #forward(tab: string, commands: readonly Command[]): Promise<void> {
    const forwarded = commands.filter((command) => this.#mustForward(tab, command));
    const [only] = forwarded;
    if (this.#channel === undefined || only === undefined) return Promise.resolve();
    return this.#channel.send(forwarded.length === 1 ? only : forwarded);
  }

  /** Forwards commands, except an unsubscribe from a conversation that another tab follows. */
  #mustForward(tab: string, command: Command): boolean {
    if (command.type === 'subscribe' || command.type === 'send-message')
      this.#followed.set(tab, command.conversationId);
    if (command.type !== 'unsubscribe') return true;
    if (this.#followed.get(tab) === command.conversationId) this.#followed.set(tab, undefined);
    return ![...this.#followed.values()].includes(command.conversationId);
  }
}
