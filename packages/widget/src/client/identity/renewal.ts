/** Renews tokens with the site's token function: before a token expires, and when the gateway rejects one. */
import { ChatError, type Timer } from '@rivulet/protocol';
import type { ChatSession } from '../chat-session.ts';
import type { TokenRenewal } from '../connection/session-options.ts';
import { claimsOf } from './jwt-claims.ts';

/**
 * A token is renewed this long before it expires, so that the function may be slow or fail once. A token that is valid for less
 * than twice this is renewed after half its lifetime.
 */
const RENEW_BEFORE_MS = 60_000;
/** The least time between two calls of a function that fails or returns rejected tokens. */
const RETRY_INTERVAL_MS = 30_000;
/** The least time between two calls of a function whose tokens are accepted and expire at once. */
const MIN_INTERVAL_MS = 5_000;
/** `setTimeout` is limited to 24.8 days; a token that is valid for longer is renewed once a day. */
const MAX_TIMER_MS = 24 * 60 * 60_000;

/** The site's token function returned something other than a string. */
export class TokenSourceError extends TypeError {}

/** Renews the tokens of one `identify` call until it is closed. */
export class Renewal implements TokenRenewal {
  isFetching = false;
  readonly #session: ChatSession;
  readonly #fetchToken: () => string | Promise<string>;
  readonly #use: (token: string) => Promise<void>;
  #timer: Timer | undefined;
  #fetchedAtMs = -Infinity;
  /** Whether the gateway accepted the newest token. */
  #wasAccepted = false;
  #isClosed = false;

  /**
   * @param fetchToken the site's token function
   * @param use passes a fresh token to the gateway; resolves when it is accepted
   */
  constructor(
    session: ChatSession,
    fetchToken: () => string | Promise<string>,
    use: (token: string) => Promise<void>,
  ) {
    this.#session = session;
    this.#fetchToken = fetchToken;
    this.#use = use;
  }

  /**
   * Fetches a token and uses it. After a failure the next attempt is scheduled before the error is thrown.
   * @throws {ChatError} the rejection of the gateway
   * @throws {TokenSourceError} when the function did not return a string
   * @throws what the token function throws
   */
  async renew(): Promise<void> {
    this.#timer?.cancel();
    this.#fetchedAtMs = this.#nowMs;
    this.#wasAccepted = false;
    try {
      const token: unknown = await this.#fetchToken();
      if (typeof token !== 'string')
        throw new TokenSourceError('The token function must return a string, or a promise of one.');
      if (this.#isClosed) return;
      await this.#use(token);
      this.welcomed();
    } catch (error) {
      this.#renewAfter(RETRY_INTERVAL_MS);
      throw error;
    }
  }

  /** Schedules the renewal by the `exp` claim of the token that the gateway accepted. */
  welcomed(): void {
    const { identity, welcome, skewMs } = this.#session;
    this.#wasAccepted = welcome !== undefined;
    const expiresAtMs = expiryOf(identity.siteToken);
    if (welcome === undefined || expiresAtMs === undefined) return;
    const leftMs = expiresAtMs - (this.#nowMs + skewMs);
    // Already expired by our estimate of the gateway's clock, although the gateway accepted it.
    if (leftMs <= 0) this.#renewAfter(RETRY_INTERVAL_MS);
    else this.#renewAfter(Math.min(Math.max(leftMs - RENEW_BEFORE_MS, leftMs / 2), MAX_TIMER_MS));
  }

  /** Fetches a fresh token now, or later when the last fetch was too recent. @returns whether it is fetched now */
  refused(): boolean {
    const sinceMs = this.#nowMs - this.#fetchedAtMs;
    const restMs = (this.#wasAccepted ? MIN_INTERVAL_MS : RETRY_INTERVAL_MS) - sinceMs;
    this.isFetching = restMs <= 0;
    if (this.isFetching) void this.#renewNow();
    else this.#renewAfter(restMs);
    return this.isFetching;
  }

  /** Fetches a token soon if the user is another one: the site probably has that user here, too. */
  otherTabIdentified(identityKey: string): void {
    if (identityKey === this.#session.identity.key) return;
    this.#renewAfter(Math.max(0, this.#fetchedAtMs + MIN_INTERVAL_MS - this.#nowMs));
  }

  /** Stops renewing. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  get #nowMs(): number {
    return this.#session.environment.clock.now();
  }

  async #renewNow(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      // The rejection of a hello is already reported by the session.
      if (!(error instanceof ChatError) && !this.#isClosed)
        this.#session.emitter.emit('error', { error: new ChatError('unauthenticated', { cause: error }) });
    } finally {
      this.isFetching = false;
      this.#session.source.changed();
    }
  }

  /** A scheduled renewal that fails reports nothing: the current token may still be valid, and its rejection is reported. */
  #renewAfter(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#isClosed) return;
    this.#timer = this.#session.environment.clock.after(delayMs, () => {
      this.renew().catch(() => undefined);
    });
  }
}

/** When the token expires, in milliseconds since 1970 by the gateway's clock; undefined without an `exp` claim. Not verified. */
function expiryOf(token = ''): number | undefined {
  const exp = claimsOf(token)?.exp;
  return typeof exp === 'number' ? exp * 1000 : undefined;
}
