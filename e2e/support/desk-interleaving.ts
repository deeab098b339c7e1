/** One random order in which two people take a conversation over in mid-answer, and what three viewers see of it. */
import { mintMessageId, type ConversationId } from '@rivulet/protocol';
import { randomBytes } from '../../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';
import type { DeskAnswer, DeskDeployment, Person } from './desk-deployment.ts';
import { ask, greet } from './protocol-visitor.ts';

/** What must not happen, counted over all orders and viewers. */
export interface DeskFaults {
  deltasAfterTakeOver: number;
  doubleOwners: number;
  lostMessages: number;
}

/** Numbers from 0 up to 1 that depend on the seed only (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A hundred numbers, one each 2 ms. */
const QUESTION = 'Count. [[numbers:2]]';
const TEXTS = [QUESTION, 'Hello again?', 'I am here.', 'Good.'];
/** What the stored answer of a gateway says when the run that it waits for has not ended in time. */
const TRY_AGAIN = 500;

/** What the order is played with. */
export interface InterleavingOptions {
  deployment: DeskDeployment;
  random: () => number;
  /** With a kill, the answer runs on a gateway that is killed with SIGKILL at a random moment of it. */
  kill: 'none' | 'gateway-of-the-run';
  faults: DeskFaults;
}

/** Plays one order: the question, two take-overs at one moment, a message, a reply, the release, and another answer. */
export async function playInterleaving(options: InterleavingOptions): Promise<void> {
  const { deployment, random, kill, faults } = options;
  const victim = kill === 'none' ? undefined : await deployment.startVictim();
  const { client: asker, token } = await greet(victim?.url ?? deployment.urlOf(0));
  const { conversationId, commandId } = ask(asker, QUESTION);
  await asker.answer(commandId);
  const view = (at: number) =>
    ProtocolClient.connect(deployment.urlOf(at), { token, subscriptions: [{ conversationId }] });
  const viewers = [await view(0), await view(1), await view(Math.floor(random() * 2))];
  const [visitor] = viewers as [ProtocolClient, ...ProtocolClient[]]; // three were made
  /** Resolves when the answer has a random length: the order of what waits for it differs each time. */
  const moment = () => {
    const chars = 1 + Math.floor(random() * 120);
    return visitor.until(
      () => answerOf(visitor).length >= chars || hasEnded(visitor),
      'a moment of the answer',
    );
  };
  const takes = [
    take(deployment, { person: 'ada', at: 0, id: conversationId, when: moment() }),
    take(deployment, { person: 'bob', at: 1, id: conversationId, when: moment() }),
  ];
  const insist = moment().then(() => say(visitor, conversationId, 'Hello again?'));
  const death = victim && moment().then(() => victim.end('SIGKILL'));
  const [answers] = await Promise.all([Promise.all(takes), insist, death]);
  const winners = answers.filter(({ status }) => status === 200);
  if (winners.length !== 1) faults.doubleOwners += 1;
  const { person } = winners[0] ?? answers[0] ?? { person: 'ada' };
  const reply = { messageId: mintMessageId(randomBytes), parts: [{ type: 'text', text: 'I am here.' }] };
  const place = { at: Math.floor(random() * 2), id: conversationId };
  await deployment.act(person, { ...place, act: 'reply' }, reply);
  await deployment.act(person, { ...place, act: 'reply' }, reply); // sent again: it is added once
  await say(visitor, conversationId, 'Good.');
  for (const viewer of viewers)
    await viewer.until(() => textsOf(viewer).includes('Good.'), 'the last message');
  for (const viewer of [...viewers, await view(1)]) {
    await viewer.until(() => viewer.view !== undefined && textsOf(viewer).includes('Good.'), 'the state');
    count(viewer, person, faults);
  }
  await deployment.act(person, { ...place, act: 'release' });
  await visitor.until(() => visitor.view?.conversation.owner?.kind === 'ai', 'the release');
  await say(visitor, conversationId, 'And now? [[numbers]]');
  await visitor.until(() => visitor.view?.conversation.messages.at(-1)?.run?.reason === 'stop', 'the answer');
  for (const viewer of [asker, ...viewers]) await viewer.cut();
  await victim?.end('SIGKILL');
}

interface Take {
  person: Person;
  at: number;
  id: ConversationId;
  when: Promise<void>;
}

/** Takes the conversation over, again when the run of a gateway that died was not closed yet. */
async function take(deployment: DeskDeployment, { person, at, id, when }: Take) {
  await when;
  let answer: DeskAnswer;
  do answer = await deployment.act(person, { at, id, act: 'take' });
  while (answer.status === TRY_AGAIN);
  return { person, status: answer.status };
}

/** Sends a message until it is accepted: with the same id, so that it is stored once. */
async function say(client: ProtocolClient, conversationId: ConversationId, text: string): Promise<void> {
  const messageId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text }];
  for (;;) {
    const answer = await client.answer(
      client.send({ type: 'send-message', conversationId, messageId, parts }),
    );
    if (answer.type === 'accepted') return;
    if (answer.error.retry === 'no') throw new Error(`${text} was refused: ${answer.error.message}`);
  }
}

const textsOf = ({ view }: ProtocolClient): string[] =>
  view?.conversation.messages.map(({ parts: [part] }) => (part && 'text' in part ? part.text : '')) ?? [];
const answerOf = (viewer: ProtocolClient): string => textsOf(viewer)[1] ?? '';
const hasEnded = ({ view }: ProtocolClient): boolean =>
  view?.conversation.messages[1]?.run?.state === 'finished';

/** Counts what is wrong in what a viewer was shown until now. */
function count({ events, view }: ProtocolClient, person: Person, faults: DeskFaults): void {
  const from = events.findIndex((event) => event.type === 'owner-changed' && event.owner.kind === 'person');
  if (from >= 0)
    faults.deltasAfterTakeOver += events.slice(from).filter(({ type }) => type === 'text-delta').length;
  const owners = new Set(
    events.flatMap((event) => (event.type === 'owner-changed' ? [event.owner.person?.name] : [])),
  );
  if (owners.size > 1 || view?.conversation.owner?.person?.name !== person.toUpperCase())
    faults.doubleOwners += 1;
  const texts =
    view?.conversation.messages.map(({ parts: [part] }) => (part && 'text' in part ? part.text : '')) ?? [];
  for (const text of TEXTS) if (texts.filter((each) => each === text).length !== 1) faults.lostMessages += 1;
}
