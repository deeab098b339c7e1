/**
 * A tab that knows of no other: most browsers have one. It holds the lock of its group, so that the next tab finds it taken. At
 * the first word of another tab the group is fetched and takes over: the lock, and the line without a break.
 */
import type { CommandOf, ConversationId, EventOf, Timer } from '@rivulet/protocol';
import type { TabChannel } from '../environment/environment.ts';
import type { ClientChannel } from '../transports/transport.ts';
import type { TabGroup, TabGroupOptions } from './tab-group.ts';
import type { ConnectionOwner, PendingConnection } from '../transports/pending-connection.ts';
import type { LeaderMessage } from './tab-messages.ts';

/** For the browser to say whether the lock is free. */
const LOCK_MS = 1000;
/** To who asks while the group is on its way: this tab lives. */
const WAIT: LeaderMessage = { kind: 'here', tab: '', via: null, count: 0 };

export interface SoloTabOptions extends TabGroupOptions {
  /** What the line follows. */
  conversationId: () => ConversationId;
}

export class SoloTab implements ConnectionOwner {
  readonly #options: SoloTabOptions;
  readonly #channel: TabChannel | undefined;
  readonly #release: () => void;
  readonly #timer: Timer;
  #connection: PendingConnection | undefined;
  #hello: CommandOf<'hello'> | undefined;
  #real: ClientChannel | undefined;
  #welcome: EventOf<'welcome'> | undefined;
  #hasLock = false;
  /** Nobody else is known to have a line. */
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
    else if (this.#isAloneConfirmed) this.#carry();
  }

  closed(connection: PendingConnection): void {
    if (this.#connection === connection) this.#connection = undefined;
    this.#group?.closed(connection);
  }

  /** Nobody wants a line here any more; the next in line leads. May be called twice. */
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
    if (this.#group === undefined && this.#connection?.isPending === true) this.#carry();
  }

  #carry(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const real = this.#options.transport.open(connection.observer);
    this.#real = real;
    this.#welcome = undefined;
    connection.attach(real, {
      send: (item) => real.send(item),
      receive: (event) => {
        if (event.type === 'welcome') this.#welcome = event;
      },
    });
  }

  /** What cannot be fetched now is asked for again with the next word of another tab. */
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
    const [connection, hello, real] = [this.#connection, this.#hello, this.#real];
    this.#timer.cancel();
    this.#channel?.close();
    const release = this.#hasLock ? this.#release : undefined;
    if (release === undefined) this.#release();
    const group = new TabGroup({ ...this.#options, release });
    this.#group = group;
    if (connection === undefined || hello === undefined) return;
    if (connection.isPending || real === undefined) group.opened(connection, hello);
    else if (this.#hasLock)
      group.adopt({
        connection,
        hello,
        real,
        welcome: this.#welcome,
        conversationId: this.#options.conversationId(),
      });
    else this.#options.restart();
  }
}
