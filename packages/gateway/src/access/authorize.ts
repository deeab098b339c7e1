/** The one decision about who may do what: principal, action and resource in, a typed refusal out. Pure; it reads nothing. */
import { ChatError } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import { refusal } from '../base/index.ts';
import { disabledError } from '../sites/disabled.ts';
import type { Site } from '../sites/sites.ts';
import type { Owner } from '../stores/store.ts';
import type { Action, ActionOn } from './actions.ts';
import { decideConsole, type ConsoleUser } from './console-roles.ts';

/**
 * What a request proves about who operates the gateway. `operator`: the right token, or a listener or an address that only operators can
 * reach. `stranger`: no token is configured, and the request comes from elsewhere.
 */
export type OperatorProof = 'operator' | 'wrong-token' | 'no-token' | 'stranger';

/** An action of a principal on a resource. */
export type Request =
  /** To be served by a site at all; with the tools of the page that the command offers. */
  | {
      principal: Principal;
      action: ActionOn<'site' | 'conversation'>;
      resource: { kind: 'site'; site: Site; offersTools?: boolean };
    }
  /** `owner` is undefined when there is no such conversation. */
  | {
      principal: Principal;
      action: ActionOn<'conversation'>;
      resource: { kind: 'conversation'; owner: Owner | undefined };
    }
  /** `owner` is undefined when there is no such file. */
  | {
      principal: Principal;
      action: ActionOn<'file'>;
      resource: { kind: 'file'; owner: Owner | undefined };
    }
  /** To continue the session of `principal` with a token of another principal, or of the same one. */
  | {
      principal: Principal;
      action: 'refresh-auth';
      resource: { kind: 'session'; next: Principal };
    }
  /** To see or do what is the operator's; there is no principal. */
  | {
      principal?: undefined;
      action: ActionOn<'gateway'>;
      resource: { kind: 'gateway'; proof: OperatorProof };
    }
  /** To use the operator's console. `user` is undefined without a session; `siteId` is that of what is touched, undefined for all sites. */
  | {
      principal?: undefined;
      action: ActionOn<'console'>;
      resource: { kind: 'console'; user: ConsoleUser | undefined; siteId?: string | undefined };
    };

/**
 * Decides whether the principal may do it. Somebody else's conversation or file is refused in the words for one that does not exist, and
 * callers look it up so that both take the same work (`Store.readConversation` with an owner).
 * @throws {ChatError} `not-found` for a conversation or a file; `identity-required`, `forbidden`; `unauthenticated` without the operator's
 *   token, or without a session of the console
 */
export function authorize(request: Request): void {
  const error = decide(request);
  if (error !== undefined) throw error;
}

function decide(request: Request): ChatError | undefined {
  if (request.principal === undefined) {
    if (request.resource.kind === 'gateway') return decideOperator(request.resource.proof);
    const { user, ...site } = request.resource;
    return decideConsole(user, request.action as ActionOn<'console'>, site); // the action of this resource
  }
  const { principal, action, resource } = request;
  switch (resource.kind) {
    case 'site':
      return decideSite({ principal, action }, resource.site, resource.offersTools === true);
    case 'conversation':
      // Its first message creates a conversation, so a message may name one that does not exist.
      if (resource.owner === undefined && action === 'send-message') return undefined;
      return isOwner(resource.owner, principal) ? undefined : new ChatError('not-found');
    case 'file':
      return isOwner(resource.owner, principal)
        ? undefined
        : new ChatError('not-found', { message: 'There is no such file.' });
    case 'session':
      return isSame(principal, resource.next)
        ? undefined
        : refusal('forbidden', 'token-of-another', {
            message: 'This token belongs to another principal; open another connection with it.',
          });
  }
}

const OPERATOR_REFUSALS: Readonly<Record<OperatorProof, () => ChatError | undefined>> = {
  operator: () => undefined,
  'no-token': () =>
    refusal('unauthenticated', 'admin-token-missing', {
      message: 'This is for the operator of the gateway.',
    }),
  'wrong-token': () =>
    refusal('unauthenticated', 'admin-token-wrong', { message: 'This is for the operator of the gateway.' }),
  stranger: () =>
    refusal('forbidden', 'admin-remote', { message: 'This is for the operator of the gateway.' }),
};
const decideOperator = (proof: OperatorProof): ChatError | undefined => OPERATOR_REFUSALS[proof]();

/** What a site that is switched off does not do. */
const NEEDS_THE_MODEL: ReadonlySet<Action> = new Set<Action>([
  'send-message',
  'edit-message',
  'regenerate',
  'upload-file',
]);

function decideSite(
  { principal, action }: { principal: Principal; action: Action },
  site: Site,
  offersTools: boolean,
): ChatError | undefined {
  if (site.requireIdentity === true && principal.kind !== 'user') return new ChatError('identity-required');
  const disabled = NEEDS_THE_MODEL.has(action) ? disabledError(site) : undefined;
  if (disabled !== undefined) return disabled;
  if (offersTools && site.allowClientTools !== true)
    return refusal('forbidden', 'client-tools-denied', {
      message: 'This site does not allow client tools; see `allowClientTools` in its configuration.',
    });
  return undefined;
}

/** Invariant 9: both parts count, because the ids of two sites may be equal. */
const isOwner = (owner: Owner | undefined, { siteId, id }: Principal): boolean =>
  owner?.siteId === siteId && owner.ownerId === id;

const isSame = (one: Principal, other: Principal): boolean =>
  one.id === other.id && one.kind === other.kind && one.siteId === other.siteId;
