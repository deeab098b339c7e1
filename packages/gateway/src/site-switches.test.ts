import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { silentLogger, type Logger } from './base/index.ts';
import { createSiteSwitches } from './site-switches.ts';
import { createSites, type Site } from './sites/sites.ts';
import { createMemoryStore } from './stores/memory.ts';
import { createSqliteStore } from './stores/sqlite.ts';
import type { Store } from './stores/store.ts';
import { createFakeClock } from './testing/fake-clock.ts';
import { ProtocolClient } from './testing/protocol-client.ts';
import { startGateway } from './testing/start-gateway.ts';

const shop: Site = { id: 'demo', origins: ['self'] };

/** The switches of one gateway on a store, whose broadcasts reach nobody. */
function gatewayOn(store: Store, { sites = createSites([shop]), broadcast = () => Promise.resolve() } = {}) {
  const tell = vi.fn();
  const warn = vi.fn();
  const logger: Logger = { ...silentLogger, warn };
  const clock = createFakeClock();
  return {
    sites,
    tell,
    warn,
    clock,
    switches: createSiteSwitches({ sites, store, eventLog: { broadcast }, clock, logger, tell }),
  };
}

it('a gateway that starts later knows which sites are off, says so in its log, and reads nothing twice', async () => {
  const store = createMemoryStore();
  await gatewayOn(store).switches.toggle('demo', 'Back at noon.');
  const later = gatewayOn(store);
  await later.switches.refresh();
  await later.switches.refresh();
  expect(later.sites.find('demo').disabled).toBe('Back at noon.');
  expect([later.tell.mock.calls.length, later.warn.mock.calls]).toEqual([
    1,
    [[{ siteId: 'demo' }, expect.stringContaining('enableSite')]],
  ]);
});

it('a site that is switched on again within the same millisecond stays on', async () => {
  const store = createMemoryStore();
  const { switches } = gatewayOn(store);
  await Promise.all([switches.toggle('demo', true), switches.toggle('demo', false)]);
  const later = gatewayOn(store);
  await later.switches.refresh();
  expect(later.sites.find('demo').disabled).toBeUndefined();
});

it('a switch of a site that is configured later counts from then on', async () => {
  const store = createMemoryStore();
  await store.switches.keep({ siteId: 'lab', disabled: true, atMs: 1 });
  const { sites, switches } = gatewayOn(store);
  await switches.refresh();
  sites.replace([shop, { ...shop, id: 'lab' }]);
  switches.applyAgain();
  expect([sites.find('demo').disabled, sites.find('lab').disabled]).toEqual([undefined, true]);
});

it('a switch that cannot be broadcast is kept, and one that cannot be kept is broadcast and takes effect here', async () => {
  const store = createMemoryStore();
  const lost = gatewayOn(store, { broadcast: () => Promise.reject(new Error('away')) });
  await lost.switches.toggle('demo', true);
  expect([await store.switches.list(), lost.warn.mock.calls.length]).toEqual([
    [expect.objectContaining({ disabled: true })],
    1,
  ]);
  await store.close();
  const broadcast = vi.fn(() => Promise.resolve());
  const unkept = gatewayOn(store, { broadcast });
  await expect(unkept.switches.toggle('demo', true)).rejects.toThrow();
  expect([unkept.sites.find('demo').disabled, broadcast.mock.calls.length]).toEqual([true, 1]);
});

it('a site that was switched off is off after a restart, until it is switched on', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'rivulet-switch-')), 'rivulet.sqlite');
  const start = async () =>
    startGateway({ sites: [shop], store: await createSqliteStore({ file, logger: silentLogger }) });
  const disabledIn = async ({ url }: { url: string }) =>
    (await (await ProtocolClient.connect(url)).received('welcome')).disabled;
  const before = await start();
  await before.gateway.disableSite('demo', { text: 'Back at noon.' });
  await before.stop();
  const after = await start();
  expect(await disabledIn(after)).toEqual({ text: 'Back at noon.' });
  await after.gateway.enableSite('demo');
  await after.stop();
  const last = await start();
  expect(await disabledIn(last)).toBeUndefined();
  await last.stop();
});
