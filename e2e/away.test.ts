/** Redis or Postgres is away for longer than a lease, while answers are written and messages are sent: what visitors see, and what is kept. */
import { setTimeout as pause } from 'node:timers/promises';
import type { EventOf, Position } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import type { PostgresServer } from '../packages/gateway/src/testing/postgres-server.ts';
import type { RedisServer } from '../packages/gateway/src/testing/redis-server.ts';
import { ask, greet, type SentQuestion } from './support/protocol-visitor.ts';
import type { GatewayProcess } from './support/processes.ts';
import { scaled } from './support/scale.ts';
import { openSharedDeployment, type SharedDeployment } from './support/shared-deployment.ts';

/** Longer than a lease, in the sample too. */
const AWAY_MS = scaled({ sample: 11_000, full: 20_000 });
/** The interval at which visitors of each gateway send a message meanwhile. */
const SEND_INTERVAL_MS = 500;
/** From the return of the server to an accepted message on each gateway, and to a viewer who has what was written meanwhile. */
const MAX_RECOVERY_MS = 5_000;
const WHOLE = Array.from({ length: 100 }, (_, index) => `${index + 1} `).join('');
/** The answer counts for 20 s, or 30 s: longer than the server is away and everything takes to recover. */
const LONG = `Count slowly [[numbers:${scaled({ sample: 200, full: 300 })}]]`;
/** The answer ends while the server is away. */
const SHORT = 'Count [[numbers:80]]';

let deployment: SharedDeployment;
let gateways: readonly GatewayProcess[];
beforeAll(async () => {
  deployment = await openSharedDeployment();
  ({ gateways } = deployment);
});
afterAll(() => deployment.close());

/** A reply with a viewer on the gateway that writes it, and one on the other. */
interface Reply {
  question: SentQuestion;
  token: string;
  local: ProtocolClient;
  remote: ProtocolClient;
}

/** Begins a reply on each gateway, and resolves when both viewers of each see text. */
function beginReplies(text: string): Promise<Reply[]> {
  return Promise.all(
    gateways.map(async ({ url }, index) => {
      const { client: local, token } = await greet(url);
      const question = ask(local, text);
      await local.until(() => local.text !== '');
      const subscriptions = [{ conversationId: question.conversationId }];
      const otherUrl = gateways[1 - index]?.url ?? '';
      const remote = await ProtocolClient.connect(otherUrl, { token, subscriptions });
      await remote.until(() => remote.text !== '');
      return { question, token, local, remote };
    }),
  );
}

/** A message that was sent, and the answer to it. */
interface Sent {
  question: SentQuestion;
  token: string;
  answer: EventOf<'accepted'> | EventOf<'rejected'>;
}

/** Visitors who are connected to a gateway. Each sends one message, because a client of the tests follows one conversation. */
interface Senders {
  /** Sends one message at every interval, as long as there are visitors. Resolves when the last one is sent. */
  sendAll(): Promise<Promise<Sent>[]>;
  /** Sends messages of further visitors until one is accepted. Resolves with all of them. */
  sendUntilAccepted(): Promise<Sent[]>;
}

async function connectSenders({ url }: GatewayProcess): Promise<Senders> {
  const visitors = await Promise.all(Array.from({ length: AWAY_MS / SEND_INTERVAL_MS }, () => greet(url)));
  const send = async ({ client, token }: (typeof visitors)[number]): Promise<Sent> => {
    const question = ask(client, 'Are you there?');
    return { question, token, answer: await client.answer(question.commandId) };
  };
  return {
    async sendAll() {
      const sent: Promise<Sent>[] = [];
      for (const visitor of visitors) {
        sent.push(send(visitor));
        await pause(SEND_INTERVAL_MS);
      }
      return sent;
    },
    async sendUntilAccepted() {
      const sent = [await send(await greet(url))];
      while (sent.at(-1)?.answer.type !== 'accepted') sent.push(await send(await greet(url)));
      return sent;
    },
  };
}

/** Whether a client that comes now is shown the message. */
async function isStored({ question: { conversationId, messageId }, token }: Sent): Promise<boolean> {
  const reader = await ProtocolClient.connect(gateways[0]?.url ?? '', {
    token,
    subscriptions: [{ conversationId }],
  });
  await reader.until(() => reader.events.some(({ type }) => type === 'synced' || type === 'rejected'));
  await reader.cut();
  return reader.view?.conversation.messages.some(({ id }) => id === messageId) ?? false;
}

const runOf = (viewer: ProtocolClient) => viewer.view?.conversation.messages.at(-1)?.run;
const isWhole = (viewer: ProtocolClient) => runOf(viewer)?.state === 'finished' && viewer.text === WHOLE;
const charsOf = (viewer: ProtocolClient) => viewer.text.length;
/** How long the work took, in milliseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** What happened while a server was away and when it was back. */
interface Course {
  /** The replies that went on beyond the time in which it was away, and those that ended in it. */
  long: Reply[];
  short: Reply[];
  sent: Sent[];
  /** The characters that each viewer got while the server was away, in the order of `long`: on the same gateway, on the other. */
  local: number[];
  remote: number[];
  /** From the return of the server to an accepted message on every gateway, in milliseconds. */
  acceptedAfterMs: number;
  /** From the return of the server until viewers on the other gateway have what was written meanwhile, in milliseconds. */
  caughtUpAfterMs: number;
}

