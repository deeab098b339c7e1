/** The routes of the operator's console, `/admin/api`. Without users there are none, and `/admin` is the host application's. */
import { ChatError } from '@rivulet/protocol';
import express, { type RequestHandler, type Router } from 'express';
import { mayInConsole } from '../access/console-roles.ts';
import { checkSchema } from '../http/body.ts';
import { handleBodyErrors } from '../http/error-response.ts';
import { addRoutes } from '../http/route-table.ts';
import { limitBody, type SlowRequestsOptions } from '../http/slow-requests.ts';
import { NEWEST } from '../stores/console-store.ts';
import { createConsoleConversations, type ConsoleConversationsOptions } from './console-conversations.ts';
import { createConsoleFiles } from './console-files.ts';
import { createConsoleGuard, type ConsoleRequest } from './console-guard.ts';
import { createConsoleLogin, shownUser, type ConsoleLoginOptions } from './console-login.ts';
import { readOverview, type ConsoleOverviewOptions } from './console-overview.ts';
import { cursorOf, PageSchema } from './console-search.ts';
import { createConsoleSessions } from './console-sessions.ts';
import { consoleUrlsOf, createSignIn } from './console-sign-in.ts';
import { MAX_EDIT_BYTES, siteRoutes, type ConsoleSitesOptions } from './console-sites.ts';
import { webhookRoutes, type ConsoleWebhooksOptions } from './console-webhooks.ts';
import { deskRoutes, deskUploadRoutes } from './desk-routes.ts';
import { deskSitesOf, type DeskRoutesOptions } from './desk-scope.ts';
import type { ConsoleOidcSettings } from './oidc-settings.ts';

/** What the console needs. */
export interface ConsoleRoutesOptions
  extends
    Omit<ConsoleLoginOptions, 'sessions' | 'store' | 'oidc' | 'adminUrl'>,
    ConsoleConversationsOptions,
    Omit<ConsoleOverviewOptions, 'store'>,
    DeskRoutesOptions,
    Omit<SlowRequestsOptions, 'limits'>,
    ConsoleWebhooksOptions,
    ConsoleSitesOptions {
  /** Signing in by OIDC, with the URL that the identity provider sends people back to. */
  oidc?: ConsoleOidcSettings | undefined;
  adminUrl?: string | undefined;
  /** The path of the folder with the pages. Default: the one that the build writes. */
  consoleFolder?: string | undefined;
}

const MAX_BODY_BYTES = 4_096;
/** A token with the certificates of its key. */
const MAX_LOGOUT_BYTES = 32_768;
/** A reply of a person may be as long as a message of a visitor. */
const MAX_REPLY_BYTES = 512 * 1_024;

/** How long the body of a request may be, in bytes, by the beginning of its path: the first that fits counts. */
const BODIES = [
  ['/admin/api/desk', MAX_REPLY_BYTES],
  ['/admin/api/sites', MAX_EDIT_BYTES],
  ['/admin/oidc/backchannel-logout', MAX_LOGOUT_BYTES],
  ['/admin/api', MAX_BODY_BYTES],
] as const;

/** Creates the routes. @returns undefined when there is no way to sign in */
export function createConsoleRoutes(given: ConsoleRoutesOptions): Router | undefined {
  if (given.users.length === 0 && given.oidc === undefined) return undefined;
  const options = { ...given, ...consoleUrlsOf(given) };
  const sessions = createConsoleSessions(options);
  const signIn = createSignIn({ ...options, sessions });
  const guard = createConsoleGuard({ ...options, sessions });
  const router = express.Router();
  addUploads(router, options, guard);
  readBodies(router, options);
  addRoutes(router, {
    ...createConsoleFiles(given.consoleFolder),
    'POST /admin/api/login': createConsoleLogin({ ...options, sessions }),
    'GET /admin/api/sign-in': signIn.ways,
    'GET /admin/oidc/start': signIn.start,
    'GET /admin/oidc/callback': signIn.callback,
    'POST /admin/oidc/backchannel-logout': signIn.logout,
    'POST /admin/api/logout': guard('console-logout', async (asked) => {
      const { session, request, response, touch } = asked;
      await touch({ target: '', siteId: '' });
      await sessions.end(session, request, response);
      const endSessionUrl = await signIn.endSessionUrl(session);
      if (endSessionUrl === undefined) response.status(204).end();
      else response.json({ endSessionUrl });
    }),
    'GET /admin/api/me': guard('console-me', ({ user, session, response }) => {
      const mayAnswer = mayInConsole(user.role, 'console-desk-list');
      const deskSites = mayAnswer ? deskSitesOf(options, { user }).map(({ id }) => id) : [];
      response.json({ user: shownUser(user), expiresAtMs: session.expiresAtMs, deskSites });
      return Promise.resolve();
    }),
    ...conversationRoutes(createConsoleConversations(options, sessions), guard),
    ...deskRoutes(options, guard),
    'GET /admin/api/sessions': guard('console-list-sessions', (asked) => listSessions(options, asked)),
    'DELETE /admin/api/sessions/:id': guard('console-end-session', (asked) => endSession(options, asked)),
    'GET /admin/api/overview': guard('console-read-overview', (asked) => readOverview(options, asked)),
    'GET /admin/api/audit': guard('console-read-audit', (asked) => listAudit(options, asked)),
    ...webhookRoutes(options, guard),
    ...siteRoutes(options, guard),
  });
  router.use(handleBodyErrors);
  return router;
}

