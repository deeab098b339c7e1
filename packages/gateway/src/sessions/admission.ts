/** Who comes in: the site and its origins, the principal of the token, and the visitor who this person was until now. */
import { ChatError } from '@rivulet/protocol';
import type { Auth, Authenticated, Principal } from '../auth/auth.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { RequestOrigin, Site, Sites } from '../sites/sites.ts';
import type { Store } from '../stores/store.ts';
import type { Uploads } from '../conversations/uploads.ts';

export interface AdmissionOptions {
  auth: Auth;
  sites: Sites;
  store: Store;
  eventLog: EventLog;
  uploads: Uploads;
  logger: Logger;
  metrics: Metrics;
}

/** What somebody says of themselves. */
export interface Arrival {
  /** The site's id; empty: the first one. */
  site: string;
  origin: RequestOrigin;
  token?: string | undefined;
  /** Of the anonymous visitor whose conversations go to the person of `token`. */
  previousToken?: string | undefined;
}

export interface Admitted extends Authenticated {
  site: Site;
}

/** @throws {ChatError} forbidden, origin-denied, unauthenticated */
export type Admission = (arrival: Arrival) => Promise<Admitted>;

export function createAdmission(options: AdmissionOptions): Admission {
  const { auth, sites } = options;
  return async ({ site: siteId, origin, token, previousToken }) => {
    const site = sites.find(siteId);
    sites.check(site, origin);
    const authenticated = await auth.authenticate({
      siteId: site.id,
      ...(token === undefined ? {} : { token }),
    });
    const { principal } = authenticated;
    if (site.requireIdentity === true && principal.kind !== 'user') throw anonymousRefusal(token);
    if (previousToken !== undefined && principal.kind === 'user')
      await merge(options, principal, previousToken);
    return { ...authenticated, site };
  };
}

/** With a visitor's token it is no `unauthenticated`: that would make a client throw away a token that is good. */
function anonymousRefusal(token: string | undefined): ChatError {
  return new ChatError(token === undefined ? 'unauthenticated' : 'forbidden', {
    message: 'This site serves only people whom it has signed in; bring an identity token.',
  });
}

/**
 * Gives the visitor's conversations to the person. Again it finds nothing to give: idempotent by itself. A former token that
 * is not good, of another site or no visitor's is passed over and counted, because the person is known all the same.
 */
async function merge(options: AdmissionOptions, user: Principal, previousToken: string): Promise<void> {
  const { store, eventLog, uploads, metrics, logger } = options;
  const visitor = await visitorOf(options, user.siteId, previousToken);
  if (visitor === undefined) {
    metrics.merges.inc({ outcome: 'refused' });
    logger.warn(
      { siteId: user.siteId },
      'a former token was not good: its conversations stay where they are',
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

async function visitorOf(
  { auth }: AdmissionOptions,
  siteId: string,
  token: string,
): Promise<Principal | undefined> {
  try {
    const { principal } = await auth.authenticate({ siteId, token });
    // Only what nobody has signed: one person does not become another.
    return principal.kind === 'anonymous' && principal.siteId === siteId ? principal : undefined;
  } catch (error) {
    if (error instanceof ChatError && error.code !== 'internal') return undefined;
    throw error;
  }
}
