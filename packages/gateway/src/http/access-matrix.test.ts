/** Every command and every route, asked for by everybody who must not: generated from the protocol and from the route table. */
import {
  COMMAND_TYPES,
  mintCommandId,
  mintConversationId,
  mintMessageId,
  mintRunId,
  PROTOCOL_VERSION,
  type Command,
  type CommandOf,
  type CommandType,
  type ConversationId,
  type MessageId,
} from '@rivulet/protocol';
import { SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIONS } from '../access/actions.ts';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import { createJwtAuth } from '../auth/jwt.ts';
import { createSiteAuth } from '../auth/site-auth.ts';
import { randomBytes, systemClock } from '../base/index.ts';
import {
  compatRequests,
  CONSOLE_REQUESTS,
  OPERATOR_REQUESTS,
  VISITOR_REQUESTS,
  WIDGET_REQUESTS,
} from '../testing/route-requests.ts';
import { deskCommands } from '../testing/desk-commands.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { partsOfRoute, ROUTE_NAMES, ROUTES, type RouteName } from './route-table.ts';

const SECRET = 'a secret that the site shares with us';
/** In everything that is Ann's: whoever sees it has seen something of hers. */
const MARKER = 'only-ann-may-see-this';
const harmless = [{ type: 'text' as const, text: 'Hello?' }];
const key = new TextEncoder().encode(SECRET);
const nowS = Math.floor(systemClock.now() / 1000);
const HOUR_S = 3_600;

const sign = (claims: JWTPayload) =>
  new SignJWT({ aud: 'shop', sub: 'ann', iat: nowS - 10, exp: nowS + HOUR_S, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(key);
const visitorOf = async (site: string) =>
  (await (await ProtocolClient.connect(started.url, { site })).received('welcome')).token ?? '';
const unsigned = async () => {
  const [, claims = ''] = (await sign({})).split('.');
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
};

/** Who asks: a token, and the site that it is presented to. `strangers` are themselves; the others say that they are Ann. */
const ACTORS = {
  'other visitor': { site: 'shop', isStranger: true, token: () => visitorOf('shop') },
  'other user': { site: 'shop', isStranger: true, token: () => sign({ sub: 'bob' }) },
  'other site': { site: 'blog', isStranger: true, token: () => visitorOf('blog') },
  'the same user of another site': { site: 'blog', isStranger: true, token: () => sign({ aud: 'blog' }) },
  expired: { site: 'shop', isStranger: false, token: () => sign({ iat: nowS - 7_200, exp: nowS - HOUR_S }) },
  revoked: { site: 'shop', isStranger: false, token: () => sign({ jti: 'stolen' }) },
  'wrong audience': { site: 'shop', isStranger: false, token: () => sign({ aud: 'blog' }) },
  'alg none': { site: 'shop', isStranger: false, token: unsigned },
} as const;
type ActorName = keyof typeof ACTORS;
const ACTOR_NAMES = Object.keys(ACTORS) as ActorName[]; // Object.keys forgets the key type

let started: StartedGateway;
let ann: {
  token: string;
  conversationId: ConversationId;
  questionId: MessageId;
  answerId: MessageId;
  fileId: string;
};
let before: string;
const tokens = new Map<ActorName, string>();
const count = { cases: 0, leaks: 0 };

/** Counts a case. @param seen all that the actor was shown. On another site, the same user has the same id. */
function judge(seen: string, actor: ActorName): void {
  const isHers = actor !== 'the same user of another site' && seen.includes('u_ann');
  const isLeak = isHers || seen.includes(MARKER);
  count.cases += 1;
  if (isLeak) count.leaks += 1;
  expect(isLeak).toBe(false);
}

const ofAnn = (path: string, init: RequestInit = {}) =>
  fetch(started.url + path, { ...init, headers: { authorization: `Bearer ${ann.token}` } });
/** All that Ann has, without the time at which she asks. */
const stateOfAnn = async () =>
  (await (await ofAnn('/v1/export?site=shop')).text()).replace(/"exportedAtMs":\d+/, '') +
  (await (await ofAnn(`/v1/files/${ann.fileId}?site=shop`)).text());

beforeAll(async () => {
  const users = createJwtAuth({ key: { kind: 'secret', secret: SECRET }, clock: systemClock });
  const anonymous = createAnonymousAuth({ secret: SECRET, clock: systemClock, random: randomBytes });
  started = await startGateway({
    auth: createSiteAuth({ anonymous, usersOf: () => users }),
    sites: ['shop', 'blog'].map((id) => ({ id, origins: ['self'], desk: {} })),
    adminUsers: [{ name: 'operator', role: 'admin', tokenHash: 'f'.repeat(64) }],
    adminToken: 'an-operator-token-of-32-characters',
    rateLimits: 'off',
  });
  const token = await sign({ jti: 'mine' });
  const client = await ProtocolClient.connect(started.url, { site: 'shop', token });
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: MARKER }] });
  const scene = await started.provider.next();
  scene.emitText(MARKER);
  scene.finish();
  await client.received('run-finished');
  const uploaded = await fetch(`${started.url}/v1/files?site=shop&name=${MARKER}.txt`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: MARKER,
  });
  const { fileId } = (await uploaded.json()) as { fileId: string };
  const answerId = client.view!.conversation.messages[1]!.id;
  ann = { token, conversationId: ids.conversationId, questionId: ids.messageId, answerId, fileId };
  await started.gateway.revoke({ siteId: 'shop', tokenId: 'stolen' });
  for (const name of ACTOR_NAMES) tokens.set(name, await ACTORS[name].token());
  before = await stateOfAnn();
  expect(before.split(MARKER).length).toBeGreaterThan(3);
});
afterAll(async () => {
  console.log(`authorisation matrix: ${count.cases} cases, leaks ${count.leaks}`);
  await started.stop();
});

