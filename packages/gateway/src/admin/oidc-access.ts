/** Whom the claims of an identity provider let in to the console, as whom, and with which rights. Pure. */
import type { ConsoleUser } from '../access/console-roles.ts';
import type { ConsoleSession } from '../stores/console-store.ts';
import { sha256 } from './console-users.ts';
import type { ConsoleOidc, OidcRule } from './oidc-settings.ts';

/** What an identity provider says of somebody. */
export type Claims = Readonly<Record<string, unknown>>;

/** Somebody who may sign in. */
export interface OidcGrant {
  /** `oidc:` and the verified address, or the subject: no user of the configuration can have this name. */
  userName: string;
  /** What `userOfOidcSession` and `marksOf` read: the settings, the rule, the person and the session at the provider. */
  tokenId: string;
}

/** At the start of names and token ids, so that neither is one of `adminUsers`. */
const PREFIX = 'oidc:';

/** The longest subject that OpenID Connect allows is 255 characters of ASCII; control characters would forge lines of the audit log. */
const SUBJECT = /^[ -~]{1,255}$/;
const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/;

/** @returns undefined when no rule applies, the domain is not allowed, or the subject is not one */
export function grantOf(settings: ConsoleOidc, claims: Claims): OidcGrant | undefined {
  const { access, emailDomains } = settings;
  const sub = subjectOf(claims);
  if (sub === '') return undefined;
  const address = verifiedAddress(claims);
  const domain = address?.split('@')[1] ?? '';
  if (emailDomains?.includes(domain) === false) return undefined;
  const index = access.findIndex((rule) => applies(rule, claims, address));
  if (index === -1) return undefined;
  const session = `${markOf('sub', sub)}${markOf('sid', sidOf(claims))}`;
  return {
    userName: PREFIX + (address ?? sub),
    tokenId: `${PREFIX}${rulesIdOf(settings)}:${index}${session}`,
  };
}

/** The subject as the audit log has it; empty when it is none. */
export const subjectOf = ({ sub }: Claims): string =>
  typeof sub === 'string' && SUBJECT.test(sub) ? sub : '';

/** The session at the provider; undefined when it does not tell. */
const sidOf = ({ sid }: Claims): string | undefined =>
  typeof sid === 'string' && sid !== '' && sid.length <= 255 ? sid : undefined;

/** Fixed lengths, so that no value is the beginning of another one, and no text of a provider is in the store. */
const markOf = (claim: 'sub' | 'sid', value: string | undefined): string =>
  `:${claim}=${value === undefined ? 'none' : sha256(value).slice(0, 32)};`;

/**
 * What the `tokenId` of each session has that a logout ends, in groups of two texts: those of the session at the provider, or all of the
 * person. A session whose sign-in has named none is of each.
 */
export function marksOf({
  sub,
  sid,
}: {
  sub?: string | undefined;
  sid?: string | undefined;
}): [string, string][] {
  if (sub === undefined) return [[PREFIX, markOf('sid', sid)]];
  const person = markOf('sub', sub);
  if (sid === undefined) return [[PREFIX, person]];
  return [
    [person, markOf('sid', sid)],
    [person, markOf('sid', undefined)],
  ];
}

/** The claims that decide: when one is missing in the token, the provider may still have it. */
export const claimsOf = ({ access }: ConsoleOidc): string[] => [
  ...new Set(['email', 'email_verified', ...access.map(({ claim }) => claim)]),
];

/** The number of the rule, and the marks. */
const SESSION_PART = /^(\d{1,4}):sub=[0-9a-f]{32};:sid=([0-9a-f]{32}|none);$/;

/**
 * The user of a session that was begun by OIDC, with the rights of its sign-in.
 * @returns undefined when it was begun otherwise, or when the settings are others by now: they may no longer let its user in
 */
export function userOfOidcSession(
  settings: ConsoleOidc,
  { userName, tokenId }: Pick<ConsoleSession, 'userName' | 'tokenId'>,
): ConsoleUser | undefined {
  const own = `${PREFIX}${rulesIdOf(settings)}:`;
  const [, index] = SESSION_PART.exec(tokenId.startsWith(own) ? tokenId.slice(own.length) : '') ?? [];
  if (index === undefined) return undefined;
  const rule = settings.access[Number(index)];
  return rule === undefined ? undefined : { name: userName, role: rule.role, sites: rule.sites };
}

/** Whether a session was begun by OIDC, with these settings or others. */
export const isOidcSession = ({ tokenId }: Pick<ConsoleSession, 'tokenId'>): boolean =>
  tokenId.startsWith(PREFIX);

/** Names whatever decides who gets in. The secret of the client does not. */
function rulesIdOf({ issuer, clientId, access, emailDomains }: ConsoleOidc): string {
  return sha256(JSON.stringify([issuer, clientId, access, emailDomains])).slice(0, 16);
}

function applies({ claim, value }: OidcRule, claims: Claims, address: string | undefined): boolean {
  // Anybody can write any address into an account whose provider does not verify it.
  if (claim === 'email') return address !== undefined && (value === '*' || value.toLowerCase() === address);
  const values = valuesOf(claims, claim);
  return value === '*' ? values.length > 0 : values.includes(value);
}

/** Some providers write `"true"`. */
function verifiedAddress({ email, email_verified: isVerified }: Claims): string | undefined {
  if (typeof email !== 'string' || (isVerified !== true && isVerified !== 'true')) return undefined;
  const address = email.toLowerCase();
  return ADDRESS.test(address) ? address : undefined;
}

/** The texts of a claim: by its whole name, which may have dots, or by a path. */
export function valuesOf(claims: Claims, name: string): string[] {
  const found = Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>(childOf, claims);
  return [found].flat().filter((each) => typeof each === 'string');
}

const childOf = (parent: unknown, key: string): unknown =>
  typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key)
    ? (parent as Claims)[key] // an object with this key
    : undefined;
