/** 2,000 viewers of one conversation who return within a second, as after a restart of the gateway. */
import { setTimeout as delay } from 'node:timers/promises';
import { DeltaMeter, percentile } from './measure.ts';
import { PER_SECOND, SHORT_ANSWER, ask, closeAll, type Scenario } from './scenarios.ts';
import { openAll, type StoredConversation } from './targets/target.ts';

/** The number of viewers who return. */
export const RETURNING_VIEWERS = 2_000;
const RETURN_MS = 1_000;
/** Other visitors, who receive answers meanwhile. */
const STREAMS = 20;

/**
 * How long a viewer waits for the conversation, which has 50 messages at first, and how long the answers of other visitors and
 * new questions in the conversation wait meanwhile.
 */
export const resume: Scenario = async (target) => {
  if (target.converse === undefined) return null;
  const conversation = await target.converse();
  for (let pair = 0; pair < 25; pair += 1) await conversation.ask(SHORT_ANSWER);
  const meter = new DeltaMeter();
  const visitors = await openAll(STREAMS, () => target.connect());
  meter.isTiming = false;
  const answers = visitors.map((visitor) => ask(visitor, meter, { deltas: 500, perSecond: PER_SECOND }));
  await delay(1_000);
  meter.isTiming = true;
  await delay(1_000);
  const beforeMs = meter.latenciesMs.splice(0);
  const [returned, acceptMs] = await askDuring(
    conversation,
    conversation.rejoin(RETURNING_VIEWERS, RETURN_MS),
  );
  meter.isTiming = false;
  await Promise.all(answers);
  await returned.close();
  closeAll([...visitors, conversation]);
  return {
    figures: {
      'synced p50 ms': percentile(returned.syncedMs, 0.5),
      'synced p99 ms': percentile(returned.syncedMs, 0.99),
      'other delta p99 before ms': percentile(beforeMs, 0.99),
      'other delta p99 ms': percentile(meter.latenciesMs, 0.99),
      'accept p50 ms': percentile(acceptMs, 0.5),
      'accept max ms': Math.max(...acceptMs),
    },
    faults: meter.faults,
  };
};

/** Asks a question every 100 ms until `work` is done. @returns its result, and the time until the acceptance of each question */
async function askDuring<Value>(
  conversation: StoredConversation,
  work: Promise<Value>,
): Promise<[Value, number[]]> {
  const acceptMs: number[] = [];
  const done = work.then(
    () => true,
    () => true,
  );
  do acceptMs.push(await conversation.ask({ deltas: 1, perSecond: 0 }));
  while (!(await Promise.race([done, delay(100, false)])));
  return [await work, acceptMs];
}
