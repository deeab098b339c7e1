/**
 * A tab that knows of no other: most browsers have one. It holds the lock of its group, so that the next tab finds it taken. At
 * the first word of another tab the group is fetched and takes over: the lock, and the line without a break.
 */
import type { CommandOf, ConversationId, EventOf } from '@rivulet/protocol';
import type { Timer } from '../environment/clock.ts';
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
  readonly #letGo: () => void;
  readonly #timer: Timer;
  #line: PendingConnection | undefined;
  #hello: CommandOf<'hello'> | undefined;
  #real: ClientChannel | undefined;
  #welcome: EventOf<'welcome'> | undefined;
  #hasLock = false;
  /** Nobody else is known to have a line. */
  #isAlone = false;
  #isGathering = false;
  #group: TabGroup | undefined;
  #isLeft = false;

  constructor(options: SoloTabOptions) {
    this.#options = options;
    const { environment, name, locks } = options;
    const gather = (): void => {
      this.#hasLock = false;
      void this.#gather();
    };
    this.#channel = environment.channel?.(name, () => {
      if (this.#hasLock) this.#channel?.post(WAIT);
      void this.#gather();
    });
    this.#letGo = locks.hold(name, 'try', {
      held: () => {
        this.#hasLock = true;
        this.#goAlone();
      },
      lost: () => {
        if (this.#group === undefined) gather();
        else this.#group.lost();
      },
      failed: gather,
    });
    this.#timer = environment.clock.after(LOCK_MS, () => {
      this.#goAlone();
    });
    if (this.#channel === undefined) this.#goAlone();
  }

  opened(line: PendingConnection, hello: CommandOf<'hello'>): void {
    this.#line = line;
    this.#hello = hello;
    if (this.#group !== undefined) this.#group.opened(line, hello);
    else if (this.#isAlone) this.#carry();
  }

  closed(line: PendingConnection): void {
    if (this.#line === line) this.#line = undefined;
    this.#group?.closed(line);
  }

  /** Nobody wants a line here any more; the next in line leads. May be called twice. */
  leave(): void {
    this.#isLeft = true;
    this.#timer.cancel();
    if (this.#group === undefined) this.#close();
    else this.#group.leave();
  }

  #close(): void {
    this.#letGo();
    this.#channel?.close();
  }

  #goAlone(): void {
    this.#timer.cancel();
    this.#isAlone = true;
    if (this.#group === undefined && this.#line?.isPending === true) this.#carry();
  }

  #carry(): void {
    const line = this.#line;
    if (line === undefined) return;
    const real = this.#options.transport.open(line.observer);
    this.#real = real;
    this.#welcome = undefined;
    line.carryBy(real, {
      send: (item) => real.send(item),
      receive: (event) => {
        if (event.type === 'welcome') this.#welcome = event;
      },
    });
  }

  /** What cannot be fetched now is asked for again with the next word of another tab. */
  async #gather(): Promise<void> {
    if (this.#isGathering || this.#isLeft || this.#channel === undefined) return;
    this.#isGathering = true;
    const module = await import('./tab-group.ts').catch(() => undefined);
    this.#isGathering = false;
    if (module === undefined) this.#goAlone();
    else this.#handOver(module);
  }

  #handOver({ TabGroup }: { TabGroup: new (options: TabGroupOptions) => TabGroup }): void {
    if (this.#isLeft) return;
    const [line, hello, real] = [this.#line, this.#hello, this.#real];
    this.#timer.cancel();
    this.#channel?.close();
    const letGo = this.#hasLock ? this.#letGo : undefined;
    if (letGo === undefined) this.#letGo();
    const group = new TabGroup({ ...this.#options, letGo });
    this.#group = group;
    if (line === undefined || hello === undefined) return;
    if (line.isPending || real === undefined) group.opened(line, hello);
    else if (this.#hasLock)
      group.adopt({
        line,
        hello,
        real,
        welcome: this.#welcome,
        conversationId: this.#options.conversationId(),
      });
    else this.#options.restart();
  }
}
