/** Edited settings of sites: on every gateway, over restarts and reloads, without touching what runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { randomBytes, silentLogger, type Logger } from './base/index.ts';
import { createSiteUpdates } from './site-updates.ts';
import type { SiteChange } from './sites/site-changes.ts';
import { createSites, type Site } from './sites/sites.ts';
import { createMemoryStore } from './stores/memory.ts';
import { createSqliteStore } from './stores/sqlite.ts';
import type { Store } from './stores/store.ts';
import { createFakeClock } from './testing/fake-clock.ts';
import { ProtocolClient } from './testing/protocol-client.ts';
import { startGateway } from './testing/start-gateway.ts';

const shop: Site = { id: 'shop', origins: ['self'], systemPrompt: 'From the file.', model: 'file-model' };
const change = (changes: Partial<SiteChange> = {}): SiteChange => ({
  ...{ siteId: 'shop', revision: 0, set: {}, reset: [], userName: 'ann' },
  ...changes,
});

/** The updates of one gateway on a store, whose broadcasts reach nobody. */
function gatewayOn(
  store: Store,
  { list = [shop], limits = () => undefined }: { list?: Site[]; limits?: (site: Site) => void } = {},
) {
  const [info, error] = [vi.fn(), vi.fn()];
  const logger: Logger = { ...silentLogger, info, error };
  const sites = createSites(list);
  const followed = vi.fn();
  const clock = createFakeClock();
  const broadcast = vi.fn(() => Promise.resolve());
  const updates = createSiteUpdates({
    ...{ sites, store, clock, logger, eventLog: { broadcast } },
    visitorLimits: {
      check: (all) => {
        for (const site of all) limits(site as Site);
      },
    },
    describeBudgets: () => [],
    runs: { followSites: followed },
    lifecycle: { followSites: followed },
  });
  const edit = async (changes: Partial<SiteChange>) => {
    const plan = await updates.edits.plan(change(changes));
    if (plan.kind === 'ready') await updates.edits.commit(plan.edit);
    return plan;
  };
  return { sites, updates, edit, clock, info, error, followed, broadcast };
}
const promptOf = ({ sites }: ReturnType<typeof gatewayOn>) => sites.find('shop').systemPrompt;

describe('an edit', () => {
  it('holds at once, is told to the other gateways, and a gateway that reads the store has it, too', async () => {
    const store = createMemoryStore();
    const [here, there] = [gatewayOn(store), gatewayOn(store)];
    await here.edit({ set: { systemPrompt: 'Edited.' } });
    expect([promptOf(here), promptOf(there)]).toEqual(['Edited.', 'From the file.']);
    expect(here.broadcast).toHaveBeenCalledExactlyOnceWith({
      kind: 'site-edit',
      siteId: 'shop',
      revision: 1,
    });
    there.updates.edits.handle({ siteId: 'shop', revision: 1 });
    await expect.poll(() => promptOf(there)).toBe('Edited.');
    expect(there.followed).toHaveBeenCalledTimes(2);
    await there.updates.refresh();
    expect(there.followed).toHaveBeenCalledTimes(2);
  });

  it('is kept apart from the configuration: a reload changes what is not edited, and back is what the file has now', async () => {
    const gateway = gatewayOn(createMemoryStore());
    await gateway.edit({ set: { systemPrompt: 'Edited.' } });
    gateway.updates.updateSites([{ ...shop, systemPrompt: 'Newer in the file.', model: 'newer' }]);
    expect(gateway.sites.find('shop')).toMatchObject({ systemPrompt: 'Edited.', model: 'newer' });
    await gateway.edit({ revision: 1, reset: ['systemPrompt'] });
    expect(promptOf(gateway)).toBe('Newer in the file.');
    expect(gateway.updates.edits.find('shop')?.edit).toMatchObject({ revision: 2, settings: {} });
  });

  it('with the value of the configuration is none', async () => {
    const gateway = gatewayOn(createMemoryStore());
    await gateway.edit({ set: { systemPrompt: 'From the file.', 'widget.start.greeting': null } });
    expect(gateway.updates.edits.find('shop')?.edit.settings).toEqual({});
  });

  it('of somebody who has not seen the one before is refused, with who made it', async () => {
    const store = createMemoryStore();
    const [here, there] = [gatewayOn(store), gatewayOn(store)];
    await here.edit({ set: { model: 'a' }, userName: 'bob' });
    expect(await there.edit({ set: { systemPrompt: 'Late.' } })).toMatchObject({
      kind: 'conflict',
      edit: { userName: 'bob', revision: 1 },
    });
    expect(promptOf(there)).toBe('From the file.');
    expect(there.sites.find('shop').model).toBe('a');
  });

  it('of two at the same moment on two gateways one is kept, and the other is told who was faster', async () => {
    const store = createMemoryStore();
    const gateways = [gatewayOn(store), gatewayOn(store)];
    const plans = await Promise.all(
      gateways.map(({ updates }, index) =>
        updates.edits.plan(change({ set: { model: `m${index}` }, userName: `user ${index}` })),
      ),
    );
    const edits = plans.flatMap((plan) => (plan.kind === 'ready' ? [plan.edit] : []));
    const faster = await Promise.all(
      gateways.map(({ updates }, index) => updates.edits.commit(edits[index]!)),
    );
    expect(faster).toEqual([undefined, edits[0]]);
    expect(gateways.map(({ sites }) => sites.find('shop').model)).toEqual(['m0', 'm0']);
  });

  it.each([
    [{ 'request.temperature': 9 }, ['request.temperature', 'expected a number, 0 to 2']],
    [{ systemPrompt: '' }, ['systemPrompt', 'expected text that is not empty']],
    [{ origins: ['*'] }, ['origins', expect.stringContaining('cannot be edited here') as string]],
    [{ 'desk.capacity': 2 }, ['desk.capacity', expect.stringContaining('"desk": {}') as string]],
    [
      { 'widget.start.prompts': ['a', ''] },
      ['widget.start.prompts.1', expect.stringContaining('1 to 500') as string],
    ],
  ])('%j is refused with its place, and nothing is kept', async (set, [path, problem]) => {
    const store = createMemoryStore();
    const plan = await gatewayOn(store).edit({ set });
    expect(plan).toEqual({ kind: 'invalid', problems: [{ path, problem }] });
    expect(await store.siteEdits.list()).toEqual([]);
  });

  it('since which the site is served is the time of the last difference', async () => {
    const gateway = gatewayOn(createMemoryStore());
    const startedAtMs = gateway.clock.now();
    gateway.clock.advance(1_000);
    gateway.updates.updateSites([{ ...shop }]);
    expect(gateway.updates.servedSinceMs('shop')).toBe(startedAtMs);
    await gateway.edit({ set: { model: 'other' } });
    expect(gateway.updates.servedSinceMs('shop')).toBe(startedAtMs + 1_000);
  });
});

