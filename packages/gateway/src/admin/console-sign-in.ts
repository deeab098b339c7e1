/** The ways to sign in to the console, and those of them that are not there. */
import { ChatError } from '@rivulet/protocol';
import type { RequestHandler } from 'express';
import * as v from 'valibot';
import { sendError } from '../http/error-response.ts';
import type { ConsoleLoginOptions } from './console-login.ts';
import { createOidcRoutes, type OidcRoutes } from './oidc-routes.ts';
import {
  AdminUrlSchema,
  ConsoleOidcSchema,
  type ConsoleOidc,
  type ConsoleOidcSettings,
} from './oidc-settings.ts';

/** What `GET /admin/api/sign-in` shows: `url` is where a browser goes to sign in. */
export type SignInWay = { kind: 'token' } | { kind: 'oidc'; name: string; url: string };

/** The valid settings. The options were checked before. */
export function consoleUrlsOf({
  oidc,
  adminUrl,
}: {
  oidc?: ConsoleOidcSettings | undefined;
  adminUrl?: string | undefined;
}): { oidc: ConsoleOidc | undefined; adminUrl: string | undefined } {
  return {
    oidc: v.parse(v.optional(ConsoleOidcSchema), oidc),
    adminUrl: v.parse(v.optional(AdminUrlSchema), adminUrl),
  };
}

/** Creates the handlers of the ways to sign in, apart from the login with a token. */
export function createSignIn(options: ConsoleLoginOptions): OidcRoutes & { ways: RequestHandler } {
  const { oidc, adminUrl, users } = options;
  const isOpen = oidc !== undefined && adminUrl !== undefined;
  const routes = isOpen ? createOidcRoutes({ ...options, oidc, adminUrl }) : NO_OIDC;
  const ways: SignInWay[] = [
    ...(users.length === 0 ? [] : [{ kind: 'token' } as const]),
    ...(isOpen ? [wayOf(oidc, adminUrl)] : []),
  ];
  return {
    ...routes,
    ways: (_request, response) => {
      response.json({ ways });
    },
  };
}

const wayOf = ({ name, issuer }: ConsoleOidc, adminUrl: string): SignInWay => ({
  kind: 'oidc',
  name: name ?? new URL(issuer).host,
  url: `${adminUrl}/admin/oidc/start`,
});

const answerNothing: RequestHandler = (_request, response) => {
  sendError(response, new ChatError('not-found'));
};
const NO_OIDC: OidcRoutes = {
  start: answerNothing,
  callback: answerNothing,
  logout: answerNothing,
  endSessionUrl: () => Promise.resolve(undefined),
};
