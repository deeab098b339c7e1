/** Whether the cost of a delta depends on the length of the answer, and that of a message on the length of the conversation. */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuUsOf } from './cpu-time.ts';
import { DeltaMeter, NO_FAULTS, percentile } from './measure.ts';
import { SHORT_ANSWER, ask, closeAll, type Scenario } from './scenarios.ts';
import type { AnswerPlan } from './stamp.ts';
import { openAll, type StoredConversation, type Target } from './targets/target.ts';

const STREAMS = 20;
/** Faster than a model, so that 100 kB take half a minute. */
const DELTAS_PER_SECOND = 200;
/** The measured deltas of each answer, which begin at that size: a delta has about 20 characters. */
const WINDOWS = [
  { size: '1 kB', from: 50, to: 100 },
  { size: '10 kB', from: 500, to: 600 },
  { size: '100 kB', from: 5_000, to: 5_200 },
];

/** The cost of a delta at three places of 20 concurrent answers. */
export const answerGrowth: Scenario = async (target) => {
  const meter = new DeltaMeter();
  meter.isTiming = false;
  const visitors = await openAll(STREAMS, () => target.connect());
  const plan: AnswerPlan = { deltas: 5_300, perSecond: DELTAS_PER_SECOND, pauseMs: 1_000 };
  const answers = Promise.all(visitors.map((visitor) => ask(visitor, meter, plan)));
  const figures: Record<string, number> = {};
  for (const { size, from, to } of WINDOWS) {
    await untilCount(meter, from * STREAMS);
    const before = { cpuUs: cpuUsOf(target), count: meter.count };
    await untilCount(meter, to * STREAMS);
    const cpuUs = cpuUsOf(target) - before.cpuUs;
    figures[`cpu a delta at ${size} us`] = cpuUs / (meter.count - before.count);
  }
  await answers;
  closeAll(visitors);
  return { figures, faults: meter.faults };
};

async function untilCount(meter: DeltaMeter, count: number): Promise<void> {
  while (meter.count < count) await delay(1);
}

/** The number of measured questions for each length. */
const MEASURED = 40;

/**
 * The cost of a question with its answer in conversations of three lengths. From 10 to 500 messages the context of the model
 * grows, which is sent to the upstream with each question. It reaches its limit, by default 64,000 characters, at 240 messages:
 * from 500 to 5,000 only the conversation grows.
 */
export const conversationGrowth: Scenario = async (target) => {
  const { converse } = target;
  if (converse === undefined) return null;
  // Many short conversations, because the measured messages would make a single one several times as long.
  const short = await openAll(MEASURED / 2, converse);
  for (const conversation of short) await askTimes(5, conversation);
  const at10 = await measure(target, short);
  const long = await converse();
  await askTimes(250, long);
  const at500 = await measure(target, [long]);
  await askTimes(2_500 - 250 - MEASURED, long);
  const at5000 = await measure(target, [long]);
  closeAll([...short, long]);
  const figures = {
    'accept p50 at 10 ms': at10.acceptMs,
    'accept p50 at 500 ms': at500.acceptMs,
    'accept p50 at 5,000 ms': at5000.acceptMs,
    'cpu a question at 10 us': at10.cpuUs,
    'cpu a question at 500 us': at500.cpuUs,
    'cpu a question at 5,000 us': at5000.cpuUs,
  };
  return { figures, faults: NO_FAULTS };
};

/** Asks one question after the other. @returns the time until the acceptance of each, in milliseconds */
async function askTimes(count: number, conversation: StoredConversation): Promise<number[]> {
  const acceptMs: number[] = [];
  while (acceptMs.length < count) acceptMs.push(await conversation.ask(SHORT_ANSWER));
  return acceptMs;
}

async function measure(target: Target, conversations: readonly StoredConversation[]) {
  const acceptMs: number[] = [];
  const beforeUs = cpuUsOf(target);
  for (const conversation of conversations)
    acceptMs.push(...(await askTimes(MEASURED / conversations.length, conversation)));
  await delay(100); // what remains to be done after the end of the last answer
  return { acceptMs: percentile(acceptMs, 0.5), cpuUs: (cpuUsOf(target) - beforeUs) / MEASURED };
}
