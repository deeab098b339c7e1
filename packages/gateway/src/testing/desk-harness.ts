/** A gateway with a desk, its people and its visitors, for tests of the desk over HTTP. */
import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { sha256 } from '../admin/console-users.ts';
import { randomBytes } from '../base/index.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { partsOfRoute, type RouteName } from '../http/route-table.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from './protocol-client.ts';
import { startGateway } from './start-gateway.ts';

/** In everything that the visitor wrote: whoever sees it has seen the conversation. */
export const MARKER = 'only-this-visitor-wrote-this';

const userOf = (name: string, role: 'viewer' | 'agent' | 'admin', sites?: string[]) => ({
  ...{ name, role, tokenHash: sha256(`the token of ${name}`) },
  ...(sites === undefined ? {} : { sites }),
});
/** The users of the console. The last two see `blog` alone. */
export const DESK_USERS = [
  userOf('viewer', 'viewer'),
  { ...userOf('ada', 'agent'), displayName: 'Ada L.', pictureUrl: '/ada.png' },
  userOf('bob', 'agent'),
  userOf('admin', 'admin'),
  userOf('cy', 'agent', ['blog']),
  userOf('dee', 'admin', ['blog']),
] as const;
const SITES = [
  {
    id: 'shop',
    origins: ['self'],
    systemPrompt: 'You sell chairs.',
    desk: {
      drafts: true,
      firstResponseMinutes: 5,
      cannedReplies: [{ title: 'Hours', text: 'From 9 to 17.' }],
    },
  },
  { id: 'blog', origins: ['self'], desk: {} },
  { id: 'plain', origins: ['self'] },
];
const HEADER = { 'x-rivulet-console': '1' };

/** A request of a user of the console. */
export interface DeskRequest {
  /** Default: `ada`. */
  by?: string;
  id?: string;
  body?: unknown;
  query?: string;
}

/** A conversation as the inbox shows it. */
export interface ShownEntry {
  id: ConversationId;
  title: string;
  desk: Record<string, unknown> & { owner: { kind: string; person?: { id: string; name: string } } };
}

/** What the routes answer; each has some of it. */
export interface ShownDesk {
  conversation: ShownEntry;
  conversations: ShownEntry[];
  next: string | null;
  messages: { role: string; parts: { text?: string }[] }[];
  notes: { text: string; userName: string }[];
}

/** Starts the gateway and signs everybody in. `plain` is a site without a desk. @param options more for the gateway */
export async function startDesk(options: Partial<GatewayOptions> = {}) {
  const store = createMemoryStore();
  const started = await startGateway({ adminUsers: DESK_USERS, sites: SITES, store, ...options });
  const cookies = new Map<string, string>();
  for (const { name } of DESK_USERS) {
    const body = JSON.stringify({ token: `the token of ${name}` });
    const response = await fetch(`${started.url}/admin/api/login`, { method: 'POST', headers: HEADER, body });
    cookies.set(name, response.headers.getSetCookie()[0]?.split(';')[0] ?? '');
  }
  const headersOf = (by: string) => ({ cookie: cookies.get(by) ?? '', ...HEADER });
  const ask = async (name: RouteName, { by = 'ada', id = 'x', body, query = '' }: DeskRequest = {}) => {
    const { method, path } = partsOfRoute(name);
    const response = await fetch(`${started.url}${path.replace(':id', id)}${query}`, {
      method: method.toUpperCase(),
      headers: headersOf(by),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await textOf(response);
    return {
      status: response.status,
      text,
      json: (text.startsWith('{') ? JSON.parse(text) : {}) as ShownDesk,
    };
  };
  return {
    ...{ store, started, headersOf, ask },
    on: (id: string, act: string, asked: Omit<DeskRequest, 'id'> = {}) =>
      ask(`POST /admin/api/desk/conversations/:id/${act}` as RouteName, { id, ...asked }), // one of the table
    /** A conversation of a site with a question and a finished answer. */
    async converse(site = 'shop') {
      const client = await ProtocolClient.connect(started.url, { site });
      const { token = '', capabilities } = await client.received('welcome');
      const id = mintConversationId(randomBytes);
      const send = (text: string) =>
        client.answer(
          client.send({
            ...{ type: 'send-message', conversationId: id, messageId: mintMessageId(randomBytes) },
            parts: [{ type: 'text', text }],
          }),
        );
      await send(MARKER);
      const scene = await started.provider.next();
      scene.emitText('An answer.');
      scene.finish();
      await client.received('run-finished');
      return { client, token, id, send, capabilities };
    },
  };
}

/** Of a stream, the first piece. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return response.text();
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(first?.value);
}