const helloOf = (actor: ActorName, more: Partial<CommandOf<'hello'>> = {}): CommandOf<'hello'> => ({
  type: 'hello',
  id: mintCommandId(randomBytes),
  protocol: PROTOCOL_VERSION,
  site: ACTORS[actor].site,
  token: tokens.get(actor) ?? '',
  client: { name: 'matrix', version: '1' },
  capabilities: [],
  subscriptions: [],
  ...more,
});
const minted = () => mintMessageId(randomBytes);
const fresh = () => ({ id: mintCommandId(randomBytes), conversationId: ann.conversationId });

/** A command of each type that touches what is Ann's. A new type does not compile without one. */
const COMMANDS: { [Type in CommandType]: (actor: ActorName) => Extract<Command, { type: Type }> } = {
  hello: (actor) => helloOf(actor, { subscriptions: [{ conversationId: ann.conversationId }] }),
  ping: () => ({ type: 'ping', id: mintCommandId(randomBytes) }),
  unsubscribe: () => ({ type: 'unsubscribe', ...fresh() }),
  'refresh-auth': () => ({ type: 'refresh-auth', id: mintCommandId(randomBytes), token: ann.token }),
  subscribe: () => ({ type: 'subscribe', ...fresh(), cursor: { epoch: 'e', seq: 0 } }),
  'send-message': () => ({ type: 'send-message', ...fresh(), messageId: minted(), parts: harmless }),
  'edit-message': () => ({
    type: 'edit-message',
    ...fresh(),
    messageId: minted(),
    replacesId: ann.questionId,
    parts: harmless,
  }),
  regenerate: () => ({
    type: 'regenerate',
    ...fresh(),
    messageId: ann.answerId,
    runId: mintRunId(randomBytes),
  }),
  'abort-run': () => ({ type: 'abort-run', ...fresh() }),
  'tool-approval': () => ({ type: 'tool-approval', ...fresh(), callId: 'call', decision: 'approve' }),
  'tool-output': () => ({ type: 'tool-output', ...fresh(), callId: 'call', output: 1 }),
  feedback: () => ({ type: 'feedback', ...fresh(), messageId: ann.answerId, value: 'down' }),
  ...deskCommands(fresh),
  read: () => ({ type: 'read', ...fresh(), position: { epoch: 'e', seq: 1 } }),
};

/** Sends a hello and a command as one request. @returns the events, as text */
async function command(actor: ActorName, sent: Command): Promise<string> {
  const body = JSON.stringify(sent.type === 'hello' ? [sent] : [helloOf(actor), sent]);
  return (await fetch(`${started.url}/v1/commands`, { method: 'POST', body })).text();
}

