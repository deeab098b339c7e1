/**
 * Subscribes to the sharded channels of a Redis Cluster, with one connection to each node that has some of them.
 *
 * A message of a sharded channel reaches only those who are connected to the shard that has the slot of the channel. So each of these
 * may lose the messages of its channels, and no others:
 *
 * 1. The connection to a node was lost: when it is there again, those of its channels.
 * 2. A slot was moved, or a replica has become the primary: when the map of the slots says so, the channels of these slots.
 * 3. A node that has given a slot away ends the subscriptions to its channels, maybe before the map says so: all channels of the node,
 *    as the client does not tell which.
 */
import type { Cluster, Redis } from 'ioredis';
import type { IsConcerned, RedisSubscriber } from './redis-subscriber.ts';

/** Two nodes may send us to each other while a slot is being moved. */
const MAX_REDIRECTIONS = 5;

/** What `RedisClusterSubscriber` needs. */
export interface RedisClusterSubscriberOptions {
  /** The client for commands: it knows the map of the slots. */
  client: Cluster;
  /** Creates a connection to a node, by its `host:port`, that reconnects without a limit and does not resubscribe by itself. */
  connectNode: (node: string) => Redis;
  /** The slot of a channel: 0 to 16,383. */
  slotOf: (channel: string) => number;
  /** Called with errors from which the connections recover. */
  onError: (error: unknown, node: string) => void;
}

interface Subscription {
  slot: number;
  /** The node that was asked last. */
  node: string;
  /** The owner of the slot in the map, which may be older than what the nodes have answered. */
  owner: string | undefined;
}

/** The subscriber to a cluster. */
export class RedisClusterSubscriber implements RedisSubscriber {
  readonly #options: RedisClusterSubscriberOptions;
  readonly #nodes = new Map<string, Redis>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #onMessage: ((channel: string, message: string) => void)[] = [];
  readonly #onReady: ((isConcerned: IsConcerned) => void)[] = [];
  /** How many subscriptions each node has ended in this turn of the event loop. */
  readonly #ended = new Map<string, number>();

