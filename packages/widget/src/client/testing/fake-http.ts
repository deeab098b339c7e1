/** A fake `fetch` for the HTTP transports: each request waits until the test answers it. */
import { decodeCommands, type ChatEvent, type Command, type CommandOf } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';

/** A request that waits for its response. */
export interface FakeRequest {
  /** The path with its query. */
  path: string;
  /** The commands of the body. The first one is a hello. */
  commands: Command[];
  /** The first command. */
  hello: CommandOf<'hello'>;
  /** Aborted by the client. */
  signal: AbortSignal;
  /** Responds with status 200 and a body that the test writes in pieces. */
  stream(): { write(text: string): void; end(): void };
  /** Responds with status 200 and a JSON array: the body of a long-poll response. */
  answer(items: readonly (ChatEvent | { type: 'close'; code: number; reason: string })[]): void;
  /** Responds with an error status. */
  refuse(status: number, body: string): void;
  /** Fails as without a network. */
  fail(): void;
}

/** Records requests. Pass `fetch` to the environment. */
export class FakeHttp {
  /** Every request, oldest first. */
  readonly requests: FakeRequest[] = [];

  /** The newest request. */
  get last(): FakeRequest {
    return this.requests.at(-1)!;
  }

  /** The fake of `fetch`. Rejects when the request is aborted. */
  readonly fetch: Environment['fetch'] = (input, init = {}) =>
    new Promise((resolve, reject) => {
      const { items: commands } = decodeCommands(String(init.body));
      const signal = init.signal!;
      const encoder = new TextEncoder();
      signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
      this.requests.push({
        path: String(input).replace('https://chat.test', ''),
        commands,
        hello: commands[0] as CommandOf<'hello'>, // every request begins with one
        signal,
        stream() {
          let into: ReadableStreamDefaultController<Uint8Array> | undefined;
          resolve(new Response(new ReadableStream({ start: (controller) => (into = controller) })));
          signal.addEventListener('abort', () => into?.error(new Error('aborted')));
          return { write: (text) => into?.enqueue(encoder.encode(text)), end: () => into?.close() };
        },
        answer: (items) => {
          resolve(new Response(JSON.stringify(items)));
        },
        refuse: (status, body) => {
          resolve(new Response(body, { status }));
        },
        fail: () => {
          reject(new TypeError('fetch failed'));
        },
      });
    });
}
