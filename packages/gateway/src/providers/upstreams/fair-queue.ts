/** A queue that serves its sites in turn, and the visitors of a site in turn, so that none waits for the crowd of another. */

/** Who waits. */
export interface Waiter {
  siteId: string;
  visitorId: string;
}

/** A fair queue. Items are compared by identity. */
export interface FairQueue<Item extends Waiter> {
  readonly size: number;
  /** Adds an item behind the others of its visitor. */
  add(item: Item): void;
  /** Takes out the item whose turn it is; undefined when the queue is empty. */
  next(): Item | undefined;
  /** Takes out an item, if it is there. */
  remove(item: Item): void;
  /**
   * The item that has to give way to a newcomer when the queue is full: the newest of the visitor who waits most often, of the site that
   * waits most often. Undefined when that would be the newcomer's own visitor, or one who waits no more often than the newcomer would.
   */
  giveWay(newcomer: Waiter): Item | undefined;
}

/** Creates an empty queue. */
export function createFairQueue<Item extends Waiter>(): FairQueue<Item> {
  /** A Map keeps the order in which its keys were added: the first one is next, and after its turn it is added again. */
  const sites = new Map<string, Map<string, Item[]>>();
  let size = 0;
  const drop = (siteId: string, visitorId: string) => {
    const visitors = sites.get(siteId);
    visitors?.delete(visitorId);
    if (visitors?.size === 0) sites.delete(siteId);
  };
  return {
    get size() {
      return size;
    },
    add(item) {
      const visitors = sites.get(item.siteId) ?? new Map<string, Item[]>();
      sites.set(item.siteId, visitors);
      visitors.set(item.visitorId, [...(visitors.get(item.visitorId) ?? []), item]);
      size += 1;
    },
    next() {
      const [site] = sites;
      const [visitor] = site?.[1] ?? [];
      if (site === undefined || visitor === undefined) return undefined;
      const [siteId, visitors] = site;
      const [visitorId, [item, ...others]] = visitor;
      visitors.delete(visitorId);
      if (others.length > 0) visitors.set(visitorId, others);
      sites.delete(siteId);
      if (visitors.size > 0) sites.set(siteId, visitors);
      size -= 1;
      return item;
    },
    remove(item) {
      const items = sites.get(item.siteId)?.get(item.visitorId) ?? [];
      const others = items.filter((other) => other !== item);
      if (others.length === items.length) return;
      size -= 1;
      if (others.length === 0) drop(item.siteId, item.visitorId);
      else sites.get(item.siteId)?.set(item.visitorId, others);
    },
    giveWay: (newcomer) => crowderOf(sites, newcomer),
  };
}

type Sites<Item> = ReadonlyMap<string, ReadonlyMap<string, readonly Item[]>>;

function crowderOf<Item>(sites: Sites<Item>, { siteId, visitorId }: Waiter): Item | undefined {
  const lengthOf = (visitors: ReadonlyMap<string, readonly Item[]> | undefined) =>
    [...(visitors?.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
  const [largestId, largest] = longest(sites, lengthOf) ?? [];
  const [crowdId, crowd] =
    longest(largest ?? new Map<string, readonly Item[]>(), ({ length }) => length) ?? [];
  if (largestId !== siteId)
    return lengthOf(largest) > lengthOf(sites.get(siteId)) + 1 ? crowd?.at(-1) : undefined;
  const own = sites.get(siteId)?.get(visitorId)?.length ?? 0;
  return crowdId !== visitorId && (crowd?.length ?? 0) > own + 1 ? crowd?.at(-1) : undefined;
}

function longest<Value>(
  all: ReadonlyMap<string, Value>,
  lengthOf: (value: Value) => number,
): [string, Value] | undefined {
  let found: [string, Value] | undefined;
  for (const entry of all) if (found === undefined || lengthOf(entry[1]) > lengthOf(found[1])) found = entry;
  return found;
}
