/** The proof of work of new visitors: its settings, its defaults, and what holds for one site. */
import * as v from 'valibot';

/**
 * From whom a proof is asked. `off`: from nobody. `suspicious`: from new visitors of an address, or of a site, that has used half of its
 * `newVisitorsPer10Minutes`. `always`: from every new visitor.
 */
export const PROOF_WHEN = ['off', 'suspicious', 'always'] as const;
/** One of `PROOF_WHEN`. */
export type ProofWhen = (typeof PROOF_WHEN)[number];

const whole = (least: number, most: number, what: string) => {
  const problem = `expected ${what}, ${least} to ${most}`;
  return v.pipe(v.number(problem), v.integer(problem), v.minValue(least, problem), v.maxValue(most, problem));
};

/** The settings of the proof of work that differ from the defaults, or on a site from those of the gateway. */
export const ProofOfWorkSchema = v.strictObject(
  {
    when: v.optional(v.picklist(PROOF_WHEN, `expected one of ${PROOF_WHEN.join(', ')}`)),
    /** The most keys that a device derives for one proof; half of them on average. */
    difficulty: v.optional(whole(1, 100_000, 'a whole number of keys')),
    /** How long a challenge can be answered, in milliseconds. */
    expiresAfterMs: v.optional(whole(10_000, 3_600_000, 'whole milliseconds')),
  },
  'expected an object such as {"when": "suspicious"}',
);
/** All settings of the proof of work of a site. */
export interface ProofOfWork {
  when: ProofWhen;
  /** The most keys that a device derives for one proof; half of them on average. */
  difficulty: number;
  expiresAfterMs: number;
}

/** The proof of work without any configuration. */
export const DEFAULT_PROOF_OF_WORK: ProofOfWork = {
  when: 'off',
  // Half of them, each of 1,000 iterations, took a computer 0.2 s; a phone that is five times slower needs 1 s.
  difficulty: 1_000,
  // A slow phone without native code, in a tab that is hidden, at eight times the difficulty.
  expiresAfterMs: 300_000,
};

/** The settings of the proof of work that differ from the defaults, or on a site from those of the gateway. */
export type ProofOfWorkSettings = { [Name in keyof ProofOfWork]?: ProofOfWork[Name] | undefined };

/** The settings that hold for a site: its own, else those of the gateway, else the defaults. */
export function proofOfWorkOf(...settings: readonly (ProofOfWorkSettings | undefined)[]): ProofOfWork {
  const result = { ...DEFAULT_PROOF_OF_WORK };
  for (const { when, difficulty, expiresAfterMs } of settings.map((one) => one ?? {})) {
    result.when = when ?? result.when;
    result.difficulty = difficulty ?? result.difficulty;
    result.expiresAfterMs = expiresAfterMs ?? result.expiresAfterMs;
  }
  return result;
}

/** The settings of a site in words, for the log at the start and for `rivulet check`. */
export function describeProofOfWork({ when, difficulty, expiresAfterMs }: ProofOfWork): string {
  return when === 'off' ? when : `${when}, difficulty ${difficulty}, expires after ${expiresAfterMs} ms`;
}
