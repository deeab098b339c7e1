import { ChatError } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { refusalReasonOf } from '../base/index.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { solveChallenge } from '../testing/solve-challenge.ts';
import { createMemoryRateLimiter } from './memory.ts';
import type { ProofOfWorkSettings } from './proof-settings.ts';
import { createProofs } from './proofs.ts';
import { rateLimitsOf, type LimitedSite } from './settings.ts';

const SECRET = 'a secret for tests, 32 bytes long';
const DIFFICULTY = 8;

function open(settings: ProofOfWorkSettings = { when: 'always' }, proofSecret: string | undefined = SECRET) {
  const clock = createFakeClock();
  const proofs = createProofs({
    clock,
    limiter: createMemoryRateLimiter(),
    limitsOf: (site) => rateLimitsOf({}, site),
    proofOfWork: { difficulty: DIFFICULTY, ...settings },
    proofSecret,
  });
  const ask = (more: { site?: LimitedSite; address?: string; proof?: string } = {}) =>
    proofs.check({ site: { id: 'shop' }, address: '192.0.2.1', ...more }).then(
      () => undefined,
      (error: unknown) => ChatError.from(error),
    );
  /** What the gateway asked the newest visitor for. */
  const solved = async () => solveChallenge((await ask())?.challenge);
  return { clock, proofs, ask, solved };
}
/** Which of a number of visitors in a row were asked for a proof. */
const asked = async (count: number, ask: () => Promise<ChatError | undefined>) => {
  const answers = [];
  for (let number = 1; number <= count; number += 1) answers.push((await ask()) !== undefined);
  return answers;
};

describe('a proof of work', () => {
  it('is asked with a challenge, a code of its own and a time to come back, and is no refusal to report', async () => {
    const error = await open().ask();
    expect(error).toMatchObject({ code: 'proof-required', retry: 'after', retryAfterMs: 10_000 });
    expect(JSON.parse(error?.challenge ?? '')).toMatchObject({
      parameters: { algorithm: 'PBKDF2/SHA-256', data: { site: 'shop' } },
      signature: expect.any(String) as string,
    });
    expect(error && refusalReasonOf(error)).toBeUndefined();
  });

  it('is accepted once', async () => {
    const { ask, solved } = open();
    const proof = await solved();
    expect(await ask({ proof })).toBeUndefined();
    const again = await ask({ proof });
    expect([again?.code, again && refusalReasonOf(again)]).toEqual(['proof-required', 'proof-used']);
  });

  it('is accepted once also when it comes twenty times at once', async () => {
    const { ask, solved } = open();
    const proof = await solved();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ proof })));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
  });

  it('expires', async () => {
    const { ask, solved, clock } = open({ when: 'always', expiresAfterMs: 10_000 });
    const [proof, late] = [await solved(), await solved()];
    clock.advance(9_999);
    expect(await ask({ proof })).toBeUndefined();
    clock.advance(1);
    const error = await ask({ proof: late });
    expect(error && refusalReasonOf(error)).toBe('proof-expired');
  });

  it('is for one site', async () => {
    const { ask, solved } = open();
    const proof = await solved();
    const error = await ask({ proof, site: { id: 'blog' } });
    expect(error && refusalReasonOf(error)).toBe('proof-of-another-site');
    expect(await ask({ proof })).toBeUndefined(); // and was not used up by the attempt
  });

  it.each<[string, (proof: string) => string]>([
    ['is empty', () => ''],
    ['is no JSON', () => 'not a proof'],
    ['is JSON of another shape', () => btoa('{"challenge":null}')],
    [
      'names a smaller difficulty',
      (proof) => edited(proof, ({ parameters }) => (parameters.keyPrefix = '00')),
    ],
    [
      'names a later end',
      (proof) => edited(proof, ({ parameters }) => (parameters.data = { site: 'shop', expiresAtMs: 9e15 })),
    ],
    ['has another key', (proof) => edited(proof, (_, solution) => (solution.derivedKey = '00'.repeat(32)))],
    ['has a key that is no text', (proof) => edited(proof, (_, solution) => (solution.derivedKey = 7))],
    ['has no signature', (proof) => edited(proof, (challenge) => (challenge.signature = ''))],
  ])('is refused, with a new challenge, when it %s', async (_, damage) => {
    const { ask, solved } = open();
    const error = await ask({ proof: damage(await solved()) });
    expect([error?.code, error && refusalReasonOf(error)]).toEqual(['proof-required', 'proof-wrong']);
    expect(error?.challenge).toContain('parameters');
  });

  it('is refused when another gateway, with another secret, has asked for it', async () => {
    const error = await open({ when: 'always' }, SECRET.toUpperCase()).ask({ proof: await open().solved() });
    expect(error && refusalReasonOf(error)).toBe('proof-wrong');
  });
});

