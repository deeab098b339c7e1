/** The guard of every route of the console: who asks, whether they may, and the entry in the audit log before anything is done. */
import { ChatError } from '@rivulet/protocol';
import type { Request, RequestHandler, Response } from 'express';
import type { ActionOn } from '../access/actions.ts';
import { authorize } from '../access/authorize.ts';
import type { ConsoleUser } from '../access/console-roles.ts';
import { answerOperator, type OperatorAnswerOptions } from '../http/operator-answer.ts';
import type { AuditEntry } from '../stores/console-store.ts';
import type { ConsoleSessions, ConsoleSessionsOptions, SignedIn } from './console-sessions.ts';

/** What the guard needs. */
export interface ConsoleGuardOptions extends ConsoleSessionsOptions, OperatorAnswerOptions {
  sessions: ConsoleSessions;
}

/** A request of somebody who may do the action. */
export interface ConsoleRequest extends SignedIn {
  request: Request;
  response: Response;
  /** Decides about what the request touches, and records it. It is awaited before anything is shown or changed. */
  touch: (touched: { target: string; siteId: string }) => Promise<void>;
  /** Whether the session still counts. What goes on for long asks again, and ends when it does not: an admin may have ended it. */
  isStillSignedIn: () => Promise<boolean>;
}

/** A page of another origin cannot send this header without asking first, and nobody allows it to. */
export const CONSOLE_HEADER = 'x-rivulet-console';

/** Creates the function that guards a handler. Handlers without `target` call `touch` as soon as they know what they touch. */
export function createConsoleGuard(options: ConsoleGuardOptions) {
  return (action: ActionOn<'console'>, handler: (request: ConsoleRequest) => Promise<void>): RequestHandler =>
    answerOperator(options, 'a request of the console failed', async (request, response) => {
      const signedIn = await options.sessions.find(request);
      const decide = (user: ConsoleUser | undefined, siteId?: string) => {
        authorize({ action, resource: { kind: 'console', user, siteId } });
      };
      decide(signedIn?.user);
      if (signedIn === undefined) throw new ChatError('unauthenticated');
      if (request.method !== 'GET') checkSameOrigin(request, options.adminUrl);
      await handler({
        ...signedIn,
        request,
        response,
        isStillSignedIn: async () => (await options.sessions.find(request)) !== undefined,
        async touch({ target, siteId }) {
          decide(signedIn.user, siteId === '' ? undefined : siteId);
          await recordAudit(options, request, { userName: signedIn.user.name, action, target, siteId });
        },
      });
    });
}

/** Longer than any id and any subject of an identity provider. */
const MAX_AUDITED_CHARS = 255;
/** Paths and queries have any characters: a line break or an override of direction would forge what is read in the log. */
const audited = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, MAX_AUDITED_CHARS);

/** Adds an entry to the audit log. What cannot be recorded is not done. */
export function recordAudit(
  { store, clock, random, addressOf }: ConsoleSessionsOptions,
  request: Request,
  { userName, action, target, siteId }: Pick<AuditEntry, 'userName' | 'action' | 'target' | 'siteId'>,
): Promise<void> {
  const id = Buffer.from(random(9)).toString('base64url');
  const what = { userName, action, target: audited(target), siteId: audited(siteId) };
  return store.console.appendAudit({ ...what, id, atMs: clock.now(), address: addressOf(request) });
}

/**
 * @param adminUrl where the console is reached, when it is known: a proxy may send another `Host` than the browser does
 * @throws {ChatError} `forbidden` when the page of another origin may have sent it
 */
export function checkSameOrigin({ headers }: Request, adminUrl: string | undefined): void {
  const { origin, host } = headers;
  const own = adminUrl === undefined ? undefined : new URL(adminUrl).origin;
  const isOwn = origin === undefined || origin === own || URL.parse(origin)?.host === host;
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  if (headers[CONSOLE_HEADER] === undefined || !isOwn || site !== 'same-origin')
    throw new ChatError('forbidden', {
      message: 'The console changes nothing for a page of another origin.',
    });
}