/** Otherwise Node reads the rest of a file that was refused, which may be gigabytes, to keep the connection alive. */
const closing: RequestHandler = (request, response, next) => {
  if (request.method === 'POST') response.set('Connection', 'close');
  next();
};

/** Reads bodies as text. */
function readBodies(router: Router, options: ConsoleRoutesOptions): void {
  for (const [path, limit] of BODIES)
    router.use(path, limitBody(options), express.text({ type: () => true, limit }));
}

/** Before bodies are read as text. */
function addUploads(
  router: Router,
  options: ConsoleRoutesOptions,
  guard: ReturnType<typeof createConsoleGuard>,
): void {
  router.use('/admin/api/desk/conversations/:id/files', limitBody(options, 'file'), closing);
  addRoutes(router, deskUploadRoutes(options, guard));
}

function conversationRoutes(
  conversations: ReturnType<typeof createConsoleConversations>,
  guard: ReturnType<typeof createConsoleGuard>,
) {
  return {
    'GET /admin/api/conversations': guard('console-list-conversations', (asked) =>
      conversations.search(asked),
    ),
    'GET /admin/api/conversations/:id': guard('console-read-conversation', (asked) =>
      conversations.read(asked),
    ),
    'GET /admin/api/conversations/:id/runs': guard('console-read-conversation', (asked) =>
      conversations.runs(asked),
    ),
    'GET /admin/api/conversations/:id/files/:file': guard('console-read-file', (asked) =>
      conversations.file(asked),
    ),
    'GET /admin/api/conversations/:id/live': guard('console-read-live', (asked) => conversations.live(asked)),
    'GET /admin/api/conversations/:id/export': guard('console-export-conversation', (asked) =>
      conversations.exportOne(asked),
    ),
    'DELETE /admin/api/conversations/:id': guard('console-erase-conversation', (asked) =>
      conversations.erase(asked),
    ),
    'POST /admin/api/conversations/:id/hold': guard('console-hold-conversation', (asked) =>
      conversations.hold(asked),
    ),
    'DELETE /admin/api/conversations/:id/hold': guard('console-lift-hold', (asked) =>
      conversations.lift(asked),
    ),
  };
}

async function listSessions(
  { store, clock }: ConsoleRoutesOptions,
  { response, touch }: ConsoleRequest,
): Promise<void> {
  await touch({ target: '', siteId: '' });
  const all = await store.console.listSessions(clock.now());
  response.json({ sessions: all.map(({ digest: _digest, tokenId: _tokenId, ...shown }) => shown) });
}

async function endSession(
  { store }: ConsoleRoutesOptions,
  { request, response, touch }: ConsoleRequest,
): Promise<void> {
  const id = String(request.params.id);
  await touch({ target: id.slice(0, 64), siteId: '' });
  if (!(await store.console.endSession(id))) throw new ChatError('not-found');
  response.status(204).end();
}

async function listAudit(
  { store }: ConsoleRoutesOptions,
  { request, response, touch }: ConsoleRequest,
): Promise<void> {
  await touch({ target: '', siteId: '' });
  const { limit, after } = checkSchema(PageSchema, request.query, 'query');
  const entries = await store.console.listAudit(after ?? NEWEST, limit);
  response.json({ entries, next: cursorOf(entries.length === limit ? entries.at(-1) : undefined) });
}
