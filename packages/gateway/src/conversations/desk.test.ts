import {
  mintConversationId,
  mintMessageId,
  type ChatError,
  type ConversationId,
  type Participant,
} from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { createTwoNodes, ONE_NODE, type StartedNodes } from '../testing/start-nodes.ts';

const ADA: Participant = { id: 'ada', name: 'Ada' };
const BOB: Participant = { id: 'bob', name: 'Bob', pictureUrl: '/bob.png' };
const textPart = (text: string) => ({ type: 'text' as const, text });

let nodes: StartedNodes;
let client: ProtocolClient;
let token: string;
let conversationId: ConversationId;

const send = (text: string, messageId = mintMessageId(randomBytes)) =>
  client.send({ type: 'send-message', conversationId, messageId, parts: [textPart(text)] });
const replyOf = (text: string) => ({ messageId: mintMessageId(randomBytes), parts: [textPart(text)] });
const textsIn = (viewer: ProtocolClient) =>
  viewer.view?.conversation.messages.map(({ role, parts: [part] }) => [
    role,
    part && 'text' in part ? part.text : '',
  ]);
const owners = (viewer: ProtocolClient) =>
  viewer.events.flatMap((event) => (event.type === 'owner-changed' ? [event.owner.kind] : []));

/** A visitor's question whose answer is being written. */
async function ask() {
  conversationId = mintConversationId(randomBytes);
  client = await ProtocolClient.connect(nodes.first.url);
  token = (await client.received('welcome')).token ?? '';
  await client.answer(send('Hello?'));
  const scene = await nodes.first.provider.next();
  scene.emitText('One ', 'two ');
  await client.until(() => textsIn(client)?.at(-1)?.[1] === 'One two ', 'the first words');
  return scene;
}

async function view(url: string): Promise<ProtocolClient> {
  const viewer = await ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] });
  await viewer.received('synced');
  return viewer;
}

const twoNodes = createTwoNodes();
describe.each([ONE_NODE, twoNodes])('the desk on $name', (service) => {
  beforeAll(() => service.prepare());
  afterAll(() => service.dispose());
  beforeEach(async () => {
    nodes = await service.open({});
  });
  afterEach(() => nodes.stop());

  it('a take-over ends the answer with its text, and every viewer sees the entry after the end', async () => {
    const scene = await ask();
    const viewer = await view(nodes.other.url);
    await nodes.other.gateway.desk.takeOver(conversationId, BOB);
    expect(scene.signal.aborted).toBe(true);
    for (const each of [client, viewer]) {
      await each.received('owner-changed');
      const types = each.events.map(({ type }) => type);
      expect(types.indexOf('run-finished')).toBeLessThan(types.indexOf('owner-changed'));
      expect(each.view?.conversation.owner).toMatchObject({ kind: 'person', number: 1, person: BOB });
      expect(textsIn(each)).toEqual([
        ['user', 'Hello?'],
        ['assistant', 'One two '],
      ]);
    }
  });

  it('messages of the visitor are stored once and start no run; those of the person reach every viewer', async () => {
    await ask();
    const { desk } = nodes.other.gateway;
    await desk.takeOver(conversationId, ADA);
    const messageId = mintMessageId(randomBytes);
    const answers = [
      await client.answer(send('Still there?', messageId)),
      await client.answer(send('Still there?', messageId)),
    ];
    expect(answers.map(({ type }) => type)).toEqual(['accepted', 'accepted']);
    expect(answers[0]).not.toHaveProperty('runId');
    const reply = replyOf('I am Ada.');
    await desk.reply(conversationId, ADA, reply);
    expect(await desk.reply(conversationId, ADA, reply)).toMatchObject({ role: 'agent', author: ADA });
    await client.until(() => textsIn(client)?.length === 4, 'the reply');
    expect(textsIn(client)?.slice(2)).toEqual([
      ['user', 'Still there?'],
      ['agent', 'I am Ada.'],
    ]);
    expect((await view(nodes.first.url)).view).toEqual((await view(nodes.other.url)).view);
  });

  it('after the release the model answers again, and knows what the person wrote', async () => {
    await ask();
    const { desk } = nodes.other.gateway;
    await desk.takeOver(conversationId, ADA);
    await desk.reply(conversationId, ADA, replyOf('It costs 5 €.'));
    await desk.release(conversationId, ADA);
    await client.answer(send('Thanks.'));
    const { request } = await nodes.first.provider.next();
    expect(request.messages.at(-2)).toMatchObject({
      role: 'assistant',
      text: expect.stringContaining('Ada') as string,
    });
    expect(request.messages.at(-2)).toMatchObject({
      text: expect.stringContaining('It costs 5 €.') as string,
    });
    expect(owners(client)).toContain('ai');
    const types = client.events.map(({ type }) => type);
    expect(types.lastIndexOf('run-started')).toBeGreaterThan(types.lastIndexOf('owner-changed'));
  });

  it('another person is refused by name, also to reply, to transfer and to release', async () => {
    await ask();
    const { desk } = nodes.first.gateway;
    await desk.takeOver(conversationId, ADA);
    const other = nodes.other.gateway.desk;
    const attempts = await Promise.allSettled([
      other.takeOver(conversationId, BOB),
      other.reply(conversationId, BOB, replyOf('No.')),
      other.release(conversationId, BOB),
      other.transfer(conversationId, BOB, BOB),
    ]);
    const reason = { code: 'conflict', message: 'Ada has this conversation.' };
    expect(attempts).toMatchObject(attempts.map(() => ({ status: 'rejected', reason })));
    await desk.transfer(conversationId, ADA, BOB);
    await other.reply(conversationId, BOB, replyOf('Yes.'));
    await client.until(() => textsIn(client)?.at(-1)?.[1] === 'Yes.', 'the reply');
  });

  it('in random orders no delta follows the entry, one person has it, and no message is lost', async () => {
    const shown = { deltasAfter: 0, doubleOwners: 0, lost: 0 };
    const rounds = service === ONE_NODE ? 200 : 40;
    for (let seed = 1; seed <= rounds; seed += 1) await interleave(randomOf(seed), shown);
    expect(shown).toEqual({ deltasAfter: 0, doubleOwners: 0, lost: 0 });
  }, 120_000);
});

