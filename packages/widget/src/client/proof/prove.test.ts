/** A client that is asked for a proof of work: in Node, so without a DOM and without workers. */
import { expect, test, vi } from 'vitest';
import { FakeBrowser } from '../testing/fake-browser.ts';
import { FakeEnvironment, FakeStorage, settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openChat } from '../testing/open-chat.ts';
import { openTab } from '../testing/open-tab.ts';
import { gateByProof } from '../testing/proof-gate.ts';

/** A chat that is asked for a proof, with a message that was sent meanwhile. */
async function asked(accepts: 'proofs' | 'none' = 'proofs', more: { cost?: number; counter?: number } = {}) {
  const gateway = new FakeGateway();
  const gate = await gateByProof(gateway, accepts, more);
  const open = openChat({ gateway });
  const sent = open.chat.sendMessage('Hello');
  return { ...open, gate, sent };
}

test('a client proves its work, is admitted, and sends what waited, once', async () => {
  const { chat, gateway, gate, sent, environment } = await asked();
  await sent;
  expect(gate.refused).toHaveLength(1);
  expect(await gate.isSolved(gate.proofs[0])).toBe(true);
  expect(gateway.ofType('send-message')).toHaveLength(1);
  expect(chat.snapshot).toMatchObject({ status: 'online', pending: [] });
  expect(environment.reported).toEqual([]);
});

test('a client says that it is connecting until it is online, and reports no error', async () => {
  const { sent, received } = await asked();
  await sent;
  expect(received('status').map(({ status }) => status)).toEqual(['connecting', 'online']);
  expect(received('error')).toEqual([]);
});

test('a proof is in one hello: the next one has the token alone', async () => {
  const { gateway, sent, environment } = await asked();
  await sent;
  gateway.cut();
  await environment.clock.advance(2_000);
  const { token, proof } = gateway.ofType('hello').at(-1) ?? {};
  expect([token, proof]).toEqual(['minted', undefined]);
});

test('a client without native code, as on a page without HTTPS, proves its work too', async () => {
  const gateway = new FakeGateway();
  // Enough work for several slices.
  const gate = await gateByProof(gateway, 'proofs', { cost: 2_000, counter: 30 });
  const subtle = vi.spyOn(crypto, 'subtle', 'get').mockReturnValue(undefined as never);
  await openChat({ gateway }).chat.sendMessage('Hello');
  expect(subtle).toHaveBeenCalled();
  subtle.mockRestore();
  expect(await gate.isSolved(gate.proofs[0])).toBe(true);
});

test('a gateway that accepts no proof gets three in a minute, and the connection goes on trying', async () => {
  const { gate, chat, environment, sent } = await asked('none');
  sent.catch(() => undefined);
  await vi.waitFor(() => {
    expect(gate.proofs).toHaveLength(3);
  });
  await environment.clock.advance(30_000);
  expect(gate.proofs).toHaveLength(3);
  expect(gate.refused.length).toBeGreaterThan(4);
  expect(chat.snapshot.pending.map(({ state }) => state)).toEqual(['waiting']);
  await environment.clock.advance(40_000);
  await vi.waitFor(() => {
    expect(gate.proofs.length).toBeGreaterThan(3);
  });
  chat.close();
});

test('a challenge that the client does not understand is reported, and the message waits', async () => {
  const gateway = new FakeGateway();
  const gate = await gateByProof(gateway);
  const { refuse } = gateway;
  gateway.refuse = (...call) => {
    const error = refuse(...call);
    return error && { ...error, challenge: '{"parameters":{}}' };
  };
  const { chat, environment } = openChat({ gateway });
  void chat.sendMessage('Hello').catch(() => undefined);
  await vi.waitFor(() => {
    expect(environment.reported).toHaveLength(1);
  });
  expect(gate.proofs).toEqual([]);
  expect(chat.snapshot.pending).toHaveLength(1);
  chat.close();
});

test('a chat that is closed meanwhile says nothing more', async () => {
  const { chat, gate, gateway, sent } = await asked('proofs', { cost: 1_000, counter: 100_000 });
  sent.catch(() => undefined);
  await vi.waitFor(() => {
    expect(gate.refused).toHaveLength(1);
  });
  chat.close();
  await settle();
  expect(gateway.ofType('hello')).toHaveLength(1);
});

test('two tabs without locks each prove their work, or the slower one uses the token of the other', async () => {
  const gateway = new FakeGateway();
  const gate = await gateByProof(gateway);
  const storage = new FakeStorage();
  const first = openChat({ gateway, environment: new FakeEnvironment(storage) });
  const second = openChat({ gateway, environment: new FakeEnvironment(storage, 2) });
  await Promise.all([first, second].map(({ chat }) => chat.sendMessage('Hello')));
  expect(new Set(gateway.ofType('send-message').map(({ messageId }) => messageId)).size).toBe(2);
  expect(gate.proofs.length).toBeLessThanOrEqual(2);
});

test('five tabs that share a connection prove their work once', async () => {
  const browser = new FakeBrowser();
  const gateway = new FakeGateway();
  const gate = await gateByProof(gateway);
  const tabs = [1, 2, 3, 4, 5].map(() => openTab(browser, gateway));
  await vi.waitFor(() => {
    expect(tabs.map(({ chat }) => chat.snapshot.status)).toEqual(tabs.map(() => 'online'));
  });
  expect([gate.proofs.length, gateway.visitors]).toEqual([1, 1]);
});
