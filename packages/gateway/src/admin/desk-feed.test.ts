/** The live feed of the inbox: it ends with the session of whoever reads it, and its pages share what is read from the store. */
import { expect, it } from 'vitest';
import { createMemoryStore } from '../stores/memory.ts';
import { CONSOLE_ACTORS, CONSOLE_USERS, cookieOfActor } from '../testing/console-actors.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { startGateway } from '../testing/start-gateway.ts';

it('ends when an admin ends the session, not when the session would have expired', async () => {
  const [store, clock] = [createMemoryStore(), createFakeClock()];
  const sites = [{ id: 'shop', origins: ['self'], desk: {} }];
  const started = await startGateway({ adminUsers: CONSOLE_USERS, sites, store, clock });
  const actor = CONSOLE_ACTORS.find(({ name }) => name === 'agent-of-the-site')!;
  const headers = { cookie: await cookieOfActor(actor, store) };
  const response = await fetch(`${started.url}/admin/api/desk/feed`, { headers });
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain('event: inbox');
  const [session] = await store.console.listSessions(clock.now());
  await store.console.endSession(session!.id);
  const ended = new AbortController();
  const end = reader.closed.then(() => {
    ended.abort();
  });
  const readToEnd = async () => {
    while (!(await reader.read()).done);
    return 'ended';
  };
  const rest = readToEnd();
  for (let second = 0; second < 60 && !ended.signal.aborted; second += 1) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await rest).toBe('ended');
  await end;
  await started.stop();
});

/** The open pages, as far as their first event was read, with a store whose lists are counted. */
async function openPages(count: number) {
  const [store, clock] = [createMemoryStore(), createFakeClock()];
  const lists: string[] = [];
  const desk: typeof store.desk = {
    ...store.desk,
    list: (query) => {
      lists.push(query.status);
      return store.desk.list(query);
    },
  };
  const counting = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = name === 'desk' ? desk : Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const sites = [{ id: 'shop', origins: ['self'], desk: {} }];
  const started = await startGateway({ adminUsers: CONSOLE_USERS, sites, store: counting, clock });
  const actor = CONSOLE_ACTORS.find(({ name }) => name === 'agent-of-the-site')!;
  const closing = new AbortController();
  const readers = [];
  for (let page = 0; page < count; page += 1) {
    const headers = { cookie: await cookieOfActor(actor, store) };
    const response = await fetch(`${started.url}/admin/api/desk/feed`, { headers, signal: closing.signal });
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('event: inbox');
    readers.push(reader);
  }
  const close = () => {
    closing.abort();
  };
  return { lists, clock, started, close, readers };
}

it('twenty pages of a site ask the store once a second, and closed ones do not', async () => {
  const { lists, clock, started, close, readers } = await openPages(20);
  expect(lists).toEqual(['open']);
  for (let second = 1; second <= 20; second += 1) {
    clock.advance(1_000);
    await expect.poll(() => lists.length).toBe(1 + second);
    for (const reader of lists.at(-1) === 'open' ? readers : []) await reader.read(); // each is told at once
  }
  expect(lists.filter((status) => status === 'snoozed')).toHaveLength(2);
  close();
  const readsOfASecond = async () => {
    const before = lists.length;
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
    return lists.length - before;
  };
  await expect.poll(readsOfASecond).toBe(0);
  expect(await readsOfASecond()).toBe(0);
  await started.stop();
});
