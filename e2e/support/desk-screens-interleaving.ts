/** One random order in which two people take a conversation over in mid-answer, while three screens of a visitor show it. */
import { mintMessageId } from '@rivulet/protocol';
import { expect } from 'vitest';
import { randomBytes } from '../../packages/gateway/src/base/random.ts';
import { messagesInStore, messagesOnPage, type ComparedMessage } from './conversation-comparison.ts';
import type { DeskAnswer, DeskDeployment, Person } from './desk-deployment.ts';
import type { DeskFaults } from './desk-interleaving.ts';
import { waitForLength, type Screens } from './desk-screens.ts';
import type { GatewayProcess } from './processes.ts';

/** A hundred numbers, one each 5 ms. */
const QUESTION = 'Count. [[numbers:5]]';
/** Longer than the answer is when most orders begin, and shorter than the whole answer. */
const MOST_CHARS = 200;
/** Long, because a conversation waits until the answer of a gateway that died is closed. */
const WAIT = { timeout: 40_000 };
/** The status when the run that a take-over waits for has not ended in time. */
const TRY_AGAIN = 500;

/** What the order is played with. */
export interface ScreensInterleaving {
  deployment: DeskDeployment;
  screens: Screens;
  /** Tells the orders apart. */
  seed: number;
  random: () => number;
  /** The gateway that the first browser is connected to, if it is to be killed at a random moment of the answer. */
  victim?: GatewayProcess | undefined;
  /** Called before the kill: the first browser reconnects to another gateway. */
  beforeKill: () => void;
  faults: DeskFaults;
}

/**
 * Plays one order: the question, perhaps a request for a person, two take-overs, a message, a reply, the release, another answer.
 * @returns whether the answer to the question was ended by it
 */
export async function playOnScreens(options: ScreensInterleaving): Promise<{ isMidAnswer: boolean }> {
  const { deployment, screens, seed, random, victim, beforeKill, faults } = options;
  const { chats } = screens;
  const [first] = chats;
  const anyChat = () => chats[Math.floor(random() * chats.length)] ?? first;
  const greeting = `Hello ${seed} [[numbers]]`; // plain text, which can be compared exactly
  const id = await screens.begin(greeting);
  await first.ask(QUESTION);
  /** Resolves when the answer has a random length on some screen. */
  const moment = () => waitForLength(anyChat().page, 1 + Math.floor(random() * MOST_CHARS));
  const requester = random() < 0.5 ? anyChat() : undefined;
  const talker = anyChat();
  const asked = requester && moment().then(() => requester.page.evaluate(requestPerson));
  const insist = moment().then(() => talker.ask('Hello again?'));
  const together = moment();
  const takes = [
    take(deployment, { person: 'ada', at: 0, id, when: together }),
    take(deployment, { person: 'bob', at: 1, id, when: together }),
  ];
  const death = victim && kill(moment(), victim, beforeKill);
  const [answers] = await Promise.all([Promise.all(takes), asked, insist, death]);
  const winners = answers.filter(({ status }) => status === 200);
  if (winners.length !== 1) faults.doubleOwners += 1;
  const { person } = winners[0] ?? { person: 'ada' };
  const place = { at: Math.floor(random() * 2), id };
  const reply = { messageId: mintMessageId(randomBytes), parts: [{ type: 'text', text: 'I am here.' }] };
  await deployment.act(person, { ...place, act: 'reply' }, reply);
  await deployment.act(person, { ...place, act: 'reply' }, reply); // sent again: it is added once
  for (const chat of chats) await expect.poll(() => textsOn(chat.page), WAIT).toContain('Hello again?');
  await talker.ask('Good.');
  const sent = [greeting, QUESTION, 'Hello again?', 'I am here.', 'Good.'];
  for (const { page } of chats) {
    await expect.poll(() => textsOn(page), WAIT).toContain('Good.');
    await expect.poll(() => textsOn(page), WAIT).toContain('I am here.');
    const texts = await textsOn(page);
    for (const text of sent) if (texts.filter((one) => one === text).length !== 1) faults.lostMessages += 1;
    const title = await page.locator('#rivulet-title').textContent();
    if (title?.trim() !== person.toUpperCase()) faults.doubleOwners += 1;
  }
  await expectSame(screens, deployment);
  await deployment.act(person, { ...place, act: 'release' });
  for (const { page } of chats) await page.getByText('The AI assistant answers again.').first().waitFor();
  for (const { deltasAfterTakeOver, owners } of await screens.shown()) {
    faults.deltasAfterTakeOver += deltasAfterTakeOver;
    if (owners.some((name) => name !== person.toUpperCase())) faults.doubleOwners += 1;
  }
  await anyChat().ask('And now? [[numbers]]');
  for (const { page } of chats)
    await expect.poll(() => textsOn(page), WAIT).toContain('And now? [[numbers]]');
  for (const chat of chats) await chat.waitForIdle();
  const shown = await expectSame(screens, deployment);
  return { isMidAnswer: shown.some(({ role, end }) => role === 'assistant' && end === 'stopped') };
}

/** Runs in the page. */
const requestPerson = () =>
  (document.querySelector('rivulet-chat') as unknown as { requestPerson(): Promise<void> }).requestPerson();

const textsOn = async (page: Parameters<typeof messagesOnPage>[0]) =>
  (await messagesOnPage(page)).map(({ text }) => text);

/** The three screens and the store have the same messages. */
async function expectSame({ chats }: Screens, deployment: DeskDeployment): Promise<ComparedMessage[]> {
  const [first, ...others] = chats;
  const stored = await messagesInStore(first.page, deployment.urlOf(0));
  for (const { page } of [first, ...others])
    await expect.poll(() => messagesOnPage(page), WAIT).toEqual(stored);
  return stored;
}

async function kill(when: Promise<void>, victim: GatewayProcess, beforeKill: () => void): Promise<void> {
  await when;
  beforeKill();
  await victim.end('SIGKILL');
}

interface Take {
  person: Person;
  at: number;
  id: string;
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
