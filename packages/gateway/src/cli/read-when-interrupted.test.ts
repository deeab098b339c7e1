import { expect, it } from 'vitest';
import { readConfig } from './read-config.ts';

const file = {
  name: 'rivulet.json',
  value: { sites: [{ id: 'a', origins: ['*'], whenInterrupted: 'end' }] },
};

it('what happens to the replies of a gateway that has died is read, globally and for one site', () => {
  const environment = { RIVULET_WHEN_INTERRUPTED: 'restart' };
  const config = readConfig({ environment, flags: {}, file });
  expect([config.whenInterrupted, config.sites]).toEqual(['restart', file.value.sites]);
  expect(readConfig({ environment: {}, flags: {} }).whenInterrupted).toBe('end');
});

it('whether replies go on is read, globally and for one site', () => {
  const sites = [{ id: 'a', origins: ['*'], reattach: false }];
  const environment = { RIVULET_REATTACH: 'true' };
  const value = { provider: { api: 'responses' }, sites };
  const config = readConfig({ environment, flags: {}, file: { name: 'rivulet.json', value } });
  expect([config.reattach, config.sites]).toEqual([true, sites]);
  expect(readConfig({ environment: {}, flags: {} }).reattach).toBe(false);
  expect(() => readConfig({ environment: { RIVULET_REATTACH: 'yes' }, flags: {} })).toThrow(
    /RIVULET_REATTACH: expected true or false/,
  );
});

it('that replies go on is refused where no upstream that is asked can write in the background', () => {
  const read = (value: object) => () =>
    readConfig({ environment: {}, flags: {}, file: { name: 'rivulet.json', value } });
  const NEEDED = /reattach: expected an upstream with api: "responses"/;
  const site = { id: 'a', origins: ['*'], reattach: true };
  const spare = { apiKey: 'key', model: 'm', api: 'responses' };
  expect(read({ reattach: true })).toThrow(NEEDED);
  expect(read({ reattach: true, providers: { spare } })).not.toThrow();
  expect(read({ sites: [site] })).toThrow(/the site a asks none/);
  expect(read({ sites: [site], providers: { spare } })).toThrow(/the site a asks none/);
  expect(read({ sites: [{ ...site, provider: ['default', 'spare'] }], providers: { spare } })).not.toThrow();
  expect(read({ sites: [site], provider: { fallbacks: ['spare'] }, providers: { spare } })).not.toThrow();
  expect(read({ sites: [site], provider: { api: 'responses' } })).not.toThrow();
});

it('another word is refused by name', () => {
  const environment = { RIVULET_WHEN_INTERRUPTED: 'again' };
  expect(() => readConfig({ environment, flags: {} })).toThrow(
    /RIVULET_WHEN_INTERRUPTED: expected one of end, restart/,
  );
});