describe('every command', () => {
  it('has a sample', () => {
    expect(Object.keys(COMMANDS).toSorted()).toEqual(COMMAND_TYPES.toSorted());
  });

  it.each(COMMAND_TYPES.flatMap((type) => ACTOR_NAMES.map((actor) => [type, actor] as const)))(
    '%s by: %s',
    async (type, actor) => {
      const seen = await command(actor, COMMANDS[type](actor));
      judge(seen, actor);
      if (!ACTORS[actor].isStranger) expect(seen).toMatch(/"code":"(unauthenticated|forbidden)"/);
      else if (ACTIONS[type] === 'conversation') expect(seen).toContain('"code":"not-found"');
      else if (type === 'refresh-auth') expect(seen).toContain('"code":"forbidden"');
    },
  );

  it('is answered for a conversation of Ann as for one that does not exist', async () => {
    for (const type of COMMAND_TYPES.filter((each) => ACTIONS[each] === 'conversation')) {
      if (type === 'send-message') continue; // it would create the conversation
      const sent = COMMANDS[type]('other user');
      const missing = { ...sent, conversationId: mintConversationId(randomBytes) } as Command;
      const [foreign, unknown] = [await command('other user', sent), await command('other user', missing)];
      expect(rejectionIn(foreign)).toEqual(rejectionIn(unknown));
    }
  });
});
const rejectionIn = (events: string) => /"type":"rejected".*?"error":(\{.*?\})/.exec(events)?.[1];

/** A request for each route that touches what is Ann's. A new route does not compile without one. */
const REQUESTS: Record<RouteName, (actor: ActorName) => { path?: string; body?: string }> = {
  'GET /v1/holds': () => ({}),
  'POST /v1/holds': () => ({ body: JSON.stringify({ conversationId: ann.conversationId, reason: 'mine' }) }),
  'DELETE /v1/holds/:id': () => ({}),
  ...CONSOLE_REQUESTS,
  ...WIDGET_REQUESTS,
  ...OPERATOR_REQUESTS,
  'POST /v1/sse': (actor) => ({ body: JSON.stringify(COMMANDS.hello(actor)) }),
  'POST /v1/poll': (actor) => ({ path: '/v1/poll?wait=0', body: JSON.stringify(COMMANDS.hello(actor)) }),
  'POST /v1/commands': (actor) => ({ body: JSON.stringify([helloOf(actor), COMMANDS.subscribe(actor)]) }),
  'POST /v1/conversations/:id/messages': (actor) => ({
    body: JSON.stringify({ site: ACTORS[actor].site, text: 'Hello?' }),
  }),
  ...compatRequests(() => ann.conversationId),
  ...VISITOR_REQUESTS,
};

/** Asks for a route. A stream is read until it has refused the subscription, or has ended. */
async function route(name: RouteName, actor: ActorName): Promise<{ status: number; seen: string }> {
  const { path: template, method } = partsOfRoute(name);
  const { path = template, body } = REQUESTS[name](actor);
  const url = new URL(
    started.url +
      path
        .replace(':id', name.includes('files') ? ann.fileId : ann.conversationId)
        .replace(/:(hash|file)/, 'x'),
  );
  url.searchParams.set('site', ACTORS[actor].site);
  const abort = new AbortController();
  const response = await fetch(url, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${tokens.get(actor) ?? ''}`, 'content-type': 'text/plain' },
    signal: abort.signal,
    ...(body === undefined ? {} : { body }),
  });
  let seen = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    seen += decoder.decode(chunk, { stream: true });
    if (name === 'POST /v1/sse' && seen.includes('"rejected"')) break;
  }
  abort.abort();
  return { status: response.status, seen };
}

describe('every route', () => {
  it.each(ROUTE_NAMES.flatMap((name) => ACTOR_NAMES.map((actor) => [name, actor] as const)))(
    '%s by: %s',
    async (name, actor) => {
      const { status, seen } = await route(name, actor);
      judge(seen, actor);
      const { access } = ROUTES[name];
      if (access === 'public') return;
      if (access !== 'commands' && ['gateway', 'console'].includes(ACTIONS[access])) expect(status).toBe(401);
      else if (!ACTORS[actor].isStranger)
        expect(`${status} ${seen}`).toMatch(/^40[13]|unauthenticated|forbidden/);
      // As for a conversation that does not exist: there is no answer to go on with.
      else if (name.endsWith('/:id/stream')) expect(`${status} ${seen}`).toBe('204 ');
      else if (name.includes(':id') || name.includes('/ai-sdk/')) expect(status).toBe(404);
      else if (access === 'commands') expect(seen).toContain('"code":"not-found"');
    },
  );

  it('has left all that is Ann’s as it was', async () => {
    expect(await stateOfAnn()).toBe(before);
  });
});
