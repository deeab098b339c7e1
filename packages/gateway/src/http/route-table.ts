/**
 * Every HTTP route of the gateway, in one table: what it does, and what a cache may keep of it. Routers are built from it, so a route
 * without a row does not compile; the tests of the access and of the headers are generated from it.
 */
import type { RequestHandler, Router } from 'express';
import type { Action } from '../access/actions.ts';

/** What a route says about itself. */
export interface RouteRow {
  /**
   * The action whose decision `authorize` makes; `public`: anybody may ask, and nothing of a visitor is shown. `commands`: the body
   * has a `hello` and commands, which are authorized one by one.
   */
  access: Action | 'public' | 'commands';
  /**
   * What a cache may keep. `nothing`: `no-store`, for everything of a visitor or an operator. `five-minutes`: a name that stays while the
   * content changes. `forever`: a name with a hash of the content. `revalidated`: a page, which is asked for again each time.
   */
  keep: 'nothing' | 'one-minute' | 'five-minutes' | 'forever' | 'revalidated';
}

/** The routes by method and path. */
export const ROUTES = {
  'GET /healthz': { access: 'public', keep: 'nothing' },
  'GET /readyz': { access: 'public', keep: 'nothing' },
  'GET /metrics': { access: 'read-metrics', keep: 'nothing' },
  'POST /v1/revocations': { access: 'revoke-tokens', keep: 'nothing' },
  'GET /v1/holds': { access: 'list-holds', keep: 'nothing' },
  'POST /v1/holds': { access: 'hold-conversation', keep: 'nothing' },
  'DELETE /v1/holds/:id': { access: 'lift-hold', keep: 'nothing' },
  'GET /admin': { access: 'public', keep: 'revalidated' },
  'GET /admin/conversations': { access: 'public', keep: 'revalidated' },
  'GET /admin/conversations/:id': { access: 'public', keep: 'revalidated' },
  'GET /admin/overview': { access: 'public', keep: 'revalidated' },
  'GET /admin/sites': { access: 'public', keep: 'revalidated' },
  'GET /admin/sites/:id': { access: 'public', keep: 'revalidated' },
  'GET /admin/desk': { access: 'public', keep: 'revalidated' },
  'GET /admin/desk/:id': { access: 'public', keep: 'revalidated' },
  'GET /admin/audit': { access: 'public', keep: 'revalidated' },
  'GET /admin/sessions': { access: 'public', keep: 'revalidated' },
  'GET /admin/files/:file': { access: 'public', keep: 'forever' },
  'POST /admin/api/login': { access: 'public', keep: 'nothing' },
  'GET /admin/api/sign-in': { access: 'public', keep: 'nothing' },
  'GET /admin/oidc/start': { access: 'public', keep: 'nothing' },
  'GET /admin/oidc/callback': { access: 'public', keep: 'nothing' },
  'POST /admin/oidc/backchannel-logout': { access: 'public', keep: 'nothing' },
  'POST /admin/api/logout': { access: 'console-logout', keep: 'nothing' },
  'GET /admin/api/me': { access: 'console-me', keep: 'nothing' },
  'GET /admin/api/conversations': { access: 'console-list-conversations', keep: 'nothing' },
  'GET /admin/api/conversations/:id': { access: 'console-read-conversation', keep: 'nothing' },
  'GET /admin/api/conversations/:id/runs': { access: 'console-read-conversation', keep: 'nothing' },
  'GET /admin/api/conversations/:id/files/:file': { access: 'console-read-file', keep: 'nothing' },
  'GET /admin/api/conversations/:id/live': { access: 'console-read-live', keep: 'nothing' },
  'GET /admin/api/conversations/:id/export': { access: 'console-export-conversation', keep: 'nothing' },
  'DELETE /admin/api/conversations/:id': { access: 'console-erase-conversation', keep: 'nothing' },
  'POST /admin/api/conversations/:id/hold': { access: 'console-hold-conversation', keep: 'nothing' },
  'DELETE /admin/api/conversations/:id/hold': { access: 'console-lift-hold', keep: 'nothing' },
  'GET /admin/api/sessions': { access: 'console-list-sessions', keep: 'nothing' },
  'DELETE /admin/api/sessions/:id': { access: 'console-end-session', keep: 'nothing' },
  'GET /admin/api/audit': { access: 'console-read-audit', keep: 'nothing' },
  'GET /admin/api/webhooks': { access: 'console-list-webhooks', keep: 'nothing' },
  'POST /admin/api/webhooks/:id/redeliver': { access: 'console-redeliver-webhook', keep: 'nothing' },
  'GET /v1/webhooks/dead-letters': { access: 'list-dead-letters', keep: 'nothing' },
  'POST /v1/webhooks/redeliver': { access: 'redeliver-webhooks', keep: 'nothing' },
  'GET /admin/api/overview': { access: 'console-read-overview', keep: 'nothing' },
  'GET /admin/api/sites': { access: 'console-list-sites', keep: 'nothing' },
  'GET /admin/api/sites/:id': { access: 'console-read-site', keep: 'nothing' },
  'GET /admin/api/sites/:id/snippet': { access: 'console-read-snippet', keep: 'nothing' },
  'PATCH /admin/api/sites/:id': { access: 'console-edit-site', keep: 'nothing' },
  'GET /admin/api/desk': { access: 'console-desk-overview', keep: 'nothing' },
  'GET /admin/api/desk/feed': { access: 'console-desk-feed', keep: 'nothing' },
  'POST /admin/api/desk/availability': { access: 'console-desk-availability', keep: 'nothing' },
  'GET /admin/api/desk/conversations': { access: 'console-desk-list', keep: 'nothing' },
  'GET /admin/api/desk/conversations/:id': { access: 'console-desk-read', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/take': { access: 'console-desk-take', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/release': { access: 'console-desk-release', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/assign': { access: 'console-desk-assign', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/reply': { access: 'console-desk-reply', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/files': { access: 'console-desk-upload', keep: 'nothing' },
  'GET /admin/api/desk/conversations/:id/files/:file': { access: 'console-desk-file', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/draft': { access: 'console-desk-draft', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/status': { access: 'console-desk-status', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/notes': { access: 'console-desk-note', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/typing': { access: 'console-desk-typing', keep: 'nothing' },
  'POST /admin/api/desk/conversations/:id/approval': { access: 'console-desk-decide', keep: 'nothing' },
  'GET /rivulet.js': { access: 'public', keep: 'five-minutes' },
  'GET /rivulet-:hash.js': { access: 'public', keep: 'forever' },
  'GET /rivulet/integrity.json': { access: 'public', keep: 'five-minutes' },
  'GET /rivulet/site.json': { access: 'public', keep: 'one-minute' },
  'GET /rivulet/licenses.txt': { access: 'public', keep: 'five-minutes' },
  'GET /rivulet/:file': { access: 'public', keep: 'forever' },
  'POST /v1/sse': { access: 'commands', keep: 'nothing' },
  'POST /v1/poll': { access: 'commands', keep: 'nothing' },
  'POST /v1/commands': { access: 'commands', keep: 'nothing' },
  'POST /v1/conversations/:id/messages': { access: 'commands', keep: 'nothing' },
  'POST /v1/ai-sdk/chat': { access: 'commands', keep: 'nothing' },
  'GET /v1/ai-sdk/chat/:id/stream': { access: 'commands', keep: 'nothing' },
  'POST /v1/ai-sdk/chat/:id/stop': { access: 'commands', keep: 'nothing' },
  'GET /v1/conversations': { access: 'list-conversations', keep: 'nothing' },
  'PATCH /v1/conversations/:id': { access: 'rename-conversation', keep: 'nothing' },
  'DELETE /v1/conversations/:id': { access: 'erase-conversation', keep: 'nothing' },
  'GET /v1/export': { access: 'export', keep: 'nothing' },
  'DELETE /v1/visitor': { access: 'erase-everything', keep: 'nothing' },
  'POST /v1/files': { access: 'upload-file', keep: 'nothing' },
  'GET /v1/files/:id': { access: 'read-file', keep: 'nothing' },
  'POST /v1/files/:id/link': { access: 'link-file', keep: 'nothing' },
  'DELETE /v1/files/:id': { access: 'remove-file', keep: 'nothing' },
} as const satisfies Record<string, RouteRow>;

/** The name of a route: its method and its path. */
export type RouteName = keyof typeof ROUTES;

/** The names of all routes. */
export const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[]; // Object.keys forgets the key type

/** Whether the route belongs to the operator's console, which serves nothing until it has users. */
export const isConsoleRoute = (name: RouteName): boolean => /^\/admin(\/|$)/.test(partsOfRoute(name).path);

/** The method, in lower case, and the path of a route. */
export function partsOfRoute(name: RouteName): { method: Method; path: string } {
  const [method = '', path = ''] = name.split(' ');
  return { method: method.toLowerCase() as Method, path }; // the names are those of the table
}
type Method = 'get' | 'post' | 'patch' | 'delete';

/** Adds the handlers of some routes to a router, in this order. */
export function addRoutes(
  router: Router,
  handlers: Readonly<Partial<Record<RouteName, RequestHandler>>>,
): void {
  for (const [name, handler] of Object.entries(handlers)) {
    const { method, path } = partsOfRoute(name as RouteName); // the keys are route names
    router[method](path, handler);
  }
}
