/** The settings of signing in to the console by OpenID Connect. */
import * as v from 'valibot';
import { CONSOLE_ROLES, type ConsoleRole } from '../access/console-roles.ts';

const URL_PROBLEM = 'expected an https URL, or an http URL of this machine, without user, query and fragment';
const LOOPBACK = /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether the URL is of this machine, where no network can read along. */
export const isLoopbackUrl = (url: URL): boolean => LOOPBACK.test(url.hostname);

function isSecureUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url));
}
const secureUrl = v.pipe(
  v.string(URL_PROBLEM),
  v.maxLength(500, URL_PROBLEM),
  v.check(isSecureUrl, URL_PROBLEM),
);

/** Where people reach the console, such as `https://chat.example.com`: the URL that the gateway’s paths follow. */
export const AdminUrlSchema = v.pipe(
  secureUrl,
  v.transform((url) => url.replace(/\/+$/, '')),
);

const short = (max: number) => {
  const problem = `expected a text of 1 to ${max} characters`;
  return v.pipe(v.string(problem), v.minLength(1, problem), v.maxLength(max, problem));
};
const SITES = 'expected a list of at least one id of a site';
const DOMAIN = 'expected a domain, such as example.com';
const SCOPES = 'expected a list of scopes with openid in it';
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const SESSION = 'expected milliseconds, 60000 (a minute) to 86400000 (a day)';

/** Any value of a claim. */
const ANY = '*';

/** Whom a claim lets in, and with which rights. */
export interface OidcRule {
  /** The name of a claim, or a path in nested claims, such as `realm_access.roles`. `email` counts only when it is verified. */
  claim: string;
  /** The value, or one of the values, that the claim must have; `*`: any, which needs `emailDomains`. */
  value: string;
  role: ConsoleRole;
  /** Absent: all sites. */
  sites?: readonly string[] | undefined;
}

/** The settings of signing in to the console by OpenID Connect. */
export interface ConsoleOidcSettings {
  /** As its discovery document names it: https, or http of this machine. */
  issuer: string;
  clientId: string;
  /** Default: none, for a public client, which has PKCE only. */
  clientSecret?: string | undefined;
  /** Default: `openid` and `email`. */
  scopes?: readonly string[] | undefined;
  /** The first rule that applies decides. Whoever none applies to does not get in. */
  access: readonly OidcRule[];
  /** Only whoever has a verified address of one of these domains gets in. Default: no such limit. */
  emailDomains?: readonly string[] | undefined;
  /** How long a session lasts, in milliseconds, a minute to a day: the rights in it are those of the sign-in. Default: 8 hours. */
  sessionMs?: number | undefined;
  /** What the console calls this way to sign in. Default: the host of the issuer. */
  name?: string | undefined;
}

const RuleSchema = v.strictObject({
  claim: short(200),
  value: short(200),
  role: v.picklist(CONSOLE_ROLES, `expected one of ${CONSOLE_ROLES.join(', ')}`),
  sites: v.optional(v.pipe(v.array(v.string(SITES), SITES), v.minLength(1, SITES))),
});
/** The schema of `ConsoleOidcSettings`. */
export const ConsoleOidcSchema = v.pipe(
  v.strictObject({
    issuer: secureUrl,
    clientId: short(500),
    clientSecret: v.optional(short(1_000)),
    scopes: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(SCOPES), v.regex(/^[!#-[\]-~]{1,200}$/, SCOPES)), SCOPES),
        v.check((scopes) => scopes.includes('openid'), SCOPES),
      ),
      ['openid', 'email'],
    ),
    access: v.pipe(
      v.array(RuleSchema, 'expected a list of rules'),
      v.minLength(1, 'expected at least one rule: without one nobody gets in'),
    ),
    emailDomains: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(DOMAIN), v.toLowerCase(), v.regex(/^([\w-]+\.)+[\w-]+$/, DOMAIN)), DOMAIN),
        v.minLength(1, DOMAIN),
      ),
    ),
    sessionMs: v.optional(
      v.pipe(
        v.number(SESSION),
        v.integer(SESSION),
        v.minValue(MINUTE_MS, SESSION),
        v.maxValue(24 * HOUR_MS, SESSION),
      ),
      8 * HOUR_MS,
    ),
    name: v.optional(short(60)),
  }),
  v.forward(
    v.check(
      // Some issuers, such as those of consumer accounts, sign in everybody.
      ({ access, emailDomains }) => emailDomains !== undefined || access.every(({ value }) => value !== ANY),
      `expected domains, because a rule of access has the value ${ANY}`,
    ),
    ['emailDomains'],
  ),
);
/** Valid settings, with their defaults. */
export type ConsoleOidc = v.InferOutput<typeof ConsoleOidcSchema>;

/** Why OIDC cannot be used without `adminUrl`. */
export const ADMIN_URL_MISSING =
  'expected the URL of the console, to which the identity provider sends people back';
