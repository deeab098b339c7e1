import { ChatError, CLOSE_CODES } from '@rivulet/protocol';
import { expect, test, vi } from 'vitest';
import { FakeStorage, FakeEnvironment, settle } from '../testing/fake-environment.ts';
import { openChat, type OpenChat } from '../testing/open-chat.ts';

/** A token of Ann that expires at this second of the gateway's clock. */
const tokenOf = (exp: number, sub = 'ann') => `h.${btoa(JSON.stringify({ sub, exp }))}.s`;
const hellosOf = ({ gateway }: OpenChat) => gateway.ofType('hello').map(({ token }) => token);
const refreshedOf = ({ gateway }: OpenChat) => gateway.ofType('refresh-auth').map(({ token }) => token);

/** A chat whose token function returns these tokens, one after the other, then the last one repeatedly. */
async function identified(...tokens: (string | Error)[]) {
  const storage = new FakeStorage();
  const open = openChat({ environment: new FakeEnvironment(storage) });
  const { clock } = open.environment;
  const startedAtMs = clock.now();
  open.gateway.now = () => clock.now() - startedAtMs;
  open.gateway.capabilities.push('refresh-auth');
  await settle();
  let count = 0;
  const fetchToken = vi.fn(async () => {
    const given = tokens[Math.min(count++, tokens.length - 1)]!;
    if (given instanceof Error) throw given;
    return given;
  });
  await open.chat.identify(fetchToken);
  /** Lets time pass while the gateway keeps the connection alive. */
  const minutes = async (count: number) => {
    for (let restMs = count * 60_000; restMs > 0; restMs -= 20_000) {
      open.gateway.connection.send({ type: 'pong', serverTimeMs: open.gateway.now() });
      await clock.advance(Math.min(restMs, 20_000));
    }
  };
  const refused = new Set<string | undefined>();
  const hangUp = (connection = open.gateway.connection) => {
    connection.end({ code: CLOSE_CODES.unauthenticated, reason: 'the token has expired' });
  };
  open.gateway.refuse = (command, connection) => {
    if (command.type !== 'hello' || !refused.has(command.token)) return undefined;
    queueMicrotask(() => {
      hangUp(connection);
    });
    return new ChatError('unauthenticated').toBody();
  };
  /** Rejects the current token and closes, as the gateway does when it has expired. */
  const expire = async () => {
    refused.add(open.chat.access.token);
    open.gateway.connection.send({ type: 'rejected', error: new ChatError('unauthenticated').toBody() });
    hangUp();
    await settle();
  };
  return { ...open, storage, fetchToken, minutes, expire };
}

test('a token is renewed a minute before it expires, each time on the open connection', async () => {
  const open = await identified(tokenOf(300), tokenOf(600), tokenOf(900));
  await open.minutes(3.9);
  expect(open.fetchToken).toHaveBeenCalledTimes(1);
  await open.minutes(0.2);
  expect(refreshedOf(open)).toEqual([tokenOf(600)]);
  await open.minutes(5);
  expect(refreshedOf(open)).toEqual([tokenOf(600), tokenOf(900)]);
  expect(hellosOf(open)).toEqual([undefined, tokenOf(300)]);
  expect([...open.storage.items.values()].join()).not.toContain('h.');
});

test('a session that ends with its token reconnects with a fresh one, without an error', async () => {
  const open = await identified(tokenOf(3600), tokenOf(7200));
  await open.chat.sendMessage('one');
  open.chat.draft = 'I was about to';
  await open.minutes(1);
  await open.expire();
  const sent = open.chat.sendMessage('two');
  await sent;
  await settle();
  expect(hellosOf(open).slice(1)).toEqual([tokenOf(3600), tokenOf(7200)]);
  expect(open.received('error')).toEqual([]);
  expect(open.chat.snapshot).toMatchObject({ status: 'online', closedBecause: null });
  expect([open.chat.draft, open.texts().includes('two')]).toEqual(['I was about to', true]);
});

test('a message that was sent without a valid token goes out after the renewal, with the same id', async () => {
  const open = await identified(tokenOf(3600), new Error('offline'), tokenOf(7200));
  await open.chat.sendMessage('one');
  open.gateway.onlyLog.finish('stop');
  await open.minutes(1);
  await open.expire();
  expect(open.chat.snapshot.closedBecause?.code).toBe('unauthenticated');
  expect(open.received('error')).toHaveLength(1);
  const sent = open.chat.sendMessage('two');
  await settle();
  const [{ messageId } = { messageId: '' }] = open.chat.snapshot.pending;
  await open.minutes(0.6);
  expect(await sent).toEqual({ messageId });
  expect(open.chat.snapshot).toMatchObject({ status: 'online', closedBecause: null });
});

test('a function that returns rejected tokens is called every half minute, and the rejection is shown', async () => {
  const open = await identified(tokenOf(3600));
  await open.minutes(1);
  await open.expire();
  expect(open.chat.snapshot.closedBecause?.code).toBe('unauthenticated');
  expect(open.fetchToken).toHaveBeenCalledTimes(2);
  await open.minutes(2.1);
  expect(open.fetchToken).toHaveBeenCalledTimes(6);
});

test('when a renewed token is rejected the former one stays in use, and another one is fetched', async () => {
  const open = await identified(tokenOf(300), tokenOf(600), tokenOf(601));
  open.gateway.refuse = (command) =>
    command.type === 'refresh-auth' && command.token === tokenOf(600)
      ? new ChatError('unauthenticated').toBody()
      : undefined;
  await open.minutes(4.1);
  expect(open.chat.access.token).toBe(tokenOf(300));
  await open.minutes(0.5);
  expect(open.chat.access.token).toBe(tokenOf(601));
  expect(open.chat.snapshot.status).toBe('online');
});

test('a gateway without refresh-auth gets the fresh token on a new connection', async () => {
  const open = await identified(tokenOf(300), tokenOf(600));
  open.gateway.capabilities.pop();
  open.gateway.cut();
  await open.minutes(4.1);
  expect([refreshedOf(open), hellosOf(open).at(-1)]).toEqual([[], tokenOf(600)]);
});

test('the token of another user opens a new connection', async () => {
  const open = await identified(tokenOf(300), tokenOf(600, 'bob'));
  await open.minutes(4.1);
  expect([refreshedOf(open), hellosOf(open).at(-1)]).toEqual([[], tokenOf(600, 'bob')]);
});

test.each(['logout', 'close', 'identify'] as const)(
  'after %s the function is not called again',
  async (how) => {
    const open = await identified(tokenOf(300));
    await (how === 'identify' ? open.chat.identify('plain') : open.chat[how]());
    await open.minutes(10);
    expect(open.fetchToken).toHaveBeenCalledTimes(1);
  },
);

test('with a plain token the rejection is shown, and identify with another one reconnects', async () => {
  const open = await identified(tokenOf(3600));
  await open.chat.identify(tokenOf(3601));
  await open.expire();
  await open.environment.clock.advance(120_000);
  expect(open.chat.snapshot.closedBecause?.code).toBe('unauthenticated');
  const waiting = open.chat.sendMessage('Hello');
  await open.chat.identify(tokenOf(7200));
  await waiting;
  expect(open.chat.snapshot).toMatchObject({ status: 'online', closedBecause: null });
});
