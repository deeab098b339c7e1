/** What an upstream may do to a gateway: each behaviour has its documented answer, and costs neither memory nor time of others. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { CALL_BEHAVIOURS } from './support/hostile/call-behaviours.ts';
import { HTTP_BEHAVIOURS } from './support/hostile/http-behaviours.ts';
import {
  CANARY_KEY,
  questionFor,
  startRawUpstream,
  type Behaviour,
  type RawUpstream,
} from './support/hostile/raw-upstream.ts';
import { SIZE_BEHAVIOURS } from './support/hostile/size-behaviours.ts';
import { STREAM_BEHAVIOURS } from './support/hostile/stream-behaviours.ts';
import { memoryOf } from './support/memory.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';
import { ask } from './support/protocol-visitor.ts';
import { isFull, scaled } from './support/scale.ts';
import { startWitness, type Witness } from './support/hostile/witness.ts';

/** Measured: 92 to 141 MB, of which 10 MB are in use; the rest is memory that glibc keeps. Without bounds, one of these upstreams took 750 MB. */
const MAX_GROWTH_MB = 192;
const MAX_ROUND_TRIP_MS = 250;
/** Far more than the limits of time below permit an answer to take. */
const HANG_MS = 20_000;
/** How many behave badly at once. */
const AT_ONCE = 8;

const ALL = [...HTTP_BEHAVIOURS, ...STREAM_BEHAVIOURS, ...CALL_BEHAVIOURS, ...SIZE_BEHAVIOURS];
/** Without the full scale, every few of them. */
const BEHAVIOURS = ALL.filter((_, index) => index % scaled({ sample: 7, full: 1 }) === 0);

/**
 * As in a small container; and garbage is collected at a signal, because what has not been collected yet says nothing about what is
 * kept.
 */
const NODE_OPTIONS = [
  '--max-old-space-size=256 --max-semi-space-size=4 --expose-gc',
  "--import=data:text/javascript,process.on('SIGWINCH',()=>gc())",
].join(' ');

const siteFor = (place: number): string => `b${place}`;

/** What went wrong with a behaviour. */
interface Outcome {
  name: string;
  problem: string | undefined;
  isHang: boolean;
  isFalseSuccess: boolean;
}

let upstream: RawUpstream;
let gateway: GatewayProcess;
let witness: Witness;
const data = createDataFolder();
beforeAll(async () => {
  upstream = await startRawUpstream(ALL);
  const limits = {
    upstreamHeadersMs: 1_000,
    upstreamFirstContentMs: 2_000,
    upstreamGapMs: 2_500,
    upstreamTotalMs: 12_000,
    upstreamRetryMs: 300,
  };
  const file = join(data.path, 'hostile.json');
  // A model for each, because one circuit breaker guards all requests to a model.
  const sites = ['demo', ...ALL.map((_, place) => siteFor(place))].map((id) => ({
    id,
    model: id,
    origins: ['*'],
  }));
  writeFileSync(file, JSON.stringify({ limits, sites }));
  const environment = {
    OPENAI_API_KEY: CANARY_KEY,
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
    NODE_OPTIONS,
    // As the README recommends: glibc otherwise keeps free memory in up to eight arenas for each core.
    MALLOC_ARENA_MAX: '2',
  };
  gateway = await startGateway(environment, ['--config', file]);
  witness = await startWitness(gateway.url);
});
afterAll(async () => {
  await gateway.end('SIGKILL');
  await upstream.close();
  data.remove();
});

