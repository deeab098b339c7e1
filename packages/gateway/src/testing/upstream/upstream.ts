/**
 * A scriptable upstream: a real HTTP server that speaks OpenAI's chat completions, records what it was asked and what became
 * of it, and can be driven from another process without any sleeping. No import but Node's, so that Node runs it as it is.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chooseScene, type SceneResponse } from './upstream-scenes.ts';

/** `gated`: waits for /control/release. `client-closed`: the client went before the answer was over. */
export type UpstreamState = 'accepted' | 'streaming' | 'gated' | 'answered' | 'reset' | 'client-closed';

export interface UpstreamRequest {
  /** From 1, in the order in which they came. */
  id: number;
  scene: string;
  question: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  state: UpstreamState;
  receivedAtMs: number;
  /** When it came to its end, whichever that was. */
  endedAtMs?: number;
}

export interface UpstreamQuery {
  state?: UpstreamState;
  scene?: string;
  /** At least so many; 1. */
  count?: number;
}

export interface Upstream {
  /** The base URL for a client: `http://127.0.0.1:4711/v1`. */
  url: string;
  /** `http://127.0.0.1:4711`; `GET /control/requests` and `POST /control/release` are below it. */
  origin: string;
  requests: readonly UpstreamRequest[];
  /** Resolves with the requests that match once there are enough of them. */
  waitFor(query: UpstreamQuery): Promise<UpstreamRequest[]>;
  /** Lets every gated request pass so many gates (all of them). */
  release(count?: number): void;
  /** Ends every connection. May be called twice. */
  close(): Promise<void>;
}

