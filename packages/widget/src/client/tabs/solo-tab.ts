/**
 * The only tab of a browser, which is the usual case. It holds the lock of its group, so that the next tab finds the lock taken.
 * On the first message of another tab it loads the code of the group, which takes over the lock and the open connection.
 */
import type { CommandOf, ConversationId, EventOf, Timer } from '@rivulet/protocol';
import type { TabChannel } from '../environment/environment.ts';
import type { ClientChannel } from '../transports/transport.ts';
import type { TabGroup, TabGroupOptions } from './tab-group.ts';
import type { ConnectionOwner, PendingConnection } from '../transports/pending-connection.ts';
import type { LeaderMessage } from './tab-messages.ts';

/** How long the browser may take to report whether the lock is free. After it, the tab connects on its own. */
const LOCK_MS = 1000;
/** The answer to other tabs while the code of the group is loading: this tab is alive and has no connection to share yet. */
const WAIT: LeaderMessage = { kind: 'here', tab: '', via: null, count: 0 };

/** Options of `SoloTab`. */
export interface SoloTabOptions extends TabGroupOptions {
  /** The conversation that this tab follows. */
  conversationId: () => ConversationId;
}

/** This tab's connection for as long as it is the only tab; afterwards it delegates to its `TabGroup`. */
export class SoloTab implements ConnectionOwner {
  readonly #options: SoloTabOptions;
  readonly #channel: TabChannel | undefined;
  readonly #release: () => void;
  readonly #timer: Timer;
  #connection: PendingConnection | undefined;
  #hello: CommandOf<'hello'> | undefined;
  #open: ClientChannel | undefined;
  #welcome: EventOf<'welcome'> | undefined;
  #hasLock = false;
  /** No other tab is known to have a connection. */
  #isAloneConfirmed = false;
  #isLoadingGroup = false;
  #group: TabGroup | undefined;
  #isLeft = false;

  constructor(options: SoloTabOptions) {
    this.#options = options;
    const { environment, name, locks } = options;
    const loadGroup = (): void => {
      this.#hasLock = false;
      void this.#loadGroup();
    };
    this.#channel = environment.channel?.(name, () => {
      if (this.#hasLock) this.#channel?.post(WAIT);
      void this.#loadGroup();
    });
    this.#release = locks.hold(name, 'try', {
      held: () => {
        this.#hasLock = true;
        this.#connectAlone();
      },
      lost: () => {
        if (this.#group === undefined) loadGroup();
        else this.#group.lost();
      },
      failed: loadGroup,
    });
    this.#timer = environment.clock.after(LOCK_MS, () => {
      this.#connectAlone();
    });
    if (this.#channel === undefined) this.#connectAlone();
  }

  opened(connection: PendingConnection, hello: CommandOf<'hello'>): void {
    this.#connection = connection;
    this.#hello = hello;
    if (this.#group !== undefined) this.#group.opened(connection, hello);
    else if (this.#isAloneConfirmed) this.#connect();
  }

  closed(connection: PendingConnection): void {
    if (this.#connection === connection) this.#connection = undefined;
    this.#group?.closed(connection);
  }

  /** This tab needs no connection any more; another tab may lead. May be called twice. */
  leave(): void {
    this.#isLeft = true;
    this.#timer.cancel();
    if (this.#group === undefined) this.#close();
    else this.#group.leave();
  }

  #close(): void {
    this.#release();
    this.#channel?.close();
  }

  #connectAlone(): void {
    this.#timer.cancel();
    this.#isAloneConfirmed = true;
    if (this.#group === undefined && this.#connection?.isPending === true) this.#connect();
  }

  #connect(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const channel = this.#options.transport.open(connection.observer);
    this.#open = channel;
    this.#welcome = undefined;
    connection.attach(channel, {
      send: (item) => channel.send(item),
      receive: (event) => {
        if (event.type === 'welcome') this.#welcome = event;
      },
    });
  }

  /** Loads the code of the group. If that fails, the next message of another tab tries again. */
  async #loadGroup(): Promise<void> {
    if (this.#isLoadingGroup || this.#isLeft || this.#channel === undefined) return;
    this.#isLoadingGroup = true;
    const module = await import('./tab-group.ts').catch(() => undefined);
    this.#isLoadingGroup = false;
    if (module === undefined) this.#connectAlone();
    else this.#handOver(module);
  }

  #handOver({ TabGroup }: { TabGroup: new (options: TabGroupOptions) => TabGroup }): void {
    if (this.#isLeft) return;
    const [connection, hello, channel] = [this.#connection, this.#hello, this.#open];
    this.#timer.cancel();
    this.#channel?.close();
    const release = this.#hasLock ? this.#release : undefined;
    if (release === undefined) this.#release();
    const group = new TabGroup({ ...this.#options, release });
    this.#group = group;
    if (connection === undefined || hello === undefined) return;
    if (connection.isPending || channel === undefined) group.opened(connection, hello);
    else if (this.#hasLock)
      group.adopt({
        connection,
        hello,
        channel,
        welcome: this.#welcome,
        conversationId: this.#options.conversationId(),
      });
    else this.#options.restart();
  }
}
