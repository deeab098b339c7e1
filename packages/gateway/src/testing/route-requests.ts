/** Requests for the routes of operators, of the console and of the widget's files, for tests that ask for every route. */
import type { RouteName } from '../http/route-table.ts';

/** The requests by route. The id in the path is the caller's. A new route does not compile without one. */
export const CONSOLE_REQUESTS: Record<
  Extract<RouteName, `${string} /admin${string}`>,
  () => { path?: string; body?: string }
> = {
  'GET /admin': () => ({}),
  'GET /admin/conversations': () => ({}),
  'GET /admin/conversations/:id': () => ({}),
  'GET /admin/overview': () => ({}),
  'GET /admin/sites': () => ({}),
  'GET /admin/sites/:id': () => ({}),
  'GET /admin/desk': () => ({}),
  'GET /admin/desk/:id': () => ({}),
  'GET /admin/audit': () => ({}),
  'GET /admin/sessions': () => ({}),
  'GET /admin/files/:file': () => ({}),
  'POST /admin/api/login': () => ({ body: '{"token":"guessed"}' }),
  'GET /admin/api/sign-in': () => ({}),
  'GET /admin/oidc/start': () => ({}),
  'GET /admin/oidc/callback': () => ({}),
  'POST /admin/oidc/backchannel-logout': () => ({ body: 'logout_token=guessed' }),
  'POST /admin/api/logout': () => ({}),
  'GET /admin/api/me': () => ({}),
  'GET /admin/api/conversations': () => ({}),
  'GET /admin/api/conversations/:id': () => ({}),
  'GET /admin/api/conversations/:id/runs': () => ({}),
  'GET /admin/api/conversations/:id/files/:file': () => ({}),
  'GET /admin/api/conversations/:id/live': () => ({}),
  'GET /admin/api/conversations/:id/export': () => ({}),
  'DELETE /admin/api/conversations/:id': () => ({}),
  'POST /admin/api/conversations/:id/hold': () => ({ body: '{"reason":"mine"}' }),
  'DELETE /admin/api/conversations/:id/hold': () => ({}),
  'GET /admin/api/sessions': () => ({}),
  'DELETE /admin/api/sessions/:id': () => ({}),
  'GET /admin/api/audit': () => ({}),
  'GET /admin/api/overview': () => ({}),
  'GET /admin/api/webhooks': () => ({}),
  'POST /admin/api/webhooks/:id/redeliver': () => ({}),
  'GET /admin/api/sites': () => ({}),
  'GET /admin/api/sites/:id': () => ({}),
  'GET /admin/api/sites/:id/snippet': () => ({
    path: '/admin/api/sites/:id/snippet?url=https://chat.example.com',
  }),
  'PATCH /admin/api/sites/:id': () => ({ body: '{"revision":0,"set":{"model":"m"},"reset":[]}' }),
  'GET /admin/api/desk': () => ({}),
  'GET /admin/api/desk/feed': () => ({}),
  'POST /admin/api/desk/availability': () => ({ body: '{"choice":"away"}' }),
  'GET /admin/api/desk/conversations': () => ({}),
  'GET /admin/api/desk/conversations/:id': () => ({}),
  'POST /admin/api/desk/conversations/:id/take': () => ({}),
  'POST /admin/api/desk/conversations/:id/release': () => ({}),
  'POST /admin/api/desk/conversations/:id/assign': () => ({ body: '{"personId":"p_1"}' }),
  'POST /admin/api/desk/conversations/:id/reply': () => ({
    body: '{"messageId":"m_matrix000001","parts":[{"type":"text","text":"Hello"}]}',
  }),
  'POST /admin/api/desk/conversations/:id/files': () => ({
    path: '/admin/api/desk/conversations/:id/files?name=a.txt',
    body: 'a file',
  }),
  'GET /admin/api/desk/conversations/:id/files/:file': () => ({}),
  'POST /admin/api/desk/conversations/:id/draft': () => ({ body: '{}' }),
  'POST /admin/api/desk/conversations/:id/status': () => ({ body: '{"status":"closed"}' }),
  'POST /admin/api/desk/conversations/:id/notes': () => ({ body: '{"text":"Mine."}' }),
  'POST /admin/api/desk/conversations/:id/typing': () => ({ body: '{"isTyping":true}' }),
  'POST /admin/api/desk/conversations/:id/approval': () => ({
    body: '{"callId":"call","decision":"approve"}',
  }),
};

/** Those of operators that name no conversation; the revocation is of a user of the site `shop`. */
export const OPERATOR_REQUESTS: Record<
  Extract<
    RouteName,
    `GET /${'healthz' | 'readyz' | 'metrics'}` | `${string} /v1/${'revocations' | 'webhooks'}${string}`
  >,
  () => { path?: string; body?: string }
> = {
  'GET /healthz': () => ({}),
  'GET /readyz': () => ({}),
  'GET /metrics': () => ({}),
  'POST /v1/revocations': () => ({ body: '{"siteId":"shop","ownerId":"u_ann"}' }),
  'GET /v1/webhooks/dead-letters': () => ({}),
  'POST /v1/webhooks/redeliver': () => ({ body: '{}' }),
};

/** Those of the widget's files, which everybody may ask for. */
export const WIDGET_REQUESTS: Record<
  Extract<RouteName, `GET /rivulet${string}`>,
  () => { path?: string; body?: string }
> = {
  'GET /rivulet.js': () => ({}),
  'GET /rivulet-:hash.js': () => ({}),
  'GET /rivulet/integrity.json': () => ({}),
  'GET /rivulet/site.json': () => ({ path: '/rivulet/site.json?site=shop' }),
  'GET /rivulet/licenses.txt': () => ({}),
  'GET /rivulet/:file': () => ({}),
};

/** Those of other protocols, for a conversation. */
export const compatRequests = (
  conversationId: () => string,
): Record<Extract<RouteName, `${string}/v1/ai-sdk/${string}`>, () => { path?: string; body?: string }> => ({
  'POST /v1/ai-sdk/chat': () => ({
    body: JSON.stringify({
      id: conversationId(),
      messages: [{ id: 'a', role: 'user', parts: [{ type: 'text', text: 'Hello?' }] }],
    }),
  }),
  'GET /v1/ai-sdk/chat/:id/stream': () => ({}),
  'POST /v1/ai-sdk/chat/:id/stop': () => ({}),
});

/** Those for what a visitor has. The ids in their paths are the caller's. */
export const VISITOR_REQUESTS: Record<
  Extract<
    RouteName,
    | `${string} /v1/${'export' | 'visitor' | 'files' | `files/${string}`}`
    | `${'GET' | 'PATCH' | 'DELETE'} /v1/conversations${string}`
  >,
  () => { path?: string; body?: string }
> = {
  'GET /v1/conversations': () => ({}),
  'PATCH /v1/conversations/:id': () => ({ body: '{"title":"Taken"}' }),
  'DELETE /v1/conversations/:id': () => ({}),
  'GET /v1/export': () => ({}),
  'DELETE /v1/visitor': () => ({}),
  'POST /v1/files': () => ({ path: '/v1/files?name=a.txt', body: 'text' }),
  'GET /v1/files/:id': () => ({}),
  'POST /v1/files/:id/link': () => ({}),
  'DELETE /v1/files/:id': () => ({}),
};
