/** A sign-in that has begun at the identity provider and has not come back: a secret in a cookie, from which everything else is derived. */
import { createHmac } from 'node:crypto';
import type { Request, Response } from 'express';
import type { RandomBytes } from '@rivulet/protocol';
import { cookieOf } from './console-cookies.ts';

/** What is sent to the identity provider, or compared with what it sends back. */
export interface OidcAttempt {
  state: string;
  nonce: string;
  /** The code verifier of PKCE. */
  verifier: string;
  /** The path in the console to which the browser is sent in the end. */
  to: string;
  /** Milliseconds since 1970. */
  startedAtMs: number;
}

/** Time to type a password and to find a second factor. */
export const ATTEMPT_MS = 600_000;

const SECURE_NAME = '__Host-rivulet-sign-in';
const PLAIN_NAME = 'rivulet-sign-in';
const VALUE = /^([\w-]{43})\.(\d{1,16})\.([\w-]{0,700})$/;

/** `isSecure`: the console is reached by https, so that the cookie can be one that no neighbour sets. */
interface Transport {
  isSecure: boolean;
}

/** Begins an attempt and sets its cookie. */
export function beginAttempt(
  response: Response,
  { to, nowMs, random, isSecure }: { to: string; nowMs: number; random: RandomBytes } & Transport,
): OidcAttempt {
  const secret = Buffer.from(random(32)).toString('base64url');
  const value = `${secret}.${nowMs}.${Buffer.from(to).toString('base64url')}`;
  setCookie(response, value, { isSecure, maxAgeSeconds: ATTEMPT_MS / 1_000 });
  return attemptOf(secret, nowMs, to);
}

/** The attempt of this browser, and the end of its cookie: an attempt is made once. @returns undefined without one, and when it is too old */
export function endAttempt(
  request: Request,
  response: Response,
  { nowMs, isSecure }: { nowMs: number } & Transport,
): OidcAttempt | undefined {
  const value = cookieOf(request, isSecure ? SECURE_NAME : PLAIN_NAME);
  if (value === undefined) return undefined;
  setCookie(response, '', { isSecure, maxAgeSeconds: 0 });
  const [, secret = '', at = '', to = ''] = VALUE.exec(value) ?? [];
  const attempt = attemptOf(secret, Number(at), Buffer.from(to, 'base64url').toString());
  const ageMs = nowMs - attempt.startedAtMs;
  return secret !== '' && ageMs >= 0 && ageMs < ATTEMPT_MS ? attempt : undefined;
}

/** The state depends on the time and the path, so that neither can be another one than that of the start. */
function attemptOf(secret: string, startedAtMs: number, to: string): OidcAttempt {
  const derive = (what: string) => createHmac('sha256', secret).update(what).digest('base64url');
  return {
    state: derive(`state ${startedAtMs} ${to}`),
    nonce: derive('nonce'),
    verifier: derive('verifier'),
    to,
    startedAtMs,
  };
}

/** `Lax`, because the identity provider sends the browser back from another site. */
function setCookie(
  response: Response,
  value: string,
  { isSecure, maxAgeSeconds }: { maxAgeSeconds: number } & Transport,
): void {
  const name = isSecure ? `${SECURE_NAME}=${value}; Secure` : `${PLAIN_NAME}=${value}`;
  response.append('Set-Cookie', `${name}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`);
}
