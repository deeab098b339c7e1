/** Opens, kills, freezes and disconnects tabs at random: at the end, every tab shows the log, with each message once, on one connection. */
import { textOf } from '@rivulet/protocol';
import { createRandom } from '@rivulet/protocol/testing';
import { expect, test } from 'vitest';
import { FakeBrowser } from '../testing/fake-browser.ts';
import { settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openTab, type OpenTab } from '../testing/open-tab.ts';

const STEPS = 80;
const MAX_TABS = 5;

async function runScenario(seed: number) {
  const random = createRandom(seed);
  const randomBelow = (count: number) => Math.floor(random() * count);
  const browser = new FakeBrowser(seed);
  const gateway = new FakeGateway(seed);
  gateway.nextFrameLimit = () => ({ frames: 5 + randomBelow(60) });
  gateway.messagesPerPage = 1 + randomBelow(4);
  const open: OpenTab[] = [openTab(browser, gateway)];
  const sent = new Map<OpenTab, string[]>();
  const randomTab = () => open[randomBelow(open.length)];
  const logs = () => [...gateway.logs.values()];
  const kill = (victim: OpenTab | undefined) => {
    if (victim === undefined || open.length < 2) return;
    victim.tab.kill();
    open.splice(open.indexOf(victim), 1);
  };
  const send = () => {
    const from = randomTab();
    if (from === undefined) return;
    const text = `question ${[...sent.values()].flat().length}`;
    sent.set(from, [...(sent.get(from) ?? []), text]);
    from.chat.sendMessage(text).catch(() => undefined); // the assertions read the gateway's log instead
  };
  const actions: (() => unknown)[] = [
    send,
    send,
    () => logs().map((log) => log.write(`word${randomBelow(100)} `)),
    () => logs().map((log) => log.write('😀')),
    () => logs().map((log) => log.finish('stop')),
    () => logs().map((log) => (log.keptFrom = randomBelow(log.seq + 2))),
    () => {
      const newest = gateway.connections.at(-1);
      if (newest !== undefined) newest.losses = randomBelow(3);
    },
    () => {
      gateway.cut();
    },
    () => {
      if (open.length < MAX_TABS) open.push(openTab(browser, gateway));
    },
    () => {
      kill(randomTab());
    },
    () => {
      kill(open.find(({ tab }) => tab.connections.size > 0)); // the leader
    },
    () => {
      randomTab()?.tab.freeze();
    },
    () => {
      randomTab()?.tab.thaw();
    },
    () => {
      randomTab()?.tab.emitSign((['visible', 'online', 'offline'] as const)[randomBelow(3)] ?? 'visible');
    },
    () => browser.clock.advance(randomBelow(3000)),
  ];
  for (let count = 0; count < STEPS; count += 1) {
    await actions[randomBelow(actions.length)]?.();
    for (let ticks = randomBelow(12); ticks > 0; ticks -= 1) await Promise.resolve();
    if (random() < 0.3) await settle();
  }
  gateway.nextFrameLimit = () => ({ frames: Infinity });
  gateway.cut();
  // The storage holds the unsent messages of killed tabs; a tab adopts them when it becomes visible.
  for (const { tab } of open) {
    tab.thaw();
    tab.emitSign('visible');
  }
  await browser.clock.advance(30_000);
  await browser.clock.advance(60_000);
  return { browser, gateway, open, sent };
}

test.each(Array.from({ length: 80 }, (_, index) => index + 1))(
  'after tabs are opened, killed and frozen at random, every tab shows the log on one connection (seed %i)',
  async (seed) => {
    const { browser, gateway, open, sent } = await runScenario(seed);
    for (const { tab, chat } of open) {
      const { conversation, pending, status } = chat.snapshot;
      expect(tab.reported).toEqual([]);
      expect(status).toBe('online');
      expect(pending).toEqual([]);
      expect(conversation.messages).toEqual(gateway.logs.get(conversation.id)?.state.messages ?? []);
    }
    expect(browser.openConnections).toBe(1);
    const accepted = [...gateway.logs.values()].flatMap(({ state }) =>
      state.messages.filter(({ role }) => role === 'user').map(textOf),
    );
    expect(accepted.toSorted()).toEqual([...sent.values()].flat().toSorted());
    for (const texts of sent.values()) expect(accepted.filter((text) => texts.includes(text))).toEqual(texts);
  },
);