/** Kills the server, waits as long as senders send messages, and starts it again. */
async function play(server: Pick<RedisServer | PostgresServer, 'kill' | 'start'>): Promise<Course> {
  const senders = await Promise.all(gateways.map(connectSenders));
  const [long, short] = [await beginReplies(LONG), await beginReplies(SHORT)];
  await server.kill();
  const before = long.map(({ local, remote }) => ({ local: charsOf(local), remote: charsOf(remote) }));
  const answers = (await Promise.all(senders.map((each) => each.sendAll()))).flat();
  const shownSince = (place: 'local' | 'remote') =>
    long.map((reply, index) => charsOf(reply[place]) - (before[index]?.[place] ?? 0));
  const [local, remote] = [shownSince('local'), shownSince('remote')];
  await server.start();
  const written = long.map((reply) => charsOf(reply.local));
  const probes: Sent[] = [];
  const [acceptedAfterMs, caughtUpAfterMs] = await Promise.all([
    timed(async () => {
      const sent = await Promise.all(senders.map((each) => each.sendUntilAccepted()));
      probes.push(...sent.flat());
    }),
    timed(() =>
      Promise.all(
        long.map(({ remote: viewer }, index) => viewer.until(() => charsOf(viewer) >= (written[index] ?? 0))),
      ),
    ),
  ]);
  const sent = [...(await Promise.all(answers)), ...probes];
  return { long, short, sent, local, remote, acceptedAfterMs, caughtUpAfterMs };
}

function describeCourse({ sent, local, remote, acceptedAfterMs, caughtUpAfterMs }: Course): string {
  const outcomes = sent.map(({ answer }) => (answer.type === 'rejected' ? answer.error.code : answer.type));
  const counts = Object.entries(Object.groupBy(outcomes, (outcome) => outcome));
  return [
    `${sent.length} messages: ${counts.map(([outcome, all]) => `${outcome} ${all.length}`).join(', ')}`,
    `characters shown meanwhile on the same gateway ${local.join(', ')}, on the other ${remote.join(', ')}`,
    `after the return: messages accepted in ${(acceptedAfterMs / 1000).toFixed(1)} s, other viewers complete in ${(caughtUpAfterMs / 1000).toFixed(1)} s`,
  ].join('; ');
}

async function expectNothingFalse({ sent, long, short, ...course }: Course): Promise<void> {
  const refusals = sent.flatMap(({ answer }) => (answer.type === 'rejected' ? [answer.error] : []));
  expect(refusals.filter(({ retry }) => retry === 'no')).toEqual([]);
  const accepted = sent.filter(({ answer }) => answer.type === 'accepted');
  const areStored = await Promise.all(accepted.map(isStored));
  expect(areStored.filter((each) => !each)).toEqual([]);
  for (const { local, remote } of [...long, ...short])
    await Promise.all([local, remote].map((viewer) => viewer.until(() => isWhole(viewer))));
  expect(gateways.map(({ child }) => child.exitCode)).toEqual([null, null]);
  expect(course.acceptedAfterMs).toBeLessThan(MAX_RECOVERY_MS);
  expect(course.caughtUpAfterMs).toBeLessThan(MAX_RECOVERY_MS);
}

describe(`${AWAY_MS / 1000} s without a server: no false acknowledgement, no crash, refusals that may be retried, and a quick recovery`, () => {
  it('Postgres: replies go on for the viewers of every gateway', { timeout: 120_000 }, async () => {
    const course = await play(deployment.postgres);
    console.log(`Postgres away: ${describeCourse(course)}`);
    await expectNothingFalse(course);
    expect(Math.min(...course.local, ...course.remote)).toBeGreaterThan(100);
  });

  it(
    'Redis, and its log is lost: replies go on for viewers of the same gateway, and logs begin new epochs',
    { timeout: 120_000 },
    async () => {
      const idle = await Promise.all(
        (await beginReplies('Hello')).map(async ({ local, question, token }) => {
          await local.until(() => runOf(local)?.state === 'finished');
          return { question, token, cursor: local.view?.position };
        }),
      );
      const course = await play(deployment.redis);
      console.log(`Redis away: ${describeCourse(course)}`);
      await expectNothingFalse(course);
      expect(Math.min(...course.local)).toBeGreaterThan(100);
      for (const each of idle) expect(await epochAfter(each)).not.toBe(each.cursor?.epoch);
    },
  );
});

/** The epoch in which a viewer that returns with its cursor goes on. */
async function epochAfter({ question: { conversationId }, token, cursor }: Returned): Promise<string> {
  const subscriptions = [{ conversationId, ...(cursor && { cursor }) }];
  const viewer = await ProtocolClient.connect(gateways[1]?.url ?? '', { token, subscriptions });
  const { epoch } = await viewer.received('synced');
  expect(runOf(viewer)?.reason).toBe('stop');
  return epoch;
}

/** A viewer that was there before. */
interface Returned {
  question: SentQuestion;
  token: string;
  cursor: Position | undefined;
}
