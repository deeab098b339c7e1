/** What an operator can do about a refusal: one sentence for each reason. */
import { RATE_LIMIT_NAMES, settingOfLimit, type RateLimitName, type RefusalReason } from '../base/index.ts';

/** Who was refused. Each field may be what a stranger has sent. */
export interface RefusedClient {
  /** The `Origin` header. */
  origin?: string | undefined;
  /** The site that the page names; empty for the first one. Undefined before the `hello`. */
  siteId?: string | undefined;
  /** The protocol version of the widget. Undefined before the `hello`. */
  protocol?: string | undefined;
  /** Undefined before the `hello`, and for a visitor who was not admitted. */
  visitorId?: string | undefined;
  /** As limits count it. */
  address?: string | undefined;
}

/** Longer headers and ids come from no page; the log is not theirs to fill. */
const MAX_QUOTED_CHARS = 200;

/** The limits of visitors: what was reached, and where it is set. */
const LIMIT_ADVICE = Object.fromEntries(
  RATE_LIMIT_NAMES.map((name) => [
    name,
    () => `the limit rateLimits.${settingOfLimit(name).path} was reached`,
  ]),
) as Record<RateLimitName, () => string>; // Object.fromEntries forgets the key type

const ADVICE: Readonly<Record<RefusalReason, (client: RefusedClient) => string>> = {
  'origin-denied': (client) => `add ${quote(client.origin)} to sites[].origins of ${siteOf(client)}`,
  'site-unknown': ({ siteId }) =>
    `no site has the id ${quote(siteId)}; change data-site of the page, or add the site to sites[]`,
  'site-disabled': (client) =>
    `${siteOf(client)} is switched off, by disabled in its configuration or by disableSite`,
  'client-tools-denied': (client) =>
    `${siteOf(client)} allows no client tools; set allowClientTools, or remove the tools from the page`,
  'protocol-version': ({ protocol }) =>
    `its widget speaks protocol ${quote(protocol)}; the page has to load rivulet.js from this gateway`,
  'identity-required': (client) =>
    `${siteOf(client)} has requireIdentity: the page has to pass a token with rivulet('identify', token)`,
  'token-missing': () => 'the request has no token; it needs the header Authorization: Bearer',
  'token-invalid': () => 'its token was refused',
  'token-malformed': () => 'its token is no JWT, or lacks a claim; an identity token needs sub, aud and exp',
  'token-algorithm': () => 'its token is signed with another algorithm than the configured key is for',
  'token-signature': (client) =>
    `its token is not signed with the key of ${siteOf(client)}; compare the key with the one that the site signs with`,
  'token-key-unknown': (client) => `the key set of ${siteOf(client)} has no key with the kid of its token`,
  'token-audience': (client) =>
    `its token is for another site; the aud of a token has to be the id of ${siteOf(client)}`,
  'token-issuer': () => 'the iss of its token is not the configured issuer',
  'token-expired': () => 'its token has expired; a page that stays open passes a fresh one',
  'token-not-yet-valid': () =>
    'its token is valid in the future only (iat or nbf); compare the clock of the site with that of the gateway',
  'token-lifetime': () => 'its token lives longer than allowed; the site has to sign shorter ones',
  'token-not-taken': (client) => `${siteOf(client)} has no identity key, so it takes no identity tokens`,
  'token-of-another': () => 'its new token belongs to another principal than its connection',
  'token-revoked': () => 'its token was revoked',
  'admin-token-missing': () =>
    'the metrics and the details of /readyz need the header Authorization: Bearer with adminToken',
  'admin-token-wrong': () => 'its bearer token is not adminToken',
  'admin-remote': () =>
    'the metrics are for direct requests from this machine only; set adminToken or adminPort to read them from elsewhere',
  'proof-wrong': () =>
    'its proof of work is not the solution of a challenge of this gateway; gateways of one service need the same secret',
  'proof-expired': () =>
    'its proof of work came too late; if devices need longer, raise proofOfWork.expiresAfterMs or lower proofOfWork.difficulty',
  'proof-used': () => 'its proof of work was used before; each counts once',
  'proof-of-another-site': (client) => `its proof of work is not for ${siteOf(client)}`,
  'rate-limit': () => 'it has reached a limit',
  ...LIMIT_ADVICE,
  'file-quota': () =>
    'the visitor keeps as many files as limits.maxVisitorFiles and maxVisitorFileBytes allow',
  'visitor-budget': () =>
    'the visitor has used up the budget of the day; if it is too small, raise budgets.visitor or budgets.user',
  'site-budget': (client) =>
    `${siteOf(client)} has used up its budget of the day; if it is too small, raise budgets.site`,
  'question-blocked': (client) =>
    `the moderation of ${siteOf(client)} has blocked a question, which is not stored`,
  'title-blocked': (client) => `the moderation of ${siteOf(client)} has blocked a title, which is not stored`,
  'answer-blocked': (client) => `the moderation of ${siteOf(client)} has blocked an answer`,
  'moderation-failed': (client) =>
    `a text could not be moderated, and ${siteOf(client)} blocks what is not; moderation.onFailure decides`,
};

/** What to do so that the client is served, for the log. What the client sent is quoted and cut. */
export const adviceFor = (reason: RefusalReason, client: RefusedClient): string => ADVICE[reason](client);

/** Shortens what a client sent for the log. */
export const cutForLog = (text: string | undefined): string | undefined => text?.slice(0, MAX_QUOTED_CHARS);

const quote = (text: string | undefined) => JSON.stringify(cutForLog(text) ?? '');
const siteOf = ({ siteId }: RefusedClient) =>
  siteId === undefined || siteId === '' ? 'its site' : `the site ${quote(siteId)}`;
