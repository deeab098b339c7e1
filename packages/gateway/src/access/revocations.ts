/** Revoked tokens: kept by the store, known to every gateway, refused until they have expired. */
import { ChatError } from '@rivulet/protocol';
import type { Auth, Authenticated, TokenFacts } from '../auth/auth.ts';
import { describeCause, refusal, type Clock, type Logger } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Revocation, Store } from '../stores/store.ts';

/** What to revoke: all tokens of a visitor or user that were issued until now, or one token. */
export type RevocationTarget =
  /** `ownerId`: the id of the principal: `v_…` of a visitor; of a user, `u_` and the `sub` of the token. */
  | { siteId: string; ownerId: string; tokenId?: undefined }
  /** `tokenId`: the `jti` of the token. */
  | { siteId: string; tokenId: string; ownerId?: undefined };

/** The revocations that one gateway knows. */
export interface Revocations {
  /** Revokes tokens on every gateway. Resolves when the store keeps it; open connections are closed. @throws {ChatError} bad-frame */
  revoke(target: RevocationTarget): Promise<void>;
  /** Refuses a revoked token. Call it also when a connection opens: it may have been revoked since. @throws {ChatError} unauthenticated */
  check(authenticated: Pick<Authenticated, 'principal' | 'tokens'>): void;
  /** Takes over a revocation that another gateway has made. */
  add(revocation: Revocation): void;
  /** Reads what the store keeps. Call it before the first client, and again from time to time: a broadcast may be lost. */
  refresh(): Promise<void>;
  /** Forgets the revocations of tokens that have expired, here and in the store. */
  sweep(): Promise<void>;
  /** Wraps an auth so that it refuses revoked tokens. */
  guard(auth: Auth): Auth;
}

/** What `createRevocations` needs. */
export interface RevocationsOptions {
  store: Store;
  eventLog: Pick<EventLog, 'broadcast'>;
  clock: Clock;
  logger: Logger;
  /** The longest lifetime of a token, in milliseconds: how long a revocation is kept. Default: 180 days. */
  tokenLifetimeMs?: number;
  /** Called once with each new revocation, to close the open connections. */
  onRevoked: (revocation: Revocation) => void;
}

/** The clocks of two gateways may differ: what another one has stored is read again for so long. */
const CLOCK_SLACK_MS = 5 * 60_000;
const MAX_ID_CHARS = 512;
const DEFAULT_TOKEN_LIFETIME_MS = 180 * 24 * 60 * 60_000;

/** Creates the revocations of one gateway. Each that is known costs about 200 bytes of memory until it is forgotten. */
export function createRevocations(options: RevocationsOptions): Revocations {
  const { store, eventLog, clock, logger, onRevoked } = options;
  const { tokenLifetimeMs = DEFAULT_TOKEN_LIFETIME_MS } = options;
  const known = new Map<string, Revocation>();
  let readUntilMs = -Infinity;
  const add = (revocation: Revocation) => {
    const key = keyOf(revocation);
    if ((known.get(key)?.atMs ?? -Infinity) >= revocation.atMs) return;
    known.set(key, revocation);
    onRevoked(revocation);
  };
  const check = ({ principal, tokens }: Pick<Authenticated, 'principal' | 'tokens'>) => {
    if (known.size > 0 && isRevokedBy(known, principal, tokens ?? [{}])) throw revokedError();
  };
  return {
    check,
    add,
    async revoke(target) {
      const nowMs = clock.now();
      const revocation: Revocation = { ...readTarget(target), atMs: nowMs, untilMs: nowMs + tokenLifetimeMs };
      await store.addRevocation(revocation);
      add(revocation);
      // The store has it: gateways that this does not reach read it there.
      await eventLog.broadcast({ kind: 'revoked', revocation }).catch((error: unknown) => {
        logger.warn(
          describeCause(error),
          'a revocation was kept and could not be broadcast: other gateways read it from the store within limits.sweepMs',
        );
      });
    },
    async refresh() {
      const startedAtMs = clock.now();
      for (const revocation of await store.listRevocations(readUntilMs - CLOCK_SLACK_MS)) add(revocation);
      readUntilMs = startedAtMs;
    },
    async sweep() {
      const nowMs = clock.now();
      for (const [key, { untilMs }] of known) if (untilMs < nowMs) known.delete(key);
      await store.forgetRevocations(nowMs);
    },
    guard: (auth) => ({
      ...auth,
      authenticate: async (credentials) => {
        const authenticated = await auth.authenticate(credentials);
        check(authenticated);
        return authenticated;
      },
    }),
  };
}

/** Whether a revocation is about a connection of this principal with these tokens. */
export function concerns(
  { siteId, kind, id, atMs }: Revocation,
  principal: Authenticated['principal'],
  tokens: readonly TokenFacts[],
): boolean {
  if (siteId !== principal.siteId) return false;
  if (kind === 'token') return tokens.some((token) => token.id === id);
  // A token that does not say when it was issued is taken for an old one.
  return id === principal.id && tokens.some(({ issuedAtMs = -Infinity }) => issuedAtMs <= atMs);
}

function isRevokedBy(
  known: ReadonlyMap<string, Revocation>,
  principal: Authenticated['principal'],
  tokens: readonly TokenFacts[],
): boolean {
  const { siteId, id } = principal;
  const keys = [keyOf({ siteId, kind: 'owner', id })];
  for (const token of tokens)
    if (token.id !== undefined) keys.push(keyOf({ siteId, kind: 'token', id: token.id }));
  return keys.some((key) => {
    const revocation = known.get(key);
    return revocation !== undefined && concerns(revocation, principal, tokens);
  });
}

/** The error for a client whose token was revoked. The message is that of any token that is not valid. */
export const revokedError = (): ChatError =>
  refusal('unauthenticated', 'token-revoked', { message: 'The token is not valid any more; sign in again.' });

const keyOf = ({ siteId, kind, id }: Pick<Revocation, 'siteId' | 'kind' | 'id'>): string =>
  JSON.stringify([siteId, kind, id]);

function readTarget({
  siteId,
  ownerId,
  tokenId,
}: RevocationTarget): Pick<Revocation, 'siteId' | 'kind' | 'id'> {
  const id = ownerId ?? tokenId;
  const isOne = (ownerId === undefined) !== (tokenId === undefined);
  if (!isOne || typeof id !== 'string' || id === '' || id.length > MAX_ID_CHARS)
    throw new ChatError('bad-frame', {
      message: `revoke: expected either ownerId or tokenId, a text of at most ${MAX_ID_CHARS} characters.`,
    });
  if (typeof siteId !== 'string' || siteId === '')
    throw new ChatError('bad-frame', { message: 'revoke: expected siteId, the id of a site.' });
  return { siteId, kind: ownerId === undefined ? 'token' : 'owner', id };
}
