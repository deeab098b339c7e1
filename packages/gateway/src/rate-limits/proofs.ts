/** Asks new visitors for a proof of work, the more the more of them come from one address, and accepts each proof once. */
import { ChatError } from '@rivulet/protocol';
import { refusal, type RefusalReason } from '../base/index.ts';
import { createChallenges, type Challenges } from './challenges.ts';
import { limitRefusal } from './limit-refusal.ts';
import type { LimitedClient, LimitsScope } from './limit-scopes.ts';
import { proofOfWorkOf, type ProofOfWork, type ProofOfWorkSettings } from './proof-settings.ts';
import { RateLimitError } from './rate-limit-error.ts';
import { DEFAULT_RATE_LIMITS, OFF, type LimitedSite } from './settings.ts';

/** A new visitor, with the proof that came with the hello. */
export interface NewVisitor extends LimitedClient {
  /** Absent: none was asked for yet. */
  proof?: string | undefined;
}

/** What the proofs of a gateway need. */
export interface ProofsScope extends Pick<LimitsScope, 'clock' | 'limiter' | 'limitsOf'> {
  /** The settings of the gateway, for sites without their own. */
  proofOfWork?: ProofOfWorkSettings | undefined;
  /** Signs challenges; undefined: no site can ask for proofs. */
  proofSecret?: string | undefined;
}

/** The proofs of one gateway. */
export interface Proofs {
  /**
   * Returns when the visitor need not prove anything, or has.
   * @throws {ChatError} `proof-required` with a challenge; `rate-limited` when the address asks for challenges without end
   */
  check(visitor: NewVisitor): Promise<void>;
  /** Checks the settings of sites before they are used. @throws {RateLimitError} when a site asks for proofs and there is no secret */
  checkSettings(sites: readonly LimitedSite[]): void;
}

/** As that of the new visitors which are compared with it. */
const WINDOW_SECONDS = 600;
/** The difficulty doubles at most three times: eight times the work is still a few seconds. */
const MAX_DOUBLINGS = 3;
/** An address that asks for so many times its new visitors does not want to be served; each challenge costs the gateway a key. */
const MAX_ARRIVALS_FACTOR = 10;
/** A client that cannot solve comes back in this time for another challenge; one that can does so as soon as it has solved. */
const RETRY_AFTER_MS = 10_000;

/** Creates the proofs of one gateway. */
export function createProofs(scope: ProofsScope): Proofs {
  const { proofSecret, clock } = scope;
  const challenges = proofSecret === undefined ? undefined : createChallenges(proofSecret);
  const settingsOf = (site: LimitedSite) => proofOfWorkOf(scope.proofOfWork, site.proofOfWork);
  return {
    checkSettings(sites) {
      const asking = sites.find((site) => settingsOf(site).when !== 'off');
      if (challenges === undefined && asking !== undefined)
        throw new RateLimitError(
          `proofOfWork of the site ${asking.id}: the auth has no secrets, with which challenges are signed; add secrets() to it, or set proofOfWork.when to off.`,
        );
    },
    async check(visitor) {
      const settings = settingsOf(visitor.site);
      if (settings.when === 'off' || challenges === undefined) return;
      const problem = visitor.proof === undefined ? undefined : await problemOf(scope, challenges, visitor);
      if (visitor.proof !== undefined && problem === undefined) return;
      const factor = await factorOf(scope, settings, visitor);
      if (factor === 0 && problem === undefined) return;
      const challenge = await challenges.create({
        siteId: visitor.site.id,
        difficulty: Math.ceil(settings.difficulty * Math.max(1, factor)),
        expiresAtMs: clock.now() + settings.expiresAfterMs,
      });
      const how = { challenge, retryAfterMs: RETRY_AFTER_MS };
      // The first request of every new visitor is answered so; only a proof that does not count is a refusal to report.
      throw problem === undefined
        ? new ChatError('proof-required', how)
        : refusal('proof-required', problem, how);
    },
  };
}

/** @returns why the proof does not count; undefined when it does, which it never does again */
async function problemOf(
  { clock, limiter }: ProofsScope,
  challenges: Challenges,
  { proof = '', site }: NewVisitor,
): Promise<RefusalReason | undefined> {
  const verified = await challenges.verify(proof);
  if (verified.kind === 'wrong') return 'proof-wrong';
  const { id, siteId, expiresAtMs } = verified;
  if (siteId !== site.id) return 'proof-of-another-site';
  const remainingMs = expiresAtMs - clock.now();
  if (remainingMs <= 0) return 'proof-expired';
  // Counted for a second longer than it could be used, because windows are whole seconds.
  const windowSeconds = Math.ceil(remainingMs / 1_000) + 1;
  const { isAllowed } = await limiter.take({ name: 'used-proofs', key: id, limit: 1, windowSeconds });
  return isAllowed ? undefined : 'proof-used';
}

/** Counts an arrival. @returns by how much the difficulty is multiplied; 0: no proof is asked for */
async function factorOf(
  { limiter, limitsOf }: ProofsScope,
  { when }: ProofOfWork,
  { site, address }: NewVisitor,
): Promise<number> {
  const limits = limitsOf(site);
  const stepsOf = async (name: 'address' | 'site', key: string): Promise<number> => {
    const bound = limits[name].newVisitorsPer10Minutes;
    const half = Math.max(
      1,
      Math.floor(Number(bound === OFF ? DEFAULT_RATE_LIMITS[name].newVisitorsPer10Minutes : bound) / 2),
    );
    const limit = name === 'site' || bound === OFF ? Number.MAX_SAFE_INTEGER : bound * MAX_ARRIVALS_FACTOR;
    const arrivals = { name: `${name}-arrivals` as const, key, limit, windowSeconds: WINDOW_SECONDS };
    const { isAllowed, count, retryAfterMs } = await limiter.take(arrivals);
    if (!isAllowed) throw limitRefusal({ limit: `${name}-new-visitors`, bound: Number(bound), retryAfterMs });
    return Math.floor((count - 1) / half);
  };
  const ofAddress = address === undefined ? 0 : await stepsOf('address', `${site.id} ${address}`);
  const ofSite = await stepsOf('site', site.id);
  if (when === 'always') return 2 ** Math.min(ofAddress, MAX_DOUBLINGS);
  if (ofAddress === 0) return ofSite === 0 ? 0 : 1;
  return 2 ** Math.min(ofAddress - 1, MAX_DOUBLINGS);
}