/** Listens on loopback; port 0, the default, is any free one. */
export async function startUpstream({ port = 0 }: { port?: number } = {}): Promise<Upstream> {
  const journal = createJournal();
  const server = createServer((incoming, response) => {
    const origin = originOf(server);
    const path = new URL(incoming.url ?? '/', origin);
    if (path.pathname.startsWith('/control/')) void control({ path, incoming, response, journal });
    else void complete({ path: path.pathname, origin, incoming, response, journal });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const origin = originOf(server);
  return {
    url: `${origin}/v1`,
    origin,
    requests: journal.requests,
    waitFor: (query) => journal.waitFor(query),
    release: (count) => {
      journal.release(count);
    },
    close: async () => {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function originOf(server: Server): string {
  // It listens on a port, not on a pipe.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Journal {
  requests: UpstreamRequest[];
  /** Changes a request and wakes whoever waits for that. */
  change(request: UpstreamRequest, changes: Partial<UpstreamRequest>): void;
  /** Gated until there is a permit or the request ends; then it has its state of before, at once, so that nobody waits for a gate that is open. */
  permit(request: UpstreamRequest): Promise<void>;
  waitFor(query: UpstreamQuery): Promise<UpstreamRequest[]>;
  release(count?: number): void;
}

const hasEnded = ({ state }: UpstreamRequest): boolean =>
  state === 'answered' || state === 'reset' || state === 'client-closed';

function createJournal(): Journal {
  const requests: UpstreamRequest[] = [];
  const watchers = new Set<() => void>();
  const permits = new Map<UpstreamRequest, number>();
  const wake = () => {
    for (const watcher of [...watchers]) watcher();
  };
  /** Resolves with the first value that is not undefined; asks again after each change. */
  const when = <Value>(ask: () => Value | undefined) =>
    new Promise<Value>((resolve) => {
      const watcher = () => {
        const value = ask();
        if (value === undefined) return;
        watchers.delete(watcher);
        resolve(value);
      };
      watchers.add(watcher);
      watcher();
    });
  return {
    requests,
    change(request, changes) {
      Object.assign(request, changes);
      wake();
    },
    async permit(request) {
      if (hasEnded(request)) return;
      const { state } = request;
      request.state = 'gated';
      wake();
      await when(() => {
        if (hasEnded(request)) return 'ended' as const;
        const left = permits.get(request) ?? 0;
        if (left === 0) return undefined;
        permits.set(request, left - 1);
        request.state = state;
        return 'passed' as const;
      });
    },
    waitFor: ({ state, scene, count = 1 }) =>
      when(() => {
        const found = requests.filter(
          (one) =>
            (state === undefined || one.state === state) && (scene === undefined || one.scene === scene),
        );
        return found.length >= count ? found : undefined;
      }),
    release(count = Number.POSITIVE_INFINITY) {
      for (const request of requests) permits.set(request, (permits.get(request) ?? 0) + count);
      wake();
    },
  };
}

interface Exchange {
  incoming: IncomingMessage;
  response: ServerResponse;
  journal: Journal;
}

/** `GET /control/requests?state=gated&count=2&scene=slow` answers once it is so; `POST /control/release?count=3`. */
async function control({ path, incoming, response, journal }: Exchange & { path: URL }): Promise<void> {
  const word = (name: string) => path.searchParams.get(name) ?? undefined;
  const json = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const count = word('count');
  const state = word('state') as UpstreamState | undefined; // an unknown word matches nothing
  const scene = word('scene');
  switch (`${incoming.method} ${path.pathname}`) {
    case 'GET /control/requests': {
      const isAnyAwaited = state !== undefined || scene !== undefined || count !== undefined;
      const query = {
        ...(state && { state }),
        ...(scene && { scene }),
        ...(count && { count: Number(count) }),
      };
      json(200, isAnyAwaited ? await journal.waitFor(query) : journal.requests);
      break;
    }
    case 'POST /control/release':
      journal.release(count === undefined ? undefined : Number(count));
      json(200, {});
      break;
    default:
      json(404, {});
  }
}

interface ChatBody {
  model?: string;
  messages?: { role: string; content: string | { type: string; text?: string }[] | null }[];
  stream_options?: { include_usage?: boolean };
}

async function complete(exchange: Exchange & { path: string; origin: string }): Promise<void> {
  const { path, origin, incoming, response, journal } = exchange;
  let text = '';
  for await (const piece of incoming.setEncoding('utf8')) text += String(piece);
  const body = JSON.parse(text || '{}') as ChatBody; // sent by our own tests
  const messages = body.messages ?? [];
  const question = textOf(messages.findLast(({ role }) => role === 'user')?.content);
  const answered = messages.findLastIndex(({ role }) => role !== 'tool');
  const results = messages.slice(answered + 1).map(({ content }) => textOf(content));
  const { name, argument, play } = chooseScene(question, body.model ?? '');
  const request: UpstreamRequest = {
    id: journal.requests.length + 1,
    ...{ scene: name, question, path, headers: incoming.headers, body },
    ...{ state: 'accepted', receivedAtMs: Date.now() },
  };
  journal.requests.push(request);
  response.once('close', () => {
    const state = response.writableFinished ? 'answered' : 'client-closed';
    journal.change(request, { endedAtMs: Date.now(), ...(hasEnded(request) ? {} : { state }) });
  });
  journal.change(request, {});
  const usage = body.stream_options?.include_usage === true ? 'wanted' : 'unwanted';
  await play({ question, results, argument, origin, usage, ...actions({ request, response, journal }) });
}

const textOf = (content: NonNullable<ChatBody['messages']>[number]['content'] | undefined): string =>
  Array.isArray(content) ? content.map(({ text = '' }) => text).join('\n') : (content ?? '');

function whenDrained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      response.off('drain', end).off('close', end);
      resolve();
    };
    response.on('drain', end).on('close', end);
  });
}

type Actions = Omit<SceneResponse, 'question' | 'results' | 'argument' | 'origin' | 'usage'>;

function actions({
  request,
  response,
  journal,
}: Omit<Exchange, 'incoming'> & { request: UpstreamRequest }): Actions {
  const model = (request.body as ChatBody).model; // ours, see above
  const isWanted = (request.body as ChatBody).stream_options?.include_usage === true;
  const begin = () => {
    if (response.headersSent || hasEnded(request)) return;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders();
    journal.change(request, { state: 'streaming' });
  };
  const line = async (data: string) => {
    begin();
    if (hasEnded(request) || response.write(`data: ${data}\n\n`)) return;
    await whenDrained(response);
  };
  const chunk = (rest: object) =>
    line(
      JSON.stringify({
        id: `chatcmpl-${request.id}`,
        object: 'chat.completion.chunk',
        created: 0,
        model,
        ...rest,
      }),
    );
  return {
    begin,
    line,
    say: (delta) => chunk({ choices: [{ index: 0, delta, finish_reason: null }] }),
    refuse(status, content, headers = {}) {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof content === 'string' ? content : JSON.stringify(content));
    },
    gate: () => journal.permit(request),
    pause: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    async finish(reason = 'stop') {
      await chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
      if (isWanted) await chunk({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } });
      await line('[DONE]');
      response.end();
    },
    end: () => {
      response.end();
    },
    reset: () => {
      journal.change(request, { state: 'reset' });
      response.socket?.resetAndDestroy();
    },
  };
}
