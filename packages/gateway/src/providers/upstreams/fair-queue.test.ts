import { describe, expect, it } from 'vitest';
import { createFairQueue, type Waiter } from './fair-queue.ts';

const item = (name: string) => {
  const [siteId = '', visitorId = ''] = name;
  return { siteId, visitorId, name };
};
function queueOf(...names: string[]) {
  const queue = createFairQueue<Waiter & { name: string }>();
  const items = names.map(item);
  for (const one of items) queue.add(one);
  return { queue, items };
}
const drain = (queue: ReturnType<typeof queueOf>['queue']) =>
  Array.from({ length: queue.size }, () => queue.next()?.name);

describe('a fair queue', () => {
  it('serves the sites in turn, and the visitors of a site in turn', () => {
    const { queue } = queueOf('A1a', 'A1b', 'A1c', 'A2a', 'B1a', 'B1b');
    expect(drain(queue)).toEqual(['A1a', 'B1a', 'A2a', 'B1b', 'A1b', 'A1c']);
    expect(queue.next()).toBeUndefined();
  });

  it('serves a newcomer of a quiet site after at most one of each other site', () => {
    const { queue } = queueOf('A1a', 'A1b', 'A1c', 'A1d');
    queue.next();
    queue.add(item('B1a'));
    expect([queue.next()?.name, queue.next()?.name]).toEqual(['A1b', 'B1a']);
  });

  it('takes out one that waits no longer, and forgets those who do not wait', () => {
    const { queue, items } = queueOf('A1a', 'A1b', 'B1a');
    for (const one of [items[0], items[2], items[2]]) if (one !== undefined) queue.remove(one);
    expect([queue.size, drain(queue)]).toEqual([1, ['A1b']]);
  });

  it.each([
    ['a newcomer of another site', ['A1a', 'A1b', 'A2a'], 'B1', 'A1b'],
    ['another visitor of the same site', ['A1a', 'A1b', 'A1c'], 'A2', 'A1c'],
    ['the visitor who waits most', ['A1a', 'A1b', 'A1c'], 'A1', undefined],
    ['a newcomer who would wait as often', ['A1a', 'B1a'], 'C1', undefined],
  ])('gives way to %s, unless that is no fairer', (_, names, newcomer, expected) => {
    expect(queueOf(...names).queue.giveWay(item(newcomer))?.name).toBe(expected);
  });
});
