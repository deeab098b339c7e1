/** Solves the challenge of a `proof-required`, as a client does, in Node. */
import { solveChallenge as solve, type Challenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';

/** @returns the proof for the next `hello` @throws {Error} when there is no challenge, or it has no solution */
export async function solveChallenge(text: string | undefined): Promise<string> {
  if (text === undefined) throw new Error('no challenge was sent');
  const challenge = JSON.parse(text) as Challenge; // what a gateway under test has created
  const solution = await solve({ challenge, deriveKey });
  if (solution === null) throw new Error('the challenge was not solved in time');
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
}
