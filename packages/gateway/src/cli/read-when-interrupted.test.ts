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
  const config = readConfig({ environment, flags: {}, file: { name: 'rivulet.json', value: { sites } } });
  expect([config.reattach, config.sites]).toEqual([true, sites]);
  expect(readConfig({ environment: {}, flags: {} }).reattach).toBe(false);
  expect(() => readConfig({ environment: { RIVULET_REATTACH: 'yes' }, flags: {} })).toThrow(
    /RIVULET_REATTACH: expected true or false/,
  );
});

it('another word is refused by name', () => {
  const environment = { RIVULET_WHEN_INTERRUPTED: 'again' };
  expect(() => readConfig({ environment, flags: {} })).toThrow(
    /RIVULET_WHEN_INTERRUPTED: expected one of end, restart/,
  );
});
