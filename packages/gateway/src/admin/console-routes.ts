/** The routes of the operator's console, `/admin/api`. Without users there are none, and `/admin` is the host application's. */
import { ChatError } from '@rivulet/protocol';
import express, { type Router } from 'express';
import { checkSchema } from '../http/body.ts';
import { handleBodyErrors } from '../http/error-response.ts';
import { addRoutes } from '../http/route-table.ts';
import { NEWEST } from '../stores/console-store.ts';
import {
  createConsoleConversations,
  cursorOf,
  PageSchema,
  type ConsoleConversationsOptions,
} from './console-conversations.ts';
import { createConsoleGuard, type ConsoleRequest } from './console-guard.ts';
import { createConsoleLogin, shownUser, type ConsoleLoginOptions } from './console-login.ts';
import { createConsoleSessions } from './console-sessions.ts';

/** What the console needs. */
export interface ConsoleRoutesOptions
  extends Omit<ConsoleLoginOptions, 'sessions' | 'store'>, ConsoleConversationsOptions {}

const MAX_BODY_BYTES = 4_096;

/** Creates the routes. @returns undefined when there are no users */
export function createConsoleRoutes(options: ConsoleRoutesOptions): Router | undefined {
  if (options.users.length === 0) return undefined;
  const sessions = createConsoleSessions(options);
  const guard = createConsoleGuard({ ...options, sessions });
  const conversations = createConsoleConversations(options);
  const router = express.Router();
  router.use('/admin/api', express.text({ type: () => true, limit: MAX_BODY_BYTES }));
  addRoutes(router, {
    'POST /admin/api/login': createConsoleLogin({ ...options, sessions }),
    'POST /admin/api/logout': guard('console-logout', async ({ session, request, response }) => {
      await sessions.end(session, request, response);
      response.status(204).end();
    }),
    'GET /admin/api/me': guard('console-me', ({ user, session, response }) => {
      response.json({ user: shownUser(user), expiresAtMs: session.expiresAtMs });
      return Promise.resolve();
    }),
    'GET /admin/api/conversations': guard('console-list-conversations', (asked) =>
      conversations.search(asked),
    ),
    'GET /admin/api/conversations/:id': guard('console-read-conversation', (asked) =>
      conversations.read(asked),
    ),
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
    'GET /admin/api/sessions': guard('console-list-sessions', (asked) => listSessions(options, asked)),
    'DELETE /admin/api/sessions/:id': guard('console-end-session', (asked) => endSession(options, asked)),
    'GET /admin/api/audit': guard('console-read-audit', (asked) => listAudit(options, asked)),
  });
  router.use(handleBodyErrors);
  return router;
}

async function listSessions(
  { store, clock }: ConsoleRoutesOptions,
  { response }: ConsoleRequest,
): Promise<void> {
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
  { request, response }: ConsoleRequest,
): Promise<void> {
  const { limit, after } = checkSchema(PageSchema, request.query, 'query');
  const entries = await store.console.listAudit(after ?? NEWEST, limit);
  response.json({ entries, next: cursorOf(entries.length === limit ? entries.at(-1) : undefined) });
}
