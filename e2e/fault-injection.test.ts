/** The tools of the random histories: the proxy that injects faults, and the checks that find what is wrong. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createRandom } from '@rivulet/protocol/testing';
import {
  ChatError,
  mintConversationId,
  mintMessageId,
  mintRunId,
  partIdOf,
  type ChatEvent,
  type LoggedEvent,
} from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import type { ClientChannel, Transport } from '../packages/widget/src/client/transports/transport.ts';
import { wrongNumbersOf } from './support/counted-text.ts';
import { DeliveryAudit } from './support/delivery-audit.ts';
import { createFaultQueue } from './support/fault-queue.ts';
import { checkLog } from './support/log-check.ts';
import { createPublicationFilter } from './support/publication-loss.ts';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';

describe('a proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  const arrived: string[] = [];
  beforeEach(async () => {
    arrived.length = 0;
    server = createServer((socket) => socket.on('data', (chunk) => arrived.push(String(chunk))));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    proxy = await startTcpProxy((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await proxy.close();
    server.close();
  });
  const begin = (): Socket =>
    connect(Number(new URL(proxy.url).port), '127.0.0.1').on('error', () => undefined);
  const open = async (): Promise<Socket> => {
    const socket = begin();
    await once(socket, 'connect');
    return socket;
  };
  const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

  it('that refuses ends every connection, and accepts them again when it is restored', async () => {
    const before = await open();
    proxy.interrupt('refused');
    await closed(before);
    await closed(begin());
    proxy.restore();
    (await open()).write('hello');
    await expect.poll(() => arrived.join('')).toBe('hello');
  });

  it('that is a black hole passes nothing and closes nothing, and what was sent meanwhile arrives afterwards', async () => {
    const before = await open();
    before.write('one ');
    await expect.poll(() => arrived.join('')).toBe('one ');
    proxy.interrupt('black-holed');
    const during = await open();
    await Promise.all(
      [before, during].map((socket) => new Promise((resolve) => socket.write('two ', resolve))),
    );
    expect(arrived.join('')).toBe('one ');
    proxy.restore();
    await expect.poll(() => arrived.join('')).toBe('one two two ');
    expect(before.readyState).toBe('open');
  });
});

describe('a filter of publications', () => {
  const publication = (text: string) => `>3\r\n$8\r\nsmessage\r\n$1\r\nc\r\n$${text.length}\r\n${text}\r\n`;
  const others = [
    '+OK\r\n',
    '*2\r\n:1\r\n$-1\r\n',
    '%1\r\n+a\r\n*1\r\n$4\r\n\r\n\r\n\r\n',
    '_\r\n',
    '*0\r\n',
  ];
  const bytes = Array.from(
    { length: 100 },
    (_, index) => publication(`${index}`) + (others[index % 5] ?? ''),
  );
  const lossOf = (share: number) => ({ share, random: createRandom(3), published: 0, lost: 0 });
  const filtered = (share: number, cut: number) => {
    const filter = createPublicationFilter(lossOf(share));
    const whole = Buffer.from(bytes.join(''));
    const chunks = Array.from({ length: Math.ceil(whole.length / cut) }, (_, index) =>
      filter(whole.subarray(index * cut, (index + 1) * cut)),
    );
    return Buffer.concat(chunks).toString();
  };

  it('passes on everything when none is lost, wherever the bytes are cut', () => {
    for (const cut of [1, 2, 7, 100, 10_000]) expect(filtered(0, cut)).toBe(bytes.join(''));
  });

  it('loses whole publications, the same ones for the same seed, and no reply', () => {
    const kept = filtered(0.3, 10_000);
    expect(filtered(0.3, 3)).toBe(kept);
    expect(kept.match(/smessage/g)?.length).toBeLessThan(100);
    expect(filtered(1, 10_000)).toBe(bytes.map((_, index) => others[index % 5]).join(''));
  });
});

describe('a queue of faults', () => {
  it('lets no two overlap, and shares one that has not begun among those who want it', async () => {
    const faults = createFaultQueue();
    const kill = { name: 'kill', port: 1 };
    const happened: string[] = [];
    const fault = (name: string) => async () => {
      happened.push(`${name} begins`);
      await Promise.resolve();
      happened.push(`${name} ends`);
    };
    const first = faults.inject(fault('kill'), kill);
    expect(faults.inject(fault('never'), kill)).toBe(first);
    await first.begun;
    faults.inject(fault('again'), kill);
    await faults.idle();
    expect(happened).toEqual(['kill begins', 'kill ends', 'again begins', 'again ends']);
  });
});

const conversationId = mintConversationId(randomBytes);
const messageId = mintMessageId(randomBytes);
const runId = mintRunId(randomBytes);
const titled = (seq: number): LoggedEvent => ({
  type: 'conversation-updated',
  conversationId,
  seq,
  title: `${seq}`,
});
const delta = (seq: number, first = seq): LoggedEvent => ({
  type: 'text-delta',
  seq,
  first,
  partId: partIdOf(messageId, 0),
  at: first,
  text: 'x',
});
const ended = (seq: number, reason: 'stop' | 'interrupted' = 'stop'): LoggedEvent => ({
  type: 'run-finished',
  conversationId,
  seq,
  runId,
  reason,
  finishedAtMs: 1,
});
const restarted = (seq: number, attempt: number): LoggedEvent => ({
  type: 'run-restarted',
  conversationId,
  seq,
  runId,
  attempt,
  why: new ChatError('interrupted').toBody(),
});
const started = (seq: number): LoggedEvent => ({
  type: 'run-started',
  conversationId,
  seq,
  runId,
  messageId,
  parentId: mintMessageId(randomBytes),
  startedAtMs: 1,
});

/** Lets a tab receive the events, each list on a connection of its own. */
async function received(...connections: ChatEvent[][]): Promise<DeliveryAudit> {
  const audit = new DeliveryAudit();
  const queue = [...connections];
  const open = (): ClientChannel => ({
    send: () => Promise.resolve(),
    receive: async function* () {
      await Promise.resolve();
      yield* queue.shift() ?? [];
    },
    close: () => undefined,
    closed: new Promise(() => undefined),
  });
  const transport: Transport = audit.over({ name: 'scripted', open });
  const observer = { unreadable: () => undefined, ignored: () => undefined };
  for (const _ of connections)
    for await (const event of transport.open(observer).receive()) expect(event.type).not.toBe('unknown');
  return audit;
}
const subscribed = (epoch: string): ChatEvent => ({
  type: 'subscribed',
  conversationId,
  epoch,
  mode: 'replay',
});
const synced = (seq: number): ChatEvent => ({ type: 'synced', conversationId, epoch: 'a', seq });