/** Numbers from 0 up to 1 that depend on the seed only (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two people take over at one moment, while the model writes and the visitor sends another message; three viewers look on. */
async function interleave(
  random: () => number,
  shown: { deltasAfter: number; doubleOwners: number; lost: number },
) {
  const scene = await ask();
  const viewers = [client, await view(nodes.first.url), await view(nodes.other.url)];
  const turns = async (most: number) => {
    for (let left = Math.floor(random() * most); left > 0; left -= 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const take = async (by: Participant, node = nodes.first) => {
    await turns(12);
    return node.gateway.desk.takeOver(conversationId, by).then(
      () => by,
      (error: unknown) => {
        expect((error as ChatError).code).toBe('conflict');
        return undefined;
      },
    );
  };
  const write = async () => {
    for (let word = 0; word < 12; word += 1) {
      scene.emitText(`${word} `);
      await turns(3);
    }
  };
  const insist = async () => {
    await turns(12);
    return client.answer(send('Hello again?'));
  };
  const [ada, bob] = await Promise.all([take(ADA), take(BOB, nodes.other), write(), insist()]);
  const winner = ada ?? bob;
  if (winner === undefined || (ada !== undefined && bob !== undefined)) shown.doubleOwners += 1;
  await nodes.other.gateway.desk.reply(conversationId, winner ?? ADA, replyOf('I am here.'));
  await client.answer(send('Good.'));
  for (const viewer of viewers) {
    await viewer.until(
      () => textsIn(viewer)?.some(([, text]) => text === 'Good.') === true,
      'the last message',
    );
    const from = viewer.events.findIndex(({ type }) => type === 'owner-changed');
    expect(from).toBeGreaterThan(0);
    shown.deltasAfter += viewer.events.slice(from).filter(({ type }) => type === 'text-delta').length;
    const texts = textsIn(viewer)?.map(([, text]) => text) ?? [];
    shown.lost += ['Hello?', 'Hello again?', 'I am here.', 'Good.'].filter(
      (text) => !texts.includes(text),
    ).length;
    if (viewer.view?.conversation.owner?.person?.id !== winner?.id) shown.doubleOwners += 1;
  }
  for (const viewer of viewers) await viewer.close(1000);
}
