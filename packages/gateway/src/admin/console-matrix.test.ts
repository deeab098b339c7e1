/** Every route of the console, asked for by everybody, generated from the route table; and the table of SECURITY.md, compared with it. */
import { readFileSync } from 'node:fs';
import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIONS, type ActionOn } from '../access/actions.ts';
import { CONSOLE_ROLES, decideConsole } from '../access/console-roles.ts';
import { randomBytes } from '../base/index.ts';
import { isConsoleRoute, partsOfRoute, ROUTE_NAMES, ROUTES, type RouteName } from '../http/route-table.ts';
import { createMemoryStore } from '../stores/memory.ts';
import {
  CONSOLE_ACTORS,
  CONSOLE_USERS,
  cookieOfActor,
  type ConsoleActor,
} from '../testing/console-actors.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { CONSOLE_REQUESTS } from '../testing/route-requests.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

/** In everything of the site `shop`: what its visitor wrote, and what its model is told. */
const MARKER = 'only-for-those-of-this-site';
/** These leave no entry in the audit log: they show what the user or everybody knows, sums without a visitor, or are sent with each key. */
const UNRECORDED: readonly string[] = [
  ...['console-me', 'console-desk-typing', 'console-read-overview'],
  ...['console-list-sites', 'console-read-snippet'],
];

type ConsoleRouteName = keyof typeof CONSOLE_REQUESTS;
const CONSOLE = ROUTE_NAMES.filter(isConsoleRoute) as ConsoleRouteName[]; // their requests do not compile without these names
const actionOf = (name: RouteName): ActionOn<'console'> | undefined => {
  const { access } = ROUTES[name];
  if (access === 'public' || access === 'commands') return undefined;
  expect(ACTIONS[access]).toBe('console');
  return access as ActionOn<'console'>; // it touches the console
};
const PROTECTED = CONSOLE.filter((name) => actionOf(name) !== undefined);

const store = createMemoryStore();
let started: StartedGateway;
const count = { cases: 0, allowed: 0, leaks: 0, changes: 0 };

beforeAll(async () => {
  started = await startGateway({
    adminUsers: CONSOLE_USERS,
    sites: [
      { id: 'shop', origins: ['self'], systemPrompt: MARKER, desk: {} },
      { id: 'blog', origins: ['self'], desk: {} },
    ],
    store,
  });
});
afterAll(async () => {
  const { cases, allowed, leaks, changes } = count;
  console.log(
    `console matrix: ${PROTECTED.length} routes, ${CONSOLE_ACTORS.length} actors, ${cases} cases, ${allowed} allowed, leaks ${leaks}, forbidden changes ${changes}`,
  );
  await started.stop();
});

/** A conversation of the site `shop` with a question and a finished answer. */
async function converse(): Promise<ConversationId> {
  const client = await ProtocolClient.connect(started.url, { site: 'shop' });
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: MARKER }] });
  const scene = await started.provider.next();
  scene.emitText(MARKER);
  scene.finish();
  await client.received('run-finished');
  return ids.conversationId;
}

/** What the request may touch: a conversation, and the session of somebody else. */
interface Touched {
  conversationId: ConversationId;
  sessionId: string;
}
const newTouched = async (): Promise<Touched> => {
  await cookieOfActor(CONSOLE_ACTORS[0]!, store);
  const [newest] = await store.console.listSessions(0);
  const sessionId = newest!.id;
  return { conversationId: await converse(), sessionId };
};
const stateOf = async ({ conversationId, sessionId }: Touched): Promise<string> =>
  JSON.stringify([
    await store.readConversation(conversationId),
    await store.readMessages(conversationId).catch(() => []),
    (await store.console.listSessions(0)).some(({ id }) => id === sessionId),
  ]);

/** Asks for a route. Of a stream only the first event is read. */
async function ask(name: ConsoleRouteName, { headers }: ConsoleActor, cookie: string, touched: Touched) {
  const { method, path: template } = partsOfRoute(name);
  const { path = template, body } = CONSOLE_REQUESTS[name]();
  const id = path.includes('/sessions/')
    ? touched.sessionId
    : path.includes('/sites/')
      ? 'shop'
      : touched.conversationId;
  const abort = new AbortController();
  const response = await fetch(started.url + path.replace(':id', id).replace(/:\w+/g, 'x'), {
    ...{ method: method.toUpperCase(), signal: abort.signal, headers: { ...headers, cookie } },
    ...(body === undefined ? {} : { body }),
  });
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (isStream && text.includes('\n\n')) break;
  }
  abort.abort();
  return { status: response.status, text, cacheControl: response.headers.get('cache-control') };
}

