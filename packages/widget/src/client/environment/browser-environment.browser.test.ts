import { expect, test } from 'vitest';
import { createBrowserEnvironment } from './browser-environment.ts';
import type { Sign } from './environment.ts';

const environment = createBrowserEnvironment();

test('signals of the page reach a listener until it unsubscribes', () => {
  const signs: Sign[] = [];
  const end = environment.onSign((sign) => signs.push(sign));
  for (const name of ['focus', 'pageshow', 'online', 'offline', 'pagehide']) dispatchEvent(new Event(name));
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  document.dispatchEvent(new Event('visibilitychange'));
  end();
  dispatchEvent(new Event('focus'));
  expect(signs).toEqual(['visible', 'visible', 'online', 'offline', 'left', 'restored', 'visible']);
});

test('a scheduled callback runs once, and not in the same call', async () => {
  let calls = 0;
  await new Promise<void>((resolve) => {
    environment.schedule(() => {
      calls += 1;
      resolve();
    });
    expect(calls).toBe(0);
  });
  expect(calls).toBe(1);
});

test('random bytes, storage and clock are those of the page', () => {
  expect(environment.random(16)).toHaveLength(16);
  expect(environment.storage).toBe(localStorage);
  expect(Math.abs(environment.clock.now() - Date.now())).toBeLessThan(1000);
});

test('a socket to a closed port is reported as closed, and never as opened', async () => {
  const reported: unknown[] = [];
  await new Promise<void>((resolve) => {
    environment.openSocket('ws://127.0.0.1:9/v1/ws', 'rivulet.v1', {
      opened: () => reported.push('opened'),
      text: () => reported.push('text'),
      closed: (code) => {
        reported.push(code);
        resolve();
      },
    });
  });
  expect(reported).toEqual([1006]);
});
