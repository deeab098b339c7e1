/**
 * A fake browser with several tabs that share storage, locks and channels. A test may kill, freeze and thaw each tab at any
 * time.
 */
import type { ChannelClose, ChatEvent } from '@rivulet/protocol';
import { createRandom } from '@rivulet/protocol/testing';
import type { Environment, LockWay, Sign, TabLocks } from '../environment/environment.ts';
import { EventQueue } from '../transports/event-queue.ts';
import type { ClientChannel, ConnectionObserver, Transport } from '../transports/transport.ts';
import { FakeClock, FakeStorage } from './fake-environment.ts';
import type { FakeGateway, FakeConnection } from './fake-gateway.ts';

/** A request for a lock by a tab. */
interface LockRequest {
  tab: FakeTab;
  held: () => void;
  lost: () => void;
  failed: () => void;
}

interface ChannelListener {
  tab: FakeTab;
  received: (message: unknown) => void;
}

/** A browser whose tabs run on one manual clock. */
export class FakeBrowser {
  /** The clock of every tab. */
  readonly clock = new FakeClock();
  /** The storage of the origin. */
  readonly storage = new FakeStorage();
  /** Every tab that was opened, also killed ones. */
  readonly tabs: FakeTab[] = [];
  /** The open ends of the tab channels, by channel name. */
  readonly listeners = new Map<string, Set<ChannelListener>>();
  /** Every message that a tab posted on a channel, oldest first. */
  readonly posted: unknown[] = [];
  /** The requests for each lock, by lock name. The first request holds the lock, the others wait. */
  readonly locks = new Map<string, LockRequest[]>();
  readonly #seed: number;

  /** @param seed makes the random numbers of the tabs repeatable */
  constructor(seed = 1) {
    this.#seed = seed;
  }

  /** Opens a tab whose connections go to `gateway`. */
  openTab(gateway: FakeGateway): FakeTab {
    const tab = new FakeTab(this, gateway, this.#seed + 1000 * (this.tabs.length + 1));
    this.tabs.push(tab);
    return tab;
  }

  /** The number of open connections to the gateway, of all tabs. */
  get openConnections(): number {
    return this.tabs.reduce((sum, { connections }) => sum + connections.size, 0);
  }

  /** Requests a lock, as `TabLocks.hold`. */
  requestLock(name: string, request: LockRequest, how: LockWay): void {
    const requests = this.locks.get(name) ?? [];
    const [holder] = requests;
    if (how === 'try' && holder !== undefined) {
      request.tab.runLater(() => {
        request.failed();
      });
      return;
    }
    if (how !== 'steal') this.locks.set(name, [...requests, request]);
    else {
      this.locks.set(name, [request, ...requests.slice(1)]);
      if (holder !== undefined) holder.tab.runLater(holder.lost);
    }
    if (holder === undefined || how === 'steal') this.#grant(name, request);
  }

  /** The number of channels that a tab has open. */
  openChannels(tab: FakeTab): number {
    return [...this.listeners.values()].flatMap((all) => [...all]).filter((one) => one.tab === tab).length;
  }

  /** Releases a lock or cancels a waiting request, and grants the lock to the next request. */
  releaseLock(name: string, request: LockRequest): void {
    const requests = this.locks.get(name) ?? [];
    const remaining = requests.filter((one) => one !== request);
    this.locks.set(name, remaining);
    const [next] = remaining;
    if (next !== undefined && next !== requests[0]) this.#grant(name, next);
  }

  #grant(name: string, request: LockRequest): void {
    request.tab.runLater(() => {
      if (this.locks.get(name)?.[0] === request) request.held();
    });
  }
}

/** One tab: the environment and the transport of the client that runs in it. */
export class FakeTab implements Environment, Transport {
  readonly name = 'fake';
  /** The errors that were reported, oldest first. */
  readonly reported: unknown[] = [];
  /** The open connections of this tab. */
  readonly connections = new Set<ClientChannel>();
  readonly storage: FakeStorage;
  /** The locks of the browser; a test sets undefined for a platform without locks. */
  locks: TabLocks | undefined;
  /** Whether the tab was killed. */
  isDead = false;
  /** Whether messages of other tabs to this tab are lost. */
  losesMessages = false;
  readonly #browser: FakeBrowser;
  readonly #gateway: FakeGateway;
  readonly #random: () => number;
  readonly #signs = new Set<(sign: Sign) => void>();
  readonly #listeners: ChannelListener[] = [];
  readonly #serverConnections: FakeConnection[] = [];
  #isFrozen = false;
  #deferred: (() => void)[] = [];

  constructor(browser: FakeBrowser, gateway: FakeGateway, seed: number) {
    this.#browser = browser;
    this.#gateway = gateway;
    this.#random = createRandom(seed);
    this.storage = browser.storage;
    this.locks = {
      hold: (name, how, reported) => {
        const request = { tab: this, ...reported };
        browser.requestLock(name, request, how);
        return () => {
          request.held = request.lost = request.failed = () => undefined;
          browser.releaseLock(name, request);
        };
      },
    };
  }

  readonly random = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));

  /** Rejects: the tests of tabs make no HTTP requests. */
  readonly fetch: Environment['fetch'] = () => Promise.reject(new Error('FakeTab does not support fetch'));

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

  /** Runs a callback of the browser in this tab: never in a killed tab, and in a frozen one after it is thawed. */
  run(callback: () => void): void {
    if (this.isDead) return;
    if (this.#isFrozen) this.#deferred.push(callback);
    else callback();
  }

  /** Runs a callback of the browser in a microtask. */
  runLater(callback: () => void): void {
    queueMicrotask(() => {
      this.run(callback);
    });
  }

  schedule(callback: () => void): void {
    this.runLater(callback);
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
        this.#browser.posted.push(copy);
        for (const other of listeners) {
          if (other === listener || other.tab.losesMessages) continue;
          other.tab.runLater(() => {
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
    if (this.isDead) throw new Error('a killed tab must not open a connection');
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
    throw new Error('FakeTab has no sockets: pass the tab as the transport of the client');
  }

  onSign(listener: (sign: Sign) => void): () => void {
    this.#signs.add(listener);
    return () => this.#signs.delete(listener);
  }

  /** Emits a signal of the page. */
  emitSign(sign: Sign): void {
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

  /** Freezes the tab: its callbacks are held back until `thaw`, in order. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** Ends a freeze and runs the callbacks that were held back. */
  thaw(): void {
    this.#isFrozen = false;
    for (const callback of this.#deferred.splice(0)) this.run(callback);
  }

  /** Kills the tab as a crash does: none of its code runs any more, its connections break, and its locks are released. */
  kill(): void {
    this.isDead = true;
    this.connections.clear();
    for (const connection of this.#serverConnections) connection.end({ code: 1006, reason: '' });
    for (const listeners of this.#browser.listeners.values())
      for (const listener of this.#listeners) listeners.delete(listener);
    for (const [name, requests] of this.#browser.locks)
      for (const request of requests) if (request.tab === this) this.#browser.releaseLock(name, request);
  }
}
