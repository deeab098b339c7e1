/** Sessions of the console: kept in the store, so that they survive a restart and hold on every gateway of it. */
import type { Request, Response } from 'express';
import type { RandomBytes } from '@rivulet/protocol';
import type { ConsoleUser } from '../access/console-roles.ts';
import type { Clock } from '../base/index.ts';
import type { AddressOf } from '../rate-limits/client-address.ts';
import type { ConsoleSession } from '../stores/console-store.ts';
import type { Store } from '../stores/store.ts';
import { sha256, tokenIdOf } from './console-users.ts';

/** What sessions need. */
export interface ConsoleSessionsOptions {
  users: readonly ConsoleUser[];
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

/** The sessions of one gateway. */
export interface ConsoleSessions {
  /** Starts a session and sets its cookie. */
  start(request: Request, response: Response, user: ConsoleUser): Promise<ConsoleSession>;
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
  const { users, store, clock, random, addressOf } = options;
  const hex = (bytes: number) => Buffer.from(random(bytes)).toString('hex');
  return {
    async start(request, response, user) {
      const secret = hex(SECRET_BYTES);
      const nowMs = clock.now();
      const session: ConsoleSession = {
        digest: sha256(secret),
        id: hex(8),
        userName: user.name,
        tokenId: tokenIdOf(user),
        address: addressOf(request),
        createdAtMs: nowMs,
        expiresAtMs: nowMs + SESSION_MS,
      };
      await store.console.forgetSessions(nowMs);
      await store.console.addSession(session);
      response.append('Set-Cookie', cookie(request, secret, SESSION_MS / 1_000));
      return session;
    },
    async find(request) {
      const secret = secretOf(request);
      if (secret === undefined) return undefined;
      const session = await store.console.findSession(sha256(secret), clock.now());
      // A user who was removed, or has another token by now, has no session any more.
      const user = users.find(({ name }) => name === session?.userName);
      if (session === undefined || user === undefined || tokenIdOf(user) !== session.tokenId)
        return undefined;
      return { user, session };
    },
    async end({ id }, request, response) {
      await store.console.endSession(id);
      response.append('Set-Cookie', cookie(request, '', 0));
    },
  };
}

function secretOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  const cookies = (headers.cookie ?? '').split(';').map((each) => each.trim().split('='));
  const valueOf = (wanted: string) => cookies.find(([name]) => name === wanted)?.[1];
  const value = valueOf(SECURE_NAME) ?? valueOf(PLAIN_NAME);
  return value !== undefined && /^[0-9a-f]{64}$/.test(value) ? value : undefined;
}

function cookie(request: Request, value: string, maxAgeSeconds: number): string {
  const isSecure = request.headers.origin?.startsWith('https:') === true;
  const name = isSecure ? `${SECURE_NAME}=${value}; Secure` : `${PLAIN_NAME}=${value}`;
  return `${name}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
}