describe('what tabs receive', () => {
  it.each([
    ['a whole replay', [titled(1), delta(3, 2), synced(3)], {}],
    ['a merged delta that begins with what came before', [delta(1), delta(3, 1)], {}],
    ['a stream that begins again', [titled(1), subscribed('a'), titled(2), synced(2)], {}],
    ['an event before which one is missing', [titled(1), titled(3)], { gaps: 1 }],
    ['a replay without its end', [titled(1), synced(2)], { gaps: 1 }],
    ['an event twice', [titled(1), titled(2), titled(2)], { duplicates: 1 }],
    ['a delta twice', [titled(1), delta(2), delta(2)], { duplicates: 1 }],
    ['an event after a later one', [titled(1), titled(2), titled(3), titled(2)], { reorders: 1 }],
  ])('%s', async (_, events, wrong) => {
    const audit = await received([subscribed('a'), ...events]);
    expect(audit.wrong).toEqual({ gaps: 0, duplicates: 0, reorders: 0, ...wrong });
  });

  it('may contain the same end in every subscription and epoch, and no other end of the same run', async () => {
    const first = [subscribed('a'), titled(1), ended(2)];
    expect((await received(first, first, [subscribed('b'), ended(1)])).endedTwice).toEqual([]);
    expect((await received(first, [subscribed('b'), ended(1, 'interrupted')])).endedTwice).toEqual([runId]);
    expect((await received([...first, ended(3)])).endedTwice).toEqual([runId]);
  });
});

describe('what the log keeps', () => {
  it('has each place once, and nothing of a run after its end but its start again', () => {
    const right = [started(1), delta(2), ended(3), started(4)];
    expect(checkLog(right)).toEqual({
      wrong: { gaps: 0, duplicates: 0, reorders: 0 },
      endedTwice: [],
      writtenAfterEnd: [],
      restarted: [],
      wronglyRestarted: [],
    });
    for (const late of [delta(5), restarted(5, 2)])
      expect(checkLog([...right, late]).writtenAfterEnd).toEqual([runId]);
    expect(checkLog([...right, ended(5)]).endedTwice).toEqual([runId]);
    expect(checkLog([titled(4), titled(6), titled(6), titled(5)]).wrong).toEqual({
      gaps: 1,
      duplicates: 1,
      reorders: 1,
    });
  });
});

describe('a run that was begun again', () => {
  it.each([
    ['each attempt once', [2, 3], []],
    ['an attempt whose gateway was lost before it announced it', [3], []],
    ['an attempt twice', [2, 2], [runId]],
    ['an earlier attempt after a later one', [3, 2], [runId]],
    ['an attempt too many', [2, 3, 4], [runId]],
  ])('%s', (_, attempts, wronglyRestarted) => {
    const log = [started(1), ...attempts.map((attempt, index) => restarted(index + 2, attempt))];
    expect(checkLog(log)).toMatchObject({ restarted: [runId], wronglyRestarted });
  });
});

describe('a text that counts', () => {
  it.each([
    ['', {}],
    ['1 2 3 ', {}],
    ['1 2 4 ', { gaps: 1 }],
    ['1 2 2 3 ', { duplicates: 1 }],
    ['1 2 3 1 4 ', { reorders: 1 }],
    ['2 3 ', { gaps: 1 }],
    ['1 2 3', { gaps: 1 }],
  ])('%j', (text, wrong) => {
    expect(wrongNumbersOf(text)).toEqual({ gaps: 0, duplicates: 0, reorders: 0, ...wrong });
  });
});
