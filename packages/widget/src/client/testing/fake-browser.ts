/** One browser with many tabs: shared storage, locks and channels; each tab may be killed, frozen and thawed at any moment. */
import type { ChannelClose, ChatEvent } from '@rivulet/protocol';
import type { Environment, LockWay, Sign, TabLocks } from '../environment/environment.ts';
import { EventQueue } from '../transports/event-queue.ts';
import type { ClientChannel, ConnectionObserver, Transport } from '../transports/transport.ts';
import { FakeClock, FakeStorage, seeded } from './fake-environment.ts';
import type { FakeGateway, FakeConnection } from './fake-gateway.ts';

interface Place {
  tab: FakeTab;
  held: () => void;
  lost: () => void;
  failed: () => void;
}

interface ChannelListener {
  tab: FakeTab;
  received: (message: unknown) => void;
}

export class FakeBrowser {
  readonly clock = new FakeClock();
  readonly storage = new FakeStorage();
  readonly tabs: FakeTab[] = [];
  readonly listeners = new Map<string, Set<ChannelListener>>();
  /** The first of each holds the lock. */
  readonly locks = new Map<string, Place[]>();
  readonly #seed: number;

  constructor(seed = 1) {
    this.#seed = seed;
  }

  openTab(gateway: FakeGateway): FakeTab {
    const tab = new FakeTab(this, gateway, this.#seed + 1000 * (this.tabs.length + 1));
    this.tabs.push(tab);
    return tab;
  }

  /** Real lines that are open now, of all tabs. */
  get openConnections(): number {
    return this.tabs.reduce((sum, { connections }) => sum + connections.size, 0);
  }

  take(name: string, place: Place, how: LockWay): void {
    const places = this.locks.get(name) ?? [];
    const [holder] = places;
    if (how === 'try' && holder !== undefined) {
      place.tab.later(() => {
        place.failed();
      });
      return;
    }
    if (how !== 'steal') this.locks.set(name, [...places, place]);
    else {
      this.locks.set(name, [place, ...places.slice(1)]);
      if (holder !== undefined) holder.tab.later(holder.lost);
    }
    if (holder === undefined || how === 'steal') this.#grant(name, place);
  }

  release(name: string, place: Place): void {
    const places = this.locks.get(name) ?? [];
    const kept = places.filter((one) => one !== place);
    this.locks.set(name, kept);
    const [next] = kept;
    if (next !== undefined && next !== places[0]) this.#grant(name, next);
  }

  #grant(name: string, place: Place): void {
    place.tab.later(() => {
      if (this.locks.get(name)?.[0] === place) place.held();
    });
  }
}

export class FakeTab implements Environment, Transport {
  readonly name = 'fake';
  readonly reported: unknown[] = [];
  readonly connections = new Set<ClientChannel>();
  readonly storage: FakeStorage;
  locks: TabLocks | undefined;
  isDead = false;
  /** What is posted to it meanwhile is lost. */
  losesMessages = false;
  readonly #browser: FakeBrowser;
  readonly #gateway: FakeGateway;
  readonly #random: () => number;
  readonly #signs = new Set<(sign: Sign) => void>();
  readonly #listeners: ChannelListener[] = [];
  readonly #serverConnections: FakeConnection[] = [];
  #isFrozen = false;
  #kept: (() => void)[] = [];

  constructor(browser: FakeBrowser, gateway: FakeGateway, seed: number) {
    this.#browser = browser;
    this.#gateway = gateway;
    this.#random = seeded(seed);
    this.storage = browser.storage;
    this.locks = {
      hold: (name, how, reported) => {
        const place = { tab: this, ...reported };
        browser.take(name, place, how);
        return () => {
          place.held = place.lost = place.failed = () => undefined;
          browser.release(name, place);
        };
      },
    };
  }

  readonly random = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));

  /** The fake lines are sockets; nothing of the tabs goes over HTTP. */
  readonly fetch: Environment['fetch'] = () => Promise.reject(new Error('a tab of this browser has no HTTP'));

  readonly clock = {
    now: () => this.#browser.clock.now(),
    after: (delayMs: number, callback: () => void) => {
      let isCancelled = false;
      const timer = this.#browser.clock.after(delayMs, () => {
        this.run(() => {
          if (!isCancelled) callback();
        });
      });
      return {
        cancel: () => {
          isCancelled = true;
          timer.cancel();
        },
      };
    },
  };

  /** What comes from outside: nothing reaches a dead tab, and a frozen one after its thaw. */
  run(callback: () => void): void {
    if (this.isDead) return;
    if (this.#isFrozen) this.#kept.push(callback);
    else callback();
  }

  later(callback: () => void): void {
    queueMicrotask(() => {
      this.run(callback);
    });
  }

  schedule(callback: () => void): void {
    this.later(callback);
  }

  channel(name: string, received: (message: unknown) => void) {
    const listeners = this.#browser.listeners.get(name) ?? new Set();
    this.#browser.listeners.set(name, listeners);
    const listener = { tab: this, received };
    listeners.add(listener);
    this.#listeners.push(listener);
    return {
      post: (message: unknown) => {
        if (this.isDead) return;
        const copy = structuredClone(message);
        for (const other of listeners) {
          if (other === listener || other.tab.losesMessages) continue;
          other.tab.later(() => {
            if (listeners.has(other)) other.received(copy);
          });
        }
      },
      close: () => {
        listeners.delete(listener);
      },
    };
  }

  open(observer: ConnectionObserver): ClientChannel {
    if (this.isDead) throw new Error('a dead tab opens nothing');
    const inner = this.#gateway.open(observer);
    this.#serverConnections.push(this.#gateway.connection);
    const events = new EventQueue<ChatEvent>();
    let settle: (close: ChannelClose) => void = () => undefined;
    const closed = new Promise<ChannelClose>((resolve) => (settle = resolve));
    const end = (close: ChannelClose) => {
      this.connections.delete(connection);
      events.end();
      settle(close);
    };
    const connection: ClientChannel = {
      send: (item) => inner.send(item),
      receive: () => events.read(),
      close: (close) => {
        inner.close(close);
        end(close);
      },
      closed,
    };
    this.connections.add(connection);
    void (async () => {
      for await (const event of inner.receive()) {
        this.run(() => {
          events.push([event]);
        });
      }
      const close = await inner.closed;
      this.run(() => {
        end(close);
      });
    })();
    return connection;
  }

  openSocket(): never {
    throw new Error('give the client a transport');
  }

  onSign(listener: (sign: Sign) => void): () => void {
    this.#signs.add(listener);
    return () => this.#signs.delete(listener);
  }

  give(sign: Sign): void {
    this.run(() => {
      for (const listener of this.#signs) listener(sign);
    });
  }

  isOnline(): boolean {
    return true;
  }

  readonly report = (error: unknown): void => {
    this.reported.push(error);
  };

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const callback of this.#kept.splice(0)) this.run(callback);
  }

  /** As the browser ends a tab: no code of it runs any more, its lines break, its locks are free. */
  kill(): void {
    this.isDead = true;
    this.connections.clear();
    for (const connection of this.#serverConnections) connection.end({ code: 1006, reason: '' });
    for (const listeners of this.#browser.listeners.values())
      for (const listener of this.#listeners) listeners.delete(listener);
    for (const [name, places] of this.#browser.locks)
      for (const place of places) if (place.tab === this) this.#browser.release(name, place);
  }
}