/** Asks as a new visitor, and compares the end with what is expected. */
async function judge(behaviour: Behaviour): Promise<Outcome> {
  const { name, expected } = behaviour;
  const place = ALL.indexOf(behaviour);
  const client = await ProtocolClient.connect(gateway.url, { site: siteFor(place) });
  const { commandId } = ask(client, questionFor(place));
  await client.answer(commandId);
  // The end may be an event, or be in the snapshot with which the conversation begins.
  const endOf = () =>
    client.view?.conversation.messages.findLast(({ run }) => run?.state === 'finished')?.run;
  const hang = new Promise<'hang'>((resolve) => setTimeout(resolve, HANG_MS, 'hang').unref());
  const isHang = (await Promise.race([client.until(() => endOf() !== undefined), hang])) === 'hang';
  const outcome = { name, isHang, isFalseSuccess: false };
  const end = endOf();
  if (isHang || end === undefined) return { ...outcome, problem: 'never ended' };
  const { text } = client;
  const seen = JSON.stringify(client.events);
  void client.close(1000);
  const calls = upstream.calls.get(name) ?? 0;
  const problems = [
    end.reason === expected.reason ? '' : `ended as ${end.reason} (${end.error?.code})`,
    expected.code === undefined || [expected.code].flat().includes(end.error?.code ?? '')
      ? ''
      : `failed as ${end.error?.code}`,
    expected.text === undefined || text === expected.text ? '' : `shows ${JSON.stringify(text.slice(0, 99))}`,
    calls <= (expected.maxCalls ?? 3) ? '' : `cost ${calls} requests`,
    seen.includes(CANARY_KEY) ? 'shows the key' : '',
  ].filter((problem) => problem !== '');
  const isFalseSuccess = end.reason === 'stop' && expected.reason !== 'stop';
  return { ...outcome, isFalseSuccess, problem: problems.length === 0 ? undefined : problems.join(', ') };
}

/** Judges all, a few at once. */
async function judgeAll(behaviours: readonly Behaviour[], atOnce = AT_ONCE): Promise<Outcome[]> {
  const waiting = [...behaviours];
  const outcomes: Outcome[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      outcomes.push(await judge(next));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}

describe('hostile upstreams', () => {
  it(`have names of their own, and are at least 100`, () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
    expect(ALL.length).toBeGreaterThanOrEqual(100);
  });

  it(
    `get their documented answers, and cost the gateway neither memory nor others their time`,
    async () => {
      await judgeAll(HTTP_BEHAVIOURS.slice(0, 3)); // so that the first use of everything is not counted
      gateway.child.kill('SIGWINCH');
      const { nowMb } = memoryOf(gateway.child.pid!);
      witness.reset();
      const isLarge = (behaviour: Behaviour) => SIZE_BEHAVIOURS.includes(behaviour);
      const outcomes = [
        ...(await judgeAll(BEHAVIOURS.filter((one) => !isLarge(one)))),
        // One after the other, so that the growth is that of one of them.
        ...(await judgeAll(BEHAVIOURS.filter(isLarge), 1)),
      ];
      const slowestMs = witness.slowestMs();
      const { peakMb } = memoryOf(gateway.child.pid!);
      const growthMb = () => memoryOf(gateway.child.pid!).nowMb - nowMb;
      gateway.child.kill('SIGWINCH');
      await expect.poll(growthMb, { timeout: 10_000 }).toBeLessThan(MAX_GROWTH_MB);
      const wrong = outcomes.filter(({ problem }) => problem !== undefined);
      const count = (key: 'isHang' | 'isFalseSuccess') => outcomes.filter((outcome) => outcome[key]).length;
      console.log(
        `${outcomes.length} hostile upstreams: ${wrong.length} wrong answers, ${count('isHang')} hangs, ${count('isFalseSuccess')} false successes; ` +
          `memory +${growthMb().toFixed(0)} MB (peak +${(peakMb - nowMb).toFixed(0)}); slowest round trip of a witness ${slowestMs.toFixed(0)} ms`,
      );
      expect(wrong).toEqual([]);
      expect(gateway.child.exitCode).toBeNull();
      expect(gateway.lines.join('\n') + gateway.errors()).not.toContain(CANARY_KEY);
      expect(slowestMs).toBeLessThan(MAX_ROUND_TRIP_MS);
    },
    isFull ? 600_000 : 120_000,
  );
});
