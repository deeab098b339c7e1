/** Sessions of the console: kept in the store, so that they survive a restart and hold on every gateway of it. */
import type { Request, Response } from 'express';
import type { RandomBytes } from '@rivulet/protocol';
import type { ConsoleTokenUser, ConsoleUser } from '../access/console-roles.ts';
import type { Clock } from '../base/index.ts';
import type { AddressOf } from '../rate-limits/client-address.ts';
import type { ConsoleSession } from '../stores/console-store.ts';
import type { Store } from '../stores/store.ts';
import { cookieOf, isOverHttps } from './console-cookies.ts';
import { sha256, tokenIdOf } from './console-users.ts';
import { isOidcSession, userOfOidcSession } from './oidc-access.ts';
import type { ConsoleOidc } from './oidc-settings.ts';

/** What sessions need. */
export interface ConsoleSessionsOptions {
  users: readonly ConsoleTokenUser[];
  /** How people of an identity provider sign in. Undefined: they do not. */
  oidc?: ConsoleOidc | undefined;
  /** Where people reach the console. Undefined: it is not known, and the browser tells whether that is over https. */
  adminUrl?: string | undefined;
  store: Pick<Store, 'console'>;
  clock: Clock;
  random: RandomBytes;
  addressOf: AddressOf;
}

/** Somebody who is signed in. */
export interface SignedIn {
  user: ConsoleUser;
  session: ConsoleSession;
}

/** Who begins a session, and by what. */
export interface SessionStart {
  userName: string;
  /** Says with what the user signed in: the session ends when that no longer counts. */
  tokenId: string;
  /** Default: `SESSION_MS`. */
  lifetimeMs?: number;
}

/** The sessions of one gateway. */
export interface ConsoleSessions {
  /** Starts a session and sets its cookie. The one that the browser had ends. */
  start(request: Request, response: Response, by: SessionStart): Promise<ConsoleSession>;
  /** Who asks; undefined without a session that counts. */
  find(request: Pick<Request, 'headers'>): Promise<SignedIn | undefined>;
  /** Ends the session of the request and removes its cookie. */
  end(session: ConsoleSession, request: Request, response: Response): Promise<void>;
}

/** A working day: whoever works with the console signs in once a day. */
const SESSION_MS = 12 * 3_600_000;
const SECRET_BYTES = 32;
/** Browsers take a `__Host-` cookie only over https, from this host and for all of its paths: no neighbour can set it. */
const SECURE_NAME = '__Host-rivulet-console';
/** Over http, on the own machine. */
const PLAIN_NAME = 'rivulet-console';

/** Creates the sessions. */
export function createConsoleSessions(options: ConsoleSessionsOptions): ConsoleSessions {
  const { store, clock, random, addressOf, adminUrl } = options;
  const hex = (bytes: number) => Buffer.from(random(bytes)).toString('hex');
  return {
    async start(request, response, { userName, tokenId, lifetimeMs = SESSION_MS }) {
      const secret = hex(SECRET_BYTES);
      const nowMs = clock.now();
      const session: ConsoleSession = {
        digest: sha256(secret),
        id: hex(8),
        userName,
        tokenId,
        address: addressOf(request),
        createdAtMs: nowMs,
        expiresAtMs: nowMs + lifetimeMs,
      };
      await store.console.forgetSessions(nowMs);
      const former = await sessionOf(request);
      if (former !== undefined) await store.console.endSession(former.id);
      await store.console.addSession(session);
      response.append('Set-Cookie', cookie(secret, lifetimeMs, isOverHttps(request, adminUrl)));
      return session;
    },
    async find(request) {
      const session = await sessionOf(request);
      const user = session === undefined ? undefined : userOf(options, session);
      return session === undefined || user === undefined ? undefined : { user, session };
    },
    async end({ id }, request, response) {
      await store.console.endSession(id);
      response.append('Set-Cookie', cookie('', 0, isOverHttps(request, adminUrl)));
    },
  };

  async function sessionOf(request: Pick<Request, 'headers'>): Promise<ConsoleSession | undefined> {
    const secret = secretOf(request, isOverHttps(request, adminUrl));
    return secret === undefined ? undefined : store.console.findSession(sha256(secret), clock.now());
  }
}

/** A user who was removed, or has another token by now, has no session any more; nor has one who signed in by other rules than today’s. */
function userOf(
  { users, oidc }: Pick<ConsoleSessionsOptions, 'users' | 'oidc'>,
  session: ConsoleSession,
): ConsoleUser | undefined {
  if (isOidcSession(session)) return oidc === undefined ? undefined : userOfOidcSession(oidc, session);
  const user = users.find(({ name }) => name === session.userName);
  return user !== undefined && tokenIdOf(user) === session.tokenId ? user : undefined;
}

/** Over https only the cookie that no neighbour can set: a page of another host of the domain, or of this host over http, sets the other. */
function secretOf(request: Pick<Request, 'headers'>, isSecure: boolean): string | undefined {
  const secure = cookieOf(request, SECURE_NAME);
  const value = isSecure ? secure : (secure ?? cookieOf(request, PLAIN_NAME));
  return value !== undefined && /^[0-9a-f]{64}$/.test(value) ? value : undefined;
}

function cookie(value: string, maxAgeMs: number, isSecure: boolean): string {
  const name = isSecure ? `${SECURE_NAME}=${value}; Secure` : `${PLAIN_NAME}=${value}`;
  return `${name}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(maxAgeMs / 1_000)}`;
}
