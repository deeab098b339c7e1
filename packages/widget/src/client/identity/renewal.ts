/** The function of a site that fetches tokens: asked before the one that it gave ends, and when the gateway refuses it. */
import { ChatError, type Timer } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';
import type { TokenRenewal } from '../connection/session-options.ts';
import { claimsOf } from './jwt-claims.ts';

/** Before its end a token is replaced: time for the function to be slow, or to fail once. Half of a life shorter than twice this. */
const RENEW_BEFORE_MS = 60_000;
/** A function that fails, or gives tokens that are refused, is not asked faster than this. */
const RETRY_INTERVAL_MS = 30_000;
/** Nor one whose tokens are taken and end at once. */
const MIN_INTERVAL_MS = 5_000;
/** Timers hold 24.8 days at most; a token that lives longer is replaced sooner than it has to be. */
const MAX_TIMER_MS = 24 * 60 * 60_000;

/** The site's token function returned something other than a string. */
export class TokenSourceError extends TypeError {}

export class Renewal implements TokenRenewal {
  isAsking = false;
  readonly #session: ChatSession;
  readonly #ask: () => string | Promise<string>;
  readonly #use: (token: string) => Promise<void>;
  #timer: Timer | undefined;
  #askedAtMs = -Infinity;
  /** The gateway has taken what was given last. */
  #wasAccepted = false;
  #isOver = false;

  constructor(
    session: ChatSession,
    ask: () => string | Promise<string>,
    use: (token: string) => Promise<void>,
  ) {
    this.#session = session;
    this.#ask = ask;
    this.#use = use;
  }

  /** @throws what the function throws, or {ChatError} the gateway's refusal; it is asked again by itself */
  async renew(): Promise<void> {
    this.#timer?.cancel();
    this.#askedAtMs = this.#nowMs;
    this.#wasAccepted = false;
    try {
      const token: unknown = await this.#ask();
      if (typeof token !== 'string')
        throw new TokenSourceError('The token function must return a string, or a promise of one.');
      if (this.#isOver) return;
      await this.#use(token);
      this.welcomed();
    } catch (error) {
      this.#renewAfter(RETRY_INTERVAL_MS);
      throw error;
    }
  }

  welcomed(): void {
    const { identity, welcome, skewMs } = this.#session;
    this.#wasAccepted = welcome !== undefined;
    const expiresAtMs = expiryOf(identity.siteToken);
    if (welcome === undefined || expiresAtMs === undefined) return;
    const leftMs = expiresAtMs - (this.#nowMs + skewMs);
    // It has ended by a clock that runs before the gateway's judge.
    if (leftMs <= 0) this.#renewAfter(RETRY_INTERVAL_MS);
    else this.#renewAfter(Math.min(Math.max(leftMs - RENEW_BEFORE_MS, leftMs / 2), MAX_TIMER_MS));
  }

  refused(): boolean {
    const sinceMs = this.#nowMs - this.#askedAtMs;
    const restMs = (this.#wasAccepted ? MIN_INTERVAL_MS : RETRY_INTERVAL_MS) - sinceMs;
    this.isAsking = restMs <= 0;
    if (this.isAsking) void this.#scheduleReconnect();
    else this.#renewAfter(restMs);
    return this.isAsking;
  }

  close(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  get #nowMs(): number {
    return this.#session.environment.clock.now();
  }

  async #scheduleReconnect(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      // A refusal has told itself.
      if (!(error instanceof ChatError) && !this.#isOver)
        this.#session.emitter.emit('error', { error: new ChatError('unauthenticated', { cause: error }) });
    } finally {
      this.isAsking = false;
      this.#session.source.changed();
    }
  }

  /** What fails then fails in silence: the token that is there may be good for a while, and its end is told. */
  #renewAfter(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#isOver) return;
    this.#timer = this.#session.environment.clock.after(delayMs, () => {
      this.renew().catch(() => undefined);
    });
  }
}

/** When the token expires, in milliseconds by the gateway's clock; undefined when it does not say. The claim is not verified. */
function expiryOf(token = ''): number | undefined {
  const exp = claimsOf(token)?.exp;
  return typeof exp === 'number' ? exp * 1000 : undefined;
}
