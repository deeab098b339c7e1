import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_ANSWERS } from '../testing/hostile/http-answers.ts';
import { HTTP_ATTEMPTS } from '../testing/hostile/http-attempts.ts';
import { attempt } from '../testing/hostile/raw-connection.ts';
import { SOCKET_ANSWERS } from '../testing/hostile/socket-answers.ts';
import { SOCKET_ATTEMPTS } from '../testing/hostile/socket-attempts.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { witness } from '../testing/witness.ts';

const ANSWERS = { ...HTTP_ANSWERS, ...SOCKET_ANSWERS };
const isFull = process.env.RIVULET_SCALE === 'full';
const ALL = [...HTTP_ATTEMPTS, ...SOCKET_ATTEMPTS];
/** A sample that has some of each kind, or all. */
const TRIED = ALL.filter((_, index) => isFull || index % 4 === 0);
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

let started: StartedGateway;
beforeAll(async () => {
  // Short, so that what is cut for its slowness is cut soon.
  started = await startGateway({ limits: { requestMs: 900, helloMs: 600 } });
});
afterAll(() => started.stop());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void; // the flag defines it in new contexts
/** What is kept. The resident memory also has what the attackers in this process have freed. */
const keptBytes = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

async function tryAll(): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, writes } of TRIED) {
    const answer = await attempt(started.url, writes);
    if (answer !== ANSWERS[name]) wrong.push(`${name}: ${answer}, expected ${ANSWERS[name]}`);
  }
  return wrong;
}

describe('hostile sockets', () => {
  it('are at least 150, and each has one documented answer', () => {
    const names = ALL.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(150);
    expect(names.toSorted()).toEqual(Object.keys(ANSWERS).toSorted());
    const refusal = /^(\d{3}( |$)|cut|close|open$|([a-z-]+ )+(close \d{4}|open)$)/;
    expect(
      Object.entries(ANSWERS).filter(([, answer]) => !refusal.test(answer) || answer.includes('hang')),
    ).toEqual([]);
    expect(Object.entries(ANSWERS).filter(([, answer]) => /accepted|500/.test(answer))).toEqual([]);
  });

  it('get their documented answers while another visitor is served', { timeout: TIMEOUT_MS }, async () => {
    await attempt(started.url, ALL[0]?.writes ?? []); // what is loaded once is no growth
    const bytes = keptBytes();
    const { result, slowestMs, pongs } = await witness(started.url, tryAll);
    const grownBytes = keptBytes() - bytes;
    expect(result).toEqual([]);
    expect(pongs).toBeGreaterThan(0);
    expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
    if (!isFull) return;
    console.log(
      `${TRIED.length} hostile sockets: ${result.length} wrong answers, 0 restarts, 0 hangs, memory ${(grownBytes / 2 ** 20).toFixed(1)} MB more, ` +
        `slowest of ${pongs} round trips of another visitor ${slowestMs.toFixed(0)} ms`,
    );
    expect(slowestMs).toBeLessThan(250);
  });
});
