/** Which queues are sent together, and when. */
import { mintConversationId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { iteration } from '../testing/log-reader.ts';
import { FlushScheduler } from './redis-flush-scheduler.ts';
import { WriteQueue } from './redis-write-queue.ts';

const start = () => {
  const sent: WriteQueue[][] = [];
  const clock = createFakeClock();
  const scheduler = new FlushScheduler(clock, (queues) => void sent.push([...queues]));
  const createQueue = () => new WriteQueue(mintConversationId(randomBytes));
  return { sent, clock, scheduler, queues: [createQueue(), createQueue(), createQueue()] as const };
};

it('the first queue of a turn that is sent now goes in the call, and what the turn adds goes together after it', async () => {
  const { sent, scheduler, queues } = start();
  const [one, two, three] = queues;
  scheduler.now(one);
  expect(sent).toEqual([[one]]);
  scheduler.now(two);
  scheduler.soon(three);
  expect(sent).toHaveLength(1);
  await iteration();
  expect(sent).toEqual([[one], [two, three]]);
  await iteration();
  scheduler.now(one);
  expect(sent).toHaveLength(3);
});

it('a queue that is sent now joins those that are due already', async () => {
  const { sent, scheduler, queues } = start();
  const [one, two] = queues;
  scheduler.soon(one);
  scheduler.now(two);
  await iteration();
  expect(sent).toEqual([[one, two]]);
});

it('queues that are sent later are collected for 40 ms', () => {
  const { sent, clock, scheduler, queues } = start();
  const [one, two] = queues;
  scheduler.later(one);
  clock.advance(39);
  scheduler.later(two);
  expect(sent).toEqual([]);
  clock.advance(1);
  expect(sent).toEqual([[one, two]]);
});