  constructor(options: RedisClusterSubscriberOptions) {
    this.#options = options;
    options.client.on('refresh', this.#onRefresh);
  }

  async subscribe(...channels: string[]): Promise<void> {
    await Promise.all(channels.map((channel) => this.#subscribe(channel)));
  }

  async unsubscribe(...channels: string[]): Promise<void> {
    await Promise.all(channels.map((channel) => this.#unsubscribe(channel)));
  }

  onMessage(handle: (channel: string, message: string) => void): void {
    this.#onMessage.push(handle);
  }

  onReady(handle: (isConcerned: IsConcerned) => void): void {
    this.#onReady.push(handle);
  }

  async keepAlive(): Promise<void> {
    const ready = [...this.#nodes.values()].filter(({ status }) => status === 'ready');
    await Promise.all(ready.map((node) => node.ping()));
  }

  /** A node that is down does not make the others unusable: whether there is a cluster, the client for commands tells. */
  check(): Promise<void> {
    return Promise.resolve();
  }

  disconnect(): void {
    this.#options.client.off('refresh', this.#onRefresh);
    for (const name of [...this.#nodes.keys()]) this.#close(name);
  }

  async #subscribe(channel: string): Promise<void> {
    const slot = this.#options.slotOf(channel);
    // The map is empty before the first command.
    if (this.#options.client.slots.length === 0) await this.#options.client.ping();
    const owner = this.#ownerOf(slot);
    if (owner === undefined) throw new Error(`CLUSTERDOWN Hash slot ${slot} not served`);
    let node: string | undefined = owner;
    for (let redirections = 0; node !== undefined; redirections += 1) {
      this.#leave(channel, node);
      const subscription = { slot, node, owner };
      this.#subscriptions.set(channel, subscription);
      node = await this.#subscribeAt(node, channel, redirections < MAX_REDIRECTIONS);
      // Unsubscribed meanwhile, or subscribed again.
      if (this.#subscriptions.get(channel) !== subscription) return;
    }
  }

  async #unsubscribe(channel: string): Promise<void> {
    const subscription = this.#subscriptions.get(channel);
    this.#subscriptions.delete(channel);
    if (subscription !== undefined) await this.#nodes.get(subscription.node)?.sunsubscribe(channel);
  }

  /** @returns the node that has the channel, when it is another one */
  async #subscribeAt(node: string, channel: string, isFollowed: boolean): Promise<string | undefined> {
    try {
      await this.#connect(node).ssubscribe(channel);
      return undefined;
    } catch (error) {
      const other = isFollowed ? readMoved(error, node) : undefined;
      if (other === undefined) throw error;
      this.#countEnded(node, -1); // no subscription has ended
      return other;
    }
  }

  #ownerOf(slot: number): string | undefined {
    return this.#options.client.slots[slot]?.[0];
  }

  /** A former primary may go on to send the messages of a channel as a replica. */
  #leave(channel: string, next: string): void {
    const before = this.#subscriptions.get(channel)?.node;
    if (before === undefined || before === next) return;
    // When it cannot be asked it does not send anything either.
    this.#nodes
      .get(before)
      ?.sunsubscribe(channel)
      .catch(() => undefined);
  }

  #connect(name: string): Redis {
    const before = this.#nodes.get(name);
    if (before !== undefined) return before;
    const { client, connectNode, onError } = this.#options;
    const node = connectNode(name);
    this.#nodes.set(name, node);
    node.on('smessage', (channel: string, message: string) => {
      for (const handle of this.#onMessage) handle(channel, message);
    });
    node.on('ready', () => {
      this.#tellReady((channel) => this.#subscriptions.get(channel)?.node === name);
    });
    // The node has ended a subscription, or refuses one.
    node.on('moved', () => {
      this.#countEnded(name, 1);
    });
    node.on('close', () => {
      // Another node may have taken over. Nobody else asks while nothing is written to this shard.
      if (this.#nodes.get(name) === node) client.refreshSlotsCache();
    });
    node.on('error', (error) => {
      onError(error, name);
    });
    return node;
  }

  #close(name: string): void {
    const node = this.#nodes.get(name);
    this.#nodes.delete(name);
    node?.disconnect(); // what waits for it fails now, and is tried at the new owner
  }

  #countEnded(name: string, count: number): void {
    if (this.#ended.size === 0) setImmediate(this.#onEnded); // a slot has many channels
    this.#ended.set(name, (this.#ended.get(name) ?? 0) + count);
  }

  readonly #onEnded = (): void => {
    const nodes = new Set([...this.#ended].flatMap(([name, count]) => (count > 0 ? [name] : [])));
    this.#ended.clear();
    this.#options.client.refreshSlotsCache();
    if (nodes.size > 0) this.#tellReady((channel) => nodes.has(this.#subscriptions.get(channel)?.node ?? ''));
  };

  readonly #onRefresh = (): void => {
    const used = new Set(this.#options.client.slots.map(([owner]) => owner));
    const moved = new Set<string>();
    for (const [channel, subscription] of this.#subscriptions) {
      const owner = this.#ownerOf(subscription.slot);
      if (owner === undefined || owner === subscription.owner || owner === subscription.node)
        used.add(subscription.node);
      else moved.add(channel);
      subscription.owner = owner;
    }
    for (const name of [...this.#nodes.keys()]) if (!used.has(name)) this.#close(name);
    if (moved.size > 0) this.#tellReady((channel) => moved.has(channel));
  };

  #tellReady(isConcerned: IsConcerned): void {
    for (const handle of this.#onReady) handle(isConcerned);
  }
}

/** `MOVED 3999 10.0.0.2:6379`; without a host it is that of the node that was asked. */
function readMoved(error: unknown, asked: string): string | undefined {
  const target = error instanceof Error ? /^MOVED \d+ (\S+)$/.exec(error.message)?.[1] : undefined;
  return target?.startsWith(':') === true ? asked.replace(/:\d+$/, target) : target;
}