describe('an edit that does not fit any more', () => {
  it('is left out by itself, is logged without its value, and comes back when it fits', async () => {
    const store = createMemoryStore();
    const gateway = gatewayOn(store, { list: [{ ...shop, desk: {} }] });
    await gateway.edit({ set: { 'desk.capacity': 3, systemPrompt: 'Edited.' } });
    gateway.updates.updateSites([shop]);
    expect(gateway.sites.find('shop')).toEqual({ ...shop, systemPrompt: 'Edited.' });
    expect(gateway.error).toHaveBeenCalledWith(
      { siteId: 'shop', path: 'desk.capacity', problem: expect.stringContaining('no desk') as string },
      expect.stringContaining('cannot be used any more') as string,
    );
    gateway.updates.updateSites([{ ...shop, desk: {} }]);
    expect(gateway.sites.find('shop').desk).toEqual({ capacity: 3 });
  });

  it('of a newer gateway, or damaged, changes nothing else', async () => {
    const store = createMemoryStore();
    const settings = { 'some.new.setting': 1, 'request.topP': 'much', model: 'edited' };
    await store.siteEdits.keep({ siteId: 'shop', revision: 1, settings, userName: 'ann', atMs: 1 });
    const gateway = gatewayOn(store);
    await gateway.updates.refresh();
    expect(gateway.sites.find('shop')).toEqual({ ...shop, model: 'edited' });
    expect(gateway.updates.edits.find('shop')?.ignored.map(({ path }) => path)).toEqual([
      ...['some.new.setting', 'request.topP'],
    ]);
  });
});

describe('a gateway', () => {
  const stops: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  it('that starts again serves what was edited, and says so in its log, without the texts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rivulet-edits-'));
    stops.push(() => {
      rmSync(folder, { recursive: true });
    });
    const file = join(folder, 'rivulet.sqlite');
    const first = await createSqliteStore({ file });
    await gatewayOn(first).edit({ set: { systemPrompt: 'Kept over the restart.' } });
    await first.close();
    const info = vi.fn();
    const started = await startGateway({
      ...{ store: await createSqliteStore({ file }), sites: [shop] },
      logger: { ...silentLogger, info, child: () => ({ ...silentLogger, info }) },
    });
    stops.push(() => started.stop());
    const client = await ProtocolClient.connect(started.url, { site: 'shop' });
    const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
    client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello' }] });
    const { request } = await started.provider.next();
    expect(request.messages[0]).toMatchObject({ role: 'system', text: 'Kept over the restart.' });
    expect(info).toHaveBeenCalledWith(
      { siteId: 'shop', revision: 1, userName: 'ann', settings: ['systemPrompt'] },
      expect.stringContaining('laid over the configuration') as string,
    );
    expect(JSON.stringify(info.mock.calls)).not.toContain('Kept over');
  });
});
