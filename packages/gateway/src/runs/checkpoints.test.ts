import { mintConversationId, mintMessageId, partIdOf } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS, randomBytes, silentLogger } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Progress } from '../stores/store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createCheckpoints } from './checkpoints.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function open() {
  const clock = createFakeClock();
  const saves: (readonly Progress[])[] = [];
  const outcomes: Promise<void>[] = [];
  const store = Object.assign(createMemoryStore(), {
    saveProgress: (progress: readonly Progress[]) => {
      saves.push(progress);
      return outcomes.shift() ?? Promise.resolve();
    },
  });
  const checkpoints = createCheckpoints({ clock, store, limits: DEFAULT_LIMITS, logger: silentLogger });
  const nextInterval = async () => {
    clock.advance(DEFAULT_LIMITS.checkpointMs);
    await settled();
  };
  const textsOf = (save: number) =>
    saves[save]?.map(({ events }) => events.map((event) => ('text' in event ? event.text : '')));
  return { clock, checkpoints, saves, outcomes, nextInterval, textsOf };
}

function reply(checkpoints: ReturnType<typeof open>['checkpoints'], canSave = () => true) {
  const [conversationId, messageId] = [mintConversationId(randomBytes), mintMessageId(randomBytes)];
  let at = 0;
  const write = (text: string) => {
    checkpoints.add({ conversationId, messageId, canSave }, [
      { type: 'text-delta', partId: partIdOf(messageId, 0), at, text },
    ]);
    at += text.length;
  };
  return { messageId, write };
}

it('saves what all replies have gained with one call an interval, and nothing while none gains', async () => {
  const { clock, checkpoints, saves, nextInterval, textsOf } = open();
  const [one, other] = [reply(checkpoints), reply(checkpoints)];
  one.write('a');
  other.write('b');
  one.write('c');
  await nextInterval();
  expect(textsOf(0)).toEqual([['ac'], ['b']]);
  one.write('d');
  await nextInterval();
  expect(textsOf(1)).toEqual([['d']]);
  await nextInterval();
  expect(saves).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

it('starts no save while one is in progress', async () => {
  const { checkpoints, saves, outcomes, nextInterval, textsOf } = open();
  const { write } = reply(checkpoints);
  const slow = Promise.withResolvers<undefined>();
  outcomes.push(slow.promise.then(() => undefined));
  write('a');
  await nextInterval();
  write('b');
  await nextInterval();
  expect(saves).toHaveLength(1);
  slow.resolve(undefined);
  await settled();
  await nextInterval();
  expect(textsOf(1)).toEqual([['b']]);
});

it('saves again what a failed save contained, before what came later, unless the reply has ended', async () => {
  const { checkpoints, outcomes, nextInterval, textsOf } = open();
  const [one, other] = [reply(checkpoints), reply(checkpoints)];
  const failing = Promise.withResolvers<undefined>();
  outcomes.push(failing.promise.then(() => undefined));
  one.write('a');
  other.write('x');
  await nextInterval();
  one.write('b');
  checkpoints.drop(other.messageId);
  failing.reject(new Error('disk full'));
  await settled();
  await nextInterval();
  expect(textsOf(1)).toEqual([['a', 'b']]);
});

it('does not save a reply that has ended', async () => {
  const { checkpoints, saves, nextInterval } = open();
  const { messageId, write } = reply(checkpoints);
  write('a');
  checkpoints.drop(messageId);
  await nextInterval();
  expect(saves).toEqual([]);
});

it('saves nothing of a reply whose writer is not sure of its lease, and all of it once it is (3)', async () => {
  const { checkpoints, saves, nextInterval, textsOf } = open();
  let isHeld = false;
  const { write } = reply(checkpoints, () => isHeld);
  write('a');
  await nextInterval();
  expect(saves).toEqual([]);
  write('b');
  isHeld = true;
  await nextInterval();
  expect(textsOf(0)).toEqual([['ab']]);
});

it('says when what was added of a reply is on disk, also after a save that failed', async () => {
  const { checkpoints, outcomes, nextInterval } = open();
  const { messageId, write } = reply(checkpoints);
  const [failing, slow] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  for (const { promise } of [failing, slow]) outcomes.push(promise.then(() => undefined));
  write('a');
  let isSaved = false;
  void checkpoints.saved(messageId).then(() => (isSaved = true));
  await nextInterval();
  failing.reject(new Error('disk full'));
  await settled();
  await nextInterval();
  expect(isSaved).toBe(false);
  slow.resolve(undefined);
  await settled();
  expect(isSaved).toBe(true);
});

it('says at the next interval that nothing of a reply is left to save', async () => {
  const { checkpoints, nextInterval } = open();
  const saved = checkpoints.saved(reply(checkpoints).messageId);
  await nextInterval();
  await expect(saved).resolves.toBeUndefined();
});
