/** Which queues are sent together, and when. */
import { mintConversationId, type LoggedEventBody } from '@rivulet/protocol';
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

it('text is collected after text was sent, not after the start of an answer', () => {
  const [queue] = start().queues;
  const append = (body: LoggedEventBody) => {
    queue.push({
      ...{ kind: 'append', bodies: [body], json: [JSON.stringify(body)], fence: 1 },
      ...{ told: { epoch: 'e', seq: 1 }, resolve: () => undefined, reject: () => undefined },
    });
  };
  append({ type: 'run-finished', runId: 'r_1', reason: 'stop' } as LoggedEventBody);
  queue.takeBatch(1_000);
  expect(queue.isCollecting(1_000)).toBe(false);
  append({ type: 'text-delta', runId: 'r_1', at: 0, text: 'a' } as unknown as LoggedEventBody);
  queue.takeBatch(1_000);
  expect([1_000, 1_039, 1_040].map((nowMs) => queue.isCollecting(nowMs))).toEqual([true, true, false]);
});
