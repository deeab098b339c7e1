/** Lines that break at random frames, in both directions: what was sent arrives once and in order, and every view is the log's. */
import { textOf } from '@rivulet/protocol';
import { createRandom } from '@rivulet/protocol/testing';
import { expect, test } from 'vitest';
import type { ChatSnapshot } from './chat.ts';
import { FakeEnvironment, FakeStorage, settle } from './testing/fake-environment.ts';
import { FakeGateway } from './testing/fake-gateway.ts';
import { openChat, type OpenChat } from './testing/open-chat.ts';

const STEPS = 80;

/** Sent messages are shown in one place, never in none and never in two. */
function watchPlaces({ chat }: OpenChat, sent: string[]): string[] {
  const wrong: string[] = [];
  const look = ({ conversation, pending }: ChatSnapshot) => {
    for (const text of sent) {
      const inLog = conversation.messages.filter((message) => textOf(message) === text).length;
      const onItsWay = pending.filter(({ parts }) => textOf({ parts: [...parts] }) === text).length;
      if (inLog + onItsWay !== 1) wrong.push(`${text}: ${inLog} in the conversation, ${onItsWay} pending`);
    }
  };
  chat.subscribe(look);
  return wrong;
}

async function play(seed: number) {
  const random = createRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const gateway = new FakeGateway(seed);
  gateway.nextFrameLimit = () => ({ frames: 1 + below(25) });
  gateway.messagesPerPage = 1 + below(4);
  gateway.senders = random() < 0.3 ? 'must-subscribe' : 'auto';
  const open = openChat({ gateway, environment: new FakeEnvironment(new FakeStorage(), seed) });
  const sent: string[] = [];
  const wrong = watchPlaces(open, sent);
  const logs = () => [...gateway.logs.values()];
  const acts: (() => unknown)[] = [
    () => {
      const text = `question ${sent.length}`;
      void open.chat.sendMessage(text);
      sent.push(text);
    },
    () => logs().map((log) => log.write(`word${below(100)} `)),
    () => logs().map((log) => log.write('😀')),
    () => logs().map((log) => log.finish('stop')),
    () => logs().map((log) => (log.keptFrom = below(log.seq + 2))),
    () => {
      gateway.connection.losses = below(3);
    },
    () => {
      gateway.cut();
    },
    () => {
      open.environment.emitSign(random() < 0.5 ? 'visible' : 'online');
    },
    () => open.environment.clock.advance(below(3000)),
  ];
  for (let count = 0; count < STEPS; count += 1) {
    await acts[below(acts.length)]?.();
    if (random() < 0.5) await settle();
  }
  gateway.nextFrameLimit = () => ({ frames: Infinity });
  gateway.cut();
  await open.environment.clock.advance(30_000);
  await open.environment.clock.advance(30_000);
  return { open, gateway, sent, wrong };
}

test.each(Array.from({ length: 60 }, (_, index) => index + 1))(
  'with the line cut at random the view is the fold of the log, each message once and in order (seed %i)',
  async (seed) => {
    const { open, gateway, sent, wrong } = await play(seed);
    const { conversation, pending } = open.chat.snapshot;
    const log = gateway.logs.get(conversation.id);
    expect(open.environment.reported).toEqual([]);
    expect(pending).toEqual([]);
    expect(conversation.messages).toEqual(log?.state.messages ?? []);
    expect(conversation.messages.filter(({ role }) => role === 'user').map(textOf)).toEqual(sent);
    expect(wrong).toEqual([]);
    const ended = conversation.messages.flatMap(({ run }) => (run?.state === 'finished' ? [run.id] : []));
    const ids = (name: 'run-start' | 'run-end') => open.received(name).map(({ runId }) => runId);
    expect(ids('run-end').sort()).toEqual(ended.sort());
    expect(new Set(ids('run-start')).size).toBe(ids('run-start').length);
  },
);
