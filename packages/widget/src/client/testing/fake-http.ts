/** A gateway over HTTP that a test plays by hand: each request waits for its answer. */
import { decodeCommands, type ChatEvent, type Command, type CommandOf } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';

export interface FakeRequest {
  path: string;
  commands: Command[];
  hello: CommandOf<'hello'>;
  signal: AbortSignal;
  /** Begins the answer: pieces of text, then its end. */
  stream(): { write(text: string): void; end(): void };
  /** The whole answer at once. */
  answer(items: readonly (ChatEvent | { type: 'close'; code: number; reason: string })[]): void;
  refuse(status: number, body: string): void;
  /** Nobody answers. */
  fail(): void;
}

export class FakeHttp {
  readonly requests: FakeRequest[] = [];

  /** The newest request. */
  get last(): FakeRequest {
    return this.requests.at(-1)!;
  }

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