/** Those of another site see what there is of theirs, and nothing of this one. */
const isOfAnotherSite = ({ user }: ConsoleActor) => user?.sites?.includes('shop') === false;
const refusalOf = (action: ActionOn<'console'>, { user }: ConsoleActor): number | undefined => {
  const error = decideConsole(user, action, {});
  return error === undefined ? undefined : error.code === 'unauthenticated' ? 401 : 403;
};

describe.each(PROTECTED)('%s', (name) => {
  const action = actionOf(name)!;
  it.each(CONSOLE_ACTORS)('by $name', async (actor) => {
    const touched = await newTouched();
    const cookie = await cookieOfActor(actor, store);
    const before = await stateOf(touched);
    const { status, text, cacheControl } = await ask(name, actor, cookie, touched);
    const isForged = actor.isForged === true && !name.startsWith('GET');
    const refusal = refusalOf(action, actor) ?? (isForged ? 403 : undefined);
    const mayNot = refusal !== undefined || isOfAnotherSite(actor);
    const hasChanged = (await stateOf(touched)) !== before;
    count.cases += 1;
    if (mayNot && text.includes(MARKER)) count.leaks += 1;
    if (mayNot && hasChanged) count.changes += 1;
    expect({ leaks: mayNot && text.includes(MARKER), changes: mayNot && hasChanged }).toEqual({
      ...{ leaks: false, changes: false },
    });
    expect(cacheControl).toMatch(/^no-store(, no-transform)?$/);
    if (refusal !== undefined) expect([status, text]).toEqual([refusal, expect.stringContaining('"code"')]);
    else if (isOfAnotherSite(actor) && /\/(conversations|sites)\/:id/.test(name)) expect(status).toBe(404);
    else if (action === 'console-edit-site') expect([200, 409]).toContain(status);
    else expect([200, 201, 202, 204, 400, 404, 409]).toContain(status);
    if (refusal === undefined && status < 300 && !UNRECORDED.includes(action)) {
      const [entry] = await store.console.listAudit({ atMs: Number.MAX_VALUE, id: '' }, 1);
      expect(entry).toMatchObject({ action, userName: actor.user?.name });
      count.allowed += 1;
    }
  });

  it('is open to whom the table of SECURITY.md says', () => {
    const row = rowsOfDocument().get(name);
    expect(row).toEqual(rowOf(action));
  });
});

describe('what those of another site are answered', () => {
  it('is what they would be for something that does not exist', async () => {
    const actor = CONSOLE_ACTORS.find((each) => each.name === 'admin-of-another-site')!;
    const cookie = await cookieOfActor(actor, store);
    const touched = await newTouched();
    const missing = { ...touched, conversationId: mintConversationId(randomBytes) };
    for (const name of PROTECTED.filter((each) => each.includes('/conversations/:id'))) {
      const [foreign, unknown] = [
        await ask(name, actor, cookie, touched),
        await ask(name, actor, cookie, missing),
      ];
      expect(foreign).toEqual(unknown);
    }
  });
});

describe('the table of SECURITY.md', () => {
  it('has every route of the console, and no other', () => {
    expect([...rowsOfDocument().keys()].toSorted()).toEqual(CONSOLE.toSorted());
  });

  it.each(CONSOLE.filter((name) => actionOf(name) === undefined))('calls %s public', (name) => {
    expect(rowsOfDocument().get(name)).toEqual({ least: 'everybody', sites: '' });
  });
});

/** What the table says of an action. */
function rowOf(action: ActionOn<'console'>): { least: string; sites: string } {
  const may = (role: (typeof CONSOLE_ROLES)[number], sites?: string[]) =>
    decideConsole({ name: 'x', role, sites }, action, {}) === undefined;
  const least = CONSOLE_ROLES.find((role) => may(role)) ?? 'nobody';
  return { least, sites: may('admin', ['shop']) ? '' : 'all sites' };
}

function rowsOfDocument(): Map<string, { least: string; sites: string }> {
  const text = readFileSync(new URL('../../../../SECURITY.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `([A-Z]+ \/admin[^`]*)` +\| (\w+) +\| ([\w ]*?) *\|$/gm);
  return new Map([...rows].map(([, name = '', least = '', sites = '']) => [name, { least, sites }]));
}
