/** The challenges of the proof of work, in the format of ALTCHA: created, signed and verified. Nothing is kept of one until it is used. */
import { createHmac, randomInt } from 'node:crypto';
import { createChallenge, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import * as v from 'valibot';

/**
 * Browsers derive PBKDF2 in native code, so that a program has no advantage over a page, as it would with a plain hash. The iterations of
 * one key are few, because the gateway derives one for each challenge; the difficulty is how many keys a device derives.
 */
const ALGORITHM = 'PBKDF2/SHA-256';
const ITERATIONS = 1_000;

/** What a challenge is for. It is signed with it. */
interface Terms {
  siteId: string;
  /** The most keys that are derived to solve it. */
  difficulty: number;
  /** In milliseconds since 1970. */
  expiresAtMs: number;
}

/** A solution that was verified, or why it was not. */
export type Verified =
  | { kind: 'solved'; id: string; siteId: string; expiresAtMs: number }
  /** It is no solution of a challenge of this secret. */
  | { kind: 'wrong' };

/** Creates and verifies challenges with one secret. */
export interface Challenges {
  /** Creates a challenge. @returns the text of a JSON object: that of ALTCHA, version 2 */
  create(terms: Terms): Promise<string>;
  /** Verifies a solution, but not whether it is in time, for which site it is, and whether it was used. Never rejects. */
  verify(proof: string): Promise<Verified>;
}

/** Only what is read here; the signature is over all parameters, so the others are kept as they are. */
const ProofSchema = v.object({
  challenge: v.object({
    parameters: v.looseObject({
      algorithm: v.literal(ALGORITHM),
      cost: v.literal(ITERATIONS),
      nonce: v.string(),
      salt: v.string(),
      keyLength: v.number(),
      keyPrefix: v.string(),
      keySignature: v.string(),
      data: v.object({ site: v.string(), expiresAtMs: v.number() }),
    }),
    signature: v.string(),
  }),
  solution: v.object({ counter: v.number(), derivedKey: v.string() }),
});

/** Creates the challenges of a gateway. @param secret the same on all gateways of a service; keys are derived from it */
export function createChallenges(secret: string): Challenges {
  const keyFor = (use: string) =>
    createHmac('sha256', secret).update(`rivulet proof of work: ${use}`).digest('hex');
  const keys = {
    hmacSignatureSecret: keyFor('challenge'),
    hmacKeySignatureSecret: keyFor('solution'),
    deriveKey,
  };
  return {
    async create({ siteId, difficulty, expiresAtMs }) {
      const challenge = await createChallenge({
        ...keys,
        algorithm: ALGORITHM,
        cost: ITERATIONS,
        // With the number chosen here, the longest search is known; a search for a pattern in a key has no end that is certain.
        counter: randomInt(difficulty),
        // Not the `expiresAt` of the format, which the library compares with the clock of the system.
        data: { site: siteId, expiresAtMs },
      });
      return JSON.stringify(challenge);
    },
    async verify(proof) {
      const read = v.safeParse(ProofSchema, parse(proof));
      if (!read.success) return { kind: 'wrong' };
      const { challenge, solution } = read.output;
      const { verified } = await verifySolution({ ...keys, challenge, solution });
      if (!verified) return { kind: 'wrong' };
      const { site, expiresAtMs } = challenge.parameters.data;
      return { kind: 'solved', id: challenge.parameters.nonce, siteId: site, expiresAtMs };
    },
  };
}

/** @param proof JSON in Base64, as the programs of ALTCHA write it */
function parse(proof: string): unknown {
  try {
    return JSON.parse(Buffer.from(proof, 'base64').toString());
  } catch {
    return undefined; // no JSON: the schema refuses it
  }
}
