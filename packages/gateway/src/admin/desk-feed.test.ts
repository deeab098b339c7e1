/** The live feed of the inbox ends with the session of whoever reads it. */
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
  const rest = reader.read();
  for (let second = 0; second < 60 && !ended.signal.aborted; second += 1) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await rest).done).toBe(true);
  await end;
  await started.stop();
});