interface Damaged {
  parameters: { keyPrefix: unknown; data: unknown };
  signature: unknown;
}
function edited(
  proof: string,
  edit: (challenge: Damaged, solution: { derivedKey: unknown }) => unknown,
): string {
  const { challenge, solution } = JSON.parse(atob(proof)) as {
    challenge: Damaged;
    solution: { derivedKey: unknown };
  }; // made above
  edit(challenge, solution);
  return btoa(JSON.stringify({ challenge, solution }));
}

describe('who is asked for a proof', () => {
  it('nobody, without any configuration', async () => {
    expect(await asked(3, open({}).ask)).toEqual([false, false, false]);
  });

  it('everyone with always, and on a site with its own settings as that site says', async () => {
    const { ask } = open({ when: 'always' });
    expect(await asked(2, ask)).toEqual([true, true]);
    expect(await ask({ site: { id: 'blog', proofOfWork: { when: 'off' } } })).toBeUndefined();
  });

  it('with suspicious, an address that has used half of its new visitors, and no other address', async () => {
    const { ask } = open({ when: 'suspicious' });
    expect(await asked(12, ask)).toEqual([...Array.from({ length: 10 }, () => false), true, true]);
    expect(await ask({ address: '192.0.2.2' })).toBeUndefined();
  });

  it('with suspicious, all new visitors of a site that has used half of its own', async () => {
    const { ask } = open({ when: 'suspicious' });
    const site = {
      id: 'shop',
      rateLimits: { address: { newVisitorsPer10Minutes: 2 }, site: { newVisitorsPer10Minutes: 4 } },
    };
    const from = (number: number) => ask({ site, address: `192.0.2.${number}` });
    expect([await from(1), await from(2), (await from(3))?.code]).toEqual([
      undefined,
      undefined,
      'proof-required',
    ]);
  });

  it('with more work for an address that has many, at most eight times as much', async () => {
    const { ask } = open();
    const difficulties = new Set<number>();
    for (let number = 1; number <= 60; number += 1) {
      const text = (await ask())?.challenge;
      difficulties.add(await triesOf(text));
    }
    expect(Math.max(...difficulties)).toBeLessThan(8 * DIFFICULTY);
    expect(Math.max(...difficulties)).toBeGreaterThan(DIFFICULTY);
  });

  it('an address that asks for challenges without end is refused', async () => {
    const { ask } = open();
    await asked(200, ask);
    expect(await ask()).toMatchObject({ code: 'rate-limited', retryAfterMs: expect.any(Number) as number });
  });

  it('no site, when there is no secret to sign with: its settings are refused', () => {
    const scope = {
      clock: createFakeClock(),
      limiter: createMemoryRateLimiter(),
      limitsOf: () => rateLimitsOf(),
    };
    const proofs = createProofs(scope);
    const check = (when: 'off' | 'always') => () => {
      proofs.checkSettings([{ id: 'shop', proofOfWork: { when } }]);
    };
    expect(check('off')).not.toThrow();
    expect(check('always')).toThrow('proofOfWork of the site shop: the auth has no secrets');
  });
});

/** The keys that are derived to solve a challenge. */
async function triesOf(text: string | undefined): Promise<number> {
  const { solution } = JSON.parse(atob(await solveChallenge(text))) as { solution: { counter: number } }; // what the solver writes
  return solution.counter;
}
