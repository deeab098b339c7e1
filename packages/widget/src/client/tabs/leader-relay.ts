/**
 * What the tab that holds the real line does for the others. It keeps no state of any conversation: a follower's subscription
 * is said to the gateway, with the follower's own cursor, and every event goes to every tab. That keeps §5 and §6 by
 * themselves. A session's stream that starts over from somebody's cursor is to all others what it is to the one who asked: a
 * repeat, which changes nothing, or a gap, which they close by resuming. Answering from a view of the leader's own would be a
 * second implementation of the gateway's hardest part. Answers to commands go to all as well: command ids are unique, and an
 * id that a tab does not know means nothing to it.
 */
import type { ChatEvent, Command, CommandOf, ConversationId, EventOf } from '@rivulet/protocol';
import type { ClientChannel } from '../transports/transport.ts';
import type { PendingConnection } from '../transports/pending-connection.ts';
import {
  isSameConnection,
  type FollowerMessage,
  type LeaderMessage,
  type ConnectionKey,
} from './tab-messages.ts';

export interface LeaderRelayOptions {
  tab: string;
  post(message: LeaderMessage): void;
  /** See whether the real line lives. */
  probe: () => void;
}

/** A welcomed line, and what who joins it is told. */
interface Shared {
  welcome: EventOf<'welcome'>;
  count: number;
}

export class LeaderRelay {
  readonly #options: LeaderRelayOptions;
  /** Who is on the line, and what each follows. Grows with the tabs that were opened while this one leads: a few bytes each. */
  readonly #followed = new Map<string, ConversationId | undefined>();
  #real: ClientChannel | undefined;
  #via: ConnectionKey;
  #shared: Shared | undefined;
  /** Who the line speaks as; undefined: as the site says, and the group's name tells. */
  #token: string | undefined;
  /** The visitor whom the line's hello has merged into the person. */
  #previousToken: string | undefined;

  constructor(options: LeaderRelayOptions) {
    this.#options = options;
    this.#via = { tab: options.tab, line: 0 };
  }

  /** Carries this tab's own line by `real`, and from its welcome on those of the others. */
  share(connection: PendingConnection, real: ClientChannel, hello: CommandOf<'hello'>): void {
    const { token, previousToken, subscriptions } = hello;
    this.#token = token;
    this.#previousToken = previousToken;
    this.#via = { tab: this.#via.tab, line: this.#via.line + 1 };
    this.#real = real;
    this.#followed.set(this.#via.tab, subscriptions[0]?.conversationId);
    connection.attach(real, {
      send: (item) => this.#forward(this.#via.tab, 'type' in item ? [item] : item),
      receive: this.#receive,
    });
  }

  /** The line was carried without the others so far, and follows this conversation by now. */
  begin(welcome: EventOf<'welcome'>, follows: ConversationId): void {
    this.#followed.set(this.#via.tab, follows);
    this.#receive(welcome);
  }

  /** The real line is gone. */
  end(): void {
    this.#real = undefined;
    this.#followed.clear();
    if (this.#shared === undefined) return;
    this.#shared = undefined;
    this.report();
  }

  /** Where everybody is, to all. */
  report(): void {
    const via = this.#shared === undefined ? null : this.#via;
    this.#options.post({ kind: 'here', tab: this.#via.tab, via, count: this.#shared?.count ?? 0 });
  }

  receive(message: FollowerMessage): void {
    switch (message.kind) {
      case 'join':
        this.#join(message);
        break;
      case 'commands':
        if (isSameConnection(message.via, this.#via)) void this.#forward(message.tab, message.commands);
        else this.report();
        break;
      case 'leave':
        this.#followed.delete(message.tab);
      // falls through: on the answer each tab looks for what the one that left had not sent
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
      this.#token ??= event.token;
      this.#shared = { welcome: event, count: 0 };
      this.report();
      return;
    }
    // Leaving a draining node is for the one who has the socket; the others come along.
    if (this.#shared === undefined || this.#followed.size < 2 || event.type === 'draining') return;
    this.#shared.count += 1;
    this.#options.post({ kind: 'event', via: this.#via, event });
  };

  #join({ tab, hello }: Extract<FollowerMessage, { kind: 'join' }>): void {
    if (this.#shared === undefined) {
      this.report();
      return;
    }
    const isOtherIdentity = hello.token !== undefined && hello.token !== this.#token;
    // It brings another visitor to merge: in a hello of its own.
    const { previousToken: other } = hello;
    if (isOtherIdentity || (other !== undefined && other !== this.#previousToken)) {
      this.#options.post({ kind: 'refuse', to: tab });
      return;
    }
    const { welcome, count } = this.#shared;
    const token = this.#token === undefined ? {} : { token: this.#token };
    this.#followed.set(tab, undefined);
    this.#options.post({
      kind: 'welcome',
      to: tab,
      via: this.#via,
      count,
      welcome: { ...welcome, ...token },
    });
    // Under the hello's id: a subscription that is refused is rejected under it (§2.3).
    for (const subscription of hello.subscriptions)
      void this.#forward(tab, [{ type: 'subscribe', id: hello.id, ...subscription }]);
  }

  #forward(tab: string, commands: readonly Command[]): Promise<void> {
    const forwarded = commands.filter((command) => this.#mustForward(tab, command));
    const [only] = forwarded;
    if (this.#real === undefined || only === undefined) return Promise.resolve();
    return this.#real.send(forwarded.length === 1 ? only : forwarded);
  }

  /** All but the unsubscribing from what another tab follows. */
  #mustForward(tab: string, command: Command): boolean {
    if (command.type === 'subscribe' || command.type === 'send-message')
      this.#followed.set(tab, command.conversationId);
    if (command.type !== 'unsubscribe') return true;
    if (this.#followed.get(tab) === command.conversationId) this.#followed.set(tab, undefined);
    return ![...this.#followed.values()].includes(command.conversationId);
  }
}
