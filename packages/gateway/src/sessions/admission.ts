/** Admission of a client: finds the site, checks the origin, authenticates the token and merges a previous visitor's conversations. */
import { CLOSE_CODES, ChatError, type CloseReason, type ErrorCode } from '@rivulet/protocol';
import { authorize } from '../access/authorize.ts';
import type { Auth, Authenticated, Principal } from '../auth/auth.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Logger, Metrics } from '../base/index.ts';
import type { VisitorLimits } from '../rate-limits/visitor-limits.ts';
import type { RequestOrigin } from '../sites/origins.ts';
import type { Site, Sites } from '../sites/sites.ts';
import type { Store } from '../stores/store.ts';
import type { Uploads } from '../conversations/uploads.ts';

/** What admission needs. */
export interface AdmissionOptions {
  auth: Auth;
  sites: Sites;
  store: Store;
  eventLog: EventLog;
  uploads: Uploads;
  visitorLimits: Pick<VisitorLimits, 'admitNewVisitor'>;
  logger: Logger;
  metrics: Metrics;
}

/** What a client sends to be admitted. */
export interface AdmissionRequest {
  /** The id of the site; an empty string means the gateway's first site. */
  site: string;
  /** The headers by which the origin of the page is checked. */
  origin: RequestOrigin;
  /** The visitor or identity token. Undefined: a new anonymous visitor. */
  token?: string | undefined;
  /** The token of the anonymous visitor whose conversations are moved to the user of `token`. */
  previousToken?: string | undefined;
  /** The solution of the challenge that an earlier refusal carried. */
  proof?: string | undefined;
}

/** The principal of an admitted client, and its site. */
export interface Admitted extends Authenticated {
  site: Site;
}

/**
 * Admits a client.
 * @throws {ChatError} `site-unknown`, `origin-denied`, `unauthenticated`; `identity-required` for an anonymous visitor of a site that
 *   serves only signed-in users; `rate-limited` for a new visitor when there have been too many;
 *   `proof-required` for a new visitor who has to prove work first
 * @see PROTOCOL.md §2
 */
export type Admission = (arrival: AdmissionRequest) => Promise<Admitted>;

/**
 * The site of a client, with its settings of now.
 * @throws {ChatError} `site-unknown`, `origin-denied`; `identity-required` for an anonymous visitor of a site that serves only
 *   signed-in users
 */
export function siteOf(sites: Sites, principal: Principal, origin: RequestOrigin): Site {
  const site = sites.find(principal.siteId);
  sites.check(site, origin);
  authorize({ principal, action: 'hello', resource: { kind: 'site', site } });
  return site;
}

/** Creates the admission of one gateway. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { auth, sites, visitorLimits } = options;
  return async ({ site: siteId, origin, token, previousToken, proof }) => {
    const site = sites.find(siteId);
    sites.check(site, origin);
    const authenticated = await auth.authenticate({
      siteId: site.id,
      ...(token === undefined ? {} : { token }),
    });
    const { principal } = authenticated;
    siteOf(sites, principal, origin);
    if (token === undefined && principal.kind === 'anonymous')
      await visitorLimits.admitNewVisitor({ site, address: origin.address, proof });
    if (previousToken !== undefined && principal.kind === 'user')
      await merge(options, principal, previousToken);
    // The settings may have changed while the token was verified.
    return { ...authenticated, site: siteOf(sites, principal, origin) };
  };
}

/** The same hello would be refused again. */
const NEVER_ADMITTED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'forbidden',
  'not-found',
  'identity-required',
]);

/** The close code after the refusal of a `hello`. */
export function closeCodeOf({ code }: ChatError): number {
  switch (code) {
    case 'unauthenticated':
    case 'origin-denied':
    case 'site-unknown':
    case 'unsupported':
    case 'rate-limited':
    case 'proof-required':
      return CLOSE_CODES[code];
    default:
  }
  return NEVER_ADMITTED.has(code) ? CLOSE_CODES.unauthenticated : CLOSE_CODES.internal;
}

/** Why an open connection is closed that its site does not serve any more. @param error that of `siteOf` */
export function closeReasonOf(error: unknown): CloseReason {
  const { code } = ChatError.from(error);
  // Without a close code of its own the client learns the reason from the refusal of its next hello.
  return code === 'site-unknown' || code === 'origin-denied' ? code : 'rebalance';
}

/**
 * Moves the visitor's conversations and files to the user. Idempotent: a second call finds nothing to move. A previous token
 * that is invalid, of another site or of a user is counted and ignored, because the user is authenticated without it.
 */
async function merge(options: AdmissionOptions, user: Principal, previousToken: string): Promise<void> {
  const { store, eventLog, uploads, metrics, logger } = options;
  const visitor = await visitorOf(options, user.siteId, previousToken);
  if (visitor === undefined) {
    metrics.merges.inc({ outcome: 'refused' });
    logger.warn(
      { siteId: user.siteId },
      'the previous token of a user was refused: the conversations of the anonymous visitor were not moved',
    );
    return;
  }
  const { siteId, id: ownerId } = visitor;
  const [from, to] = [
    { siteId, ownerId },
    { siteId, ownerId: user.id },
  ];
  const moved = await store.moveConversations(from, to);
  await uploads.move(from, to);
  metrics.merges.inc({ outcome: moved > 0 ? 'moved' : 'empty' });
  if (moved > 0) await eventLog.broadcast({ kind: 'moved', siteId, ownerId });
}

/** @returns undefined when the token is not that of an anonymous visitor of this site */
async function visitorOf(
  { auth }: AdmissionOptions,
  siteId: string,
  token: string,
): Promise<Principal | undefined> {
  try {
    const { principal } = await auth.authenticate({ siteId, token });
    // Only anonymous visitors are merged: a user must not take over the conversations of another user.
    return principal.kind === 'anonymous' && principal.siteId === siteId ? principal : undefined;
  } catch (error) {
    if (error instanceof ChatError && error.code !== 'internal') return undefined;
    throw error;
  }
}
