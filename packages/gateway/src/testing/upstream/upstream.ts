/**
 * A scripted upstream: an HTTP server with OpenAI's chat completions and its responses API. It records each request and its outcome, and a
 * test can control it, also from another process, without waiting for a time. It imports only Node's modules and its own scenes,
 * so that Node can run it without a build.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBackgroundResponses, type BackgroundResponses } from './background-responses.ts';
import { dialectOf, type AnswerWriter } from './upstream-dialects.ts';
import { chooseScene, type SceneResponse } from './upstream-scenes.ts';

/**
 * The state of a request. `gated`: the scene waits for a release. `answered`, `reset` and `client-closed` are final;
 * `client-closed` means that the client disconnected before the response was complete.
 */
export type UpstreamState = 'accepted' | 'streaming' | 'gated' | 'answered' | 'reset' | 'client-closed';

/** A recorded request. */
export interface UpstreamRequest {
  /** Numbered from 1, in the order of arrival. */
  id: number;
  /** The name of the scene that the request selects. */
  scene: string;
  /** The text of the last user message. */
  question: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  state: UpstreamState;
  /** Milliseconds since 1970. */
  receivedAtMs: number;
  /** When the request reached its final state, in milliseconds since 1970. */
  endedAtMs?: number;
}

/** Selects requests. */
export interface UpstreamQuery {
  state?: UpstreamState;
  scene?: string;
  /** The minimum number of matching requests to wait for. Default: 1. */
  count?: number;
}

/** A running upstream. */
export interface Upstream {
  /** The base URL for a client: `http://127.0.0.1:4711/v1`. */
  url: string;
  /** `http://127.0.0.1:4711`; `GET /control/requests` and `POST /control/release` are below it. */
  origin: string;
  /** All requests, in the order of arrival. They change as they are answered. */
  requests: readonly UpstreamRequest[];
  /** Resolves with the matching requests once there are enough of them. */
  waitFor(query: UpstreamQuery): Promise<UpstreamRequest[]>;
  /** Gives every current request this many permits to continue. Default: unlimited. */
  release(count?: number): void;
  /** Forgets the responses in background mode: nobody can go on with them. */
  forgetResponses(): void;
  /** Closes the server and every connection. May be called twice. */
  close(): Promise<void>;
}

/** Starts an upstream on the loopback interface. The default port is any free one. */
export async function startUpstream({ port = 0 }: { port?: number } = {}): Promise<Upstream> {
  const journal = createJournal();
  const background = createBackgroundResponses();
  const server = createServer((incoming, response) => {
    const origin = originOf(server);
    const path = new URL(incoming.url ?? '/', origin);
    if (path.pathname.startsWith('/control/')) void control({ path, incoming, response, journal });
    else if (!background.handle(path, incoming, response))
      void complete({ path: path.pathname, origin, incoming, response, journal, background });
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
    forgetResponses: () => {
      background.forget();
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
  // The server listens on a port, not on a pipe, so the address is an AddressInfo.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Journal {
  requests: UpstreamRequest[];
  /** Changes a request and checks all pending `waitFor` calls. */
  change(request: UpstreamRequest, changes: Partial<UpstreamRequest>): void;
  /**
   * Waits, in the state `gated`, for a permit or the end of the request. The earlier state is restored synchronously with the
   * permit, so that no `waitFor` sees a request as gated that has been released.
   */
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
  /** Resolves with the first value that is not undefined; `read` is called now and after each change. */
  const when = <Value>(read: () => Value | undefined) =>
    new Promise<Value>((resolve) => {
      const watcher = () => {
        const value = read();
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
          (request) =>
            (state === undefined || request.state === state) &&
            (scene === undefined || request.scene === scene),
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

/**
 * The control API. `GET /control/requests?state=gated&count=2&scene=slow` responds once enough requests match; without parameters
 * it responds at once with all requests. `POST /control/release?count=3` releases gated requests.
 */
async function control({ path, incoming, response, journal }: Exchange & { path: URL }): Promise<void> {
  const parameter = (name: string) => path.searchParams.get(name) ?? undefined;
  const json = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const count = parameter('count');
  const state = parameter('state') as UpstreamState | undefined; // an unknown state matches no request
  const scene = parameter('scene');
  switch (`${incoming.method} ${path.pathname}`) {
    case 'GET /control/requests': {
      const hasQuery = state !== undefined || scene !== undefined || count !== undefined;
      const query = {
        ...(state && { state }),
        ...(scene && { scene }),
        ...(count && { count: Number(count) }),
      };
      json(200, hasQuery ? await journal.waitFor(query) : journal.requests);
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

async function complete(
  exchange: Exchange & { path: string; origin: string; background: BackgroundResponses },
): Promise<void> {
  const { path, origin, incoming, response: connection, journal, background } = exchange;
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk);
  const body: unknown = JSON.parse(text || '{}');
  const dialect = dialectOf(path);
  const { model, question, results, usage } = dialect.read(body);
  const { name, argument, play } = chooseScene(question, model);
  const request: UpstreamRequest = {
    id: journal.requests.length + 1,
    ...{ scene: name, question, path, headers: incoming.headers, body },
    ...{ state: 'accepted', receivedAtMs: Date.now() },
  };
  journal.requests.push(request);
  const isBackground = (body as { background?: unknown }).background === true; // sent by the gateway under test
  const response = isBackground ? background.begin(`resp_${request.id}`, connection) : connection;
  response.once('close', () => {
    const state = response.writableFinished ? 'answered' : 'client-closed';
    journal.change(request, { endedAtMs: Date.now(), ...(hasEnded(request) ? {} : { state }) });
  });
  journal.change(request, {});
  const writer = dialect.write({ id: request.id, model, usage });
  const acts = actions({ request, response, journal, writer });
  await play({ question, results, argument, origin, usage, ...acts });
}

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
  writer,
}: Omit<Exchange, 'incoming'> & { request: UpstreamRequest; writer: AnswerWriter }): Actions {
  const sendHeaders = () => {
    if (response.headersSent || hasEnded(request)) return;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders();
    journal.change(request, { state: 'streaming' });
  };
  const send = async (text: string) => {
    sendHeaders();
    if (text === '' || hasEnded(request) || response.write(text)) return;
    await whenDrained(response);
  };
  const sendFinishReason = (reason = 'stop') => send(writer.finishReason(reason));
  return {
    sendHeaders,
    sendData: (data) => send(`data: ${data}\n\n`),
    sendDelta: (delta) => send(writer.delta(delta)),
    sendFinishReason,
    respond(status, content, headers = {}) {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof content === 'string' ? content : JSON.stringify(content));
    },
    waitForRelease: () => journal.permit(request),
    pause: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    async finish(reason) {
      await sendFinishReason(reason);
      await send(writer.end());
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
