/** Makes a fake gateway ask visitors without a token for a proof of work, and verifies it. */
import { CLOSE_CODES, ChatError, bodyOf, type CommandOf } from '@rivulet/protocol';
import { createChallenge, randomInt, verifySolution, type Challenge, type Solution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import type { FakeGateway } from './fake-gateway.ts';

const SECRETS = { hmacSignatureSecret: 'of challenges', hmacKeySignatureSecret: 'of keys' };

/** What the gate has seen. */
export interface ProofGate {
  /** The hellos that were refused. */
  refused: CommandOf<'hello'>[];
  /** The proofs that came with a hello, in order. */
  proofs: string[];
  /** Whether a proof is the solution of the challenge of this gate. */
  isSolved(proof: string | undefined): Promise<boolean>;
}

/**
 * Puts the gate in front of a gateway.
 * @param accepts what it does with a proof; `none` refuses every one
 * @param more parameters of the challenge
 */
export async function gateByProof(
  gateway: FakeGateway,
  accepts: 'proofs' | 'none' = 'proofs',
  more: { cost?: number; counter?: number; algorithm?: string } = {},
): Promise<ProofGate> {
  const made = await createChallenge({
    algorithm: 'PBKDF2/SHA-256',
    cost: 10,
    counter: randomInt(20, 10),
    deriveKey,
    ...SECRETS,
    ...more,
  });
  const gate: ProofGate = {
    refused: [],
    proofs: [],
    async isSolved(proof = '') {
      const { challenge, solution } = JSON.parse(atob(proof)) as { challenge: Challenge; solution: Solution }; // what the client writes
      return (await verifySolution({ challenge, solution, deriveKey, ...SECRETS })).verified;
    },
  };
  gateway.refuse = (command, connection) => {
    if (command.type !== 'hello' || command.token !== undefined) return undefined;
    if (command.proof !== undefined) gate.proofs.push(command.proof);
    if (command.proof !== undefined && accepts === 'proofs') return undefined;
    gate.refused.push(command);
    queueMicrotask(() => {
      connection.end({ code: CLOSE_CODES['proof-required'], reason: 'proof-required' });
    });
    return bodyOf(new ChatError('proof-required', { challenge: JSON.stringify(made), retryAfterMs: 10_000 }));
  };
  return gate;
}
