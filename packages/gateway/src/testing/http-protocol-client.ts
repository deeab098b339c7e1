/** A minimal test client over HTTP: it sends commands by POST and receives events by SSE or by polling, for one conversation. */
import {
  decodeEvents,
  mintCommandId,
  type ChannelClose,
  type ChatEvent,
  type Command,
  type CommandId,
  type CommandOf,
  type ConversationId,
  type EventOf,
  type EventType,
  type View,
} from '@rivulet/protocol';
import { randomBytes } from '../base/index.ts';
import { EventRecorder } from './event-recorder.ts';

type WithoutId<C> = C extends Command ? Omit<C, 'id'> : never;
type Subscriptions = CommandOf<'hello'>['subscriptions'];

/** One event block of an SSE stream, unparsed. */
export interface SseBlock {
  /** The `id:` field; undefined when the block has none. */
  id: string | undefined;
  /** The `data:` field. */
  data: string;
}

/** A `hello` command with a new id, valid defaults and the given fields. */
export const helloOf = (more: Partial<CommandOf<'hello'>> = {}): CommandOf<'hello'> => ({
  type: 'hello',
  id: mintCommandId(randomBytes),
  protocol: '1.0',
  site: 'demo',
  client: { name: 'test', version: '0' },
  capabilities: [],
  subscriptions: [],
  ...more,
});

/** Sends a POST request. A body that is not a string is sent as JSON. */
export const post = (url: string, body: unknown, options: RequestInit = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...options });

/** Yields the event blocks of an SSE response until it ends. Comments are skipped. */
export async function* readBlocks(response: Response): AsyncGenerator<SseBlock> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const data = field('data');
      if (data !== undefined) yield { id: field('id'), data };
    }
  }
}

/** A protocol client over SSE or polling that follows at most one conversation. */
export class HttpProtocolClient {
  /** How the last connection ended: with the gateway's close code if it sent one, else 1006. Undefined while it is open. */
  close: ChannelClose | undefined;
  /** Every block of the streams, or every response to a poll, in order. */
  readonly frames: SseBlock[] = [];
  readonly #url: string;
  readonly #mode: 'sse' | 'poll';
  readonly #recorder = new EventRecorder();
  #token: string | undefined;
  #subscriptions: Subscriptions = [];
  #connection = new AbortController();
  #commands: Promise<unknown> = Promise.resolve();

  private constructor(url: string, mode: 'sse' | 'poll') {
    this.#url = url;
    this.#mode = mode;
  }

  /** Sends `hello`, follows a conversation when one is given, and waits for `welcome`. @param view the state from before a reconnect */
  static async connect(
    url: string,
    mode: 'sse' | 'poll',
    { token, follow, view }: { token?: string; follow?: ConversationId; view?: View | undefined } = {},
  ): Promise<HttpProtocolClient> {
    const client = new HttpProtocolClient(url, mode);
    client.#token = token;
    client.#recorder.view = view;
    if (follow === undefined) await client.#post([]);
    else client.follow(follow);
    await client.received('welcome');
    return client;
  }

  /** All received events, in order. */
  get events(): readonly ChatEvent[] {
    return this.#recorder.events;
  }

  /** The fold of the received events. */
  get view(): View | undefined {
    return this.#recorder.view;
  }

  /** The text of the last message of the view; empty when there is none. */
  get text(): string {
    return this.#recorder.text;
  }

  /** Sends a command with a new id, after all earlier ones. @returns the id */
  send(command: WithoutId<Command>): CommandId {
    const id = mintCommandId(randomBytes);
    this.#commands = this.#commands.then(() => this.#post([{ ...command, id }]));
    return id;
  }

  /** Resolves with the gateway's answer to a command. @throws {Error} when the connection closes first */
  answer(id: CommandId): Promise<EventOf<'accepted'> | EventOf<'rejected'>> {
    return this.#recorder.answer(id);
  }

  /** Resolves with the first event of a type. @throws {Error} when the connection closes first */
  received<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    return this.#recorder.received(type);
  }

  /** Resolves as soon as the condition holds; it is checked after each frame. @throws {Error} when the connection closes first */
  until(isTrue: () => boolean, what?: string): Promise<void> {
    return this.#recorder.until(isTrue, what);
  }

  /** Opens a new connection that follows a conversation, with the position of the view as the cursor. */
  follow(conversationId: ConversationId): void {
    this.cut();
    this.#connection = new AbortController();
    this.#subscriptions = [{ conversationId }];
    void this.#read(this.#connection.signal);
  }

  /** Aborts the connection, as a lost network does. */
  cut(): void {
    this.#connection.abort();
  }

  async #post(commands: readonly Command[]): Promise<void> {
    const response = await post(`${this.#url}/v1/commands`, [this.#hello([]), ...commands]);
    this.#decode(await response.text());
    for (const command of commands) {
      if (
        command.type === 'send-message' &&
        this.#subscriptions[0]?.conversationId !== command.conversationId
      )
        this.follow(command.conversationId);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      do await this.#request(signal);
      while (this.#mode === 'poll' && !signal.aborted && this.close === undefined);
    } catch (error) {
      if (!signal.aborted) this.close ??= { code: 1006, reason: String(error) };
    }
    if (!signal.aborted) this.#recorder.end();
  }

  async #request(signal: AbortSignal): Promise<void> {
    const cursor = this.view?.position;
    const subscriptions = this.#subscriptions.map((one) => (cursor === undefined ? one : { ...one, cursor }));
    const path = this.#mode === 'sse' ? '/v1/sse' : '/v1/poll';
    const response = await post(this.#url + path, this.#hello(subscriptions), { signal });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    if (this.#mode === 'poll') this.#handle({ id: undefined, data: await response.text() });
    else for await (const block of readBlocks(response)) this.#handle(block);
  }

  #handle(block: SseBlock): void {
    this.frames.push(block);
    this.#decode(block.data);
  }

  #decode(frame: string): void {
    const last = [JSON.parse(frame) as ChannelClose & { type: string }].flat().at(-1);
    if (last?.type === 'close') this.close = { code: last.code, reason: last.reason };
    const { items } = decodeEvents(frame);
    for (const item of items) if (item.type === 'welcome') this.#token = item.token ?? this.#token;
    this.#recorder.record(items);
  }

  #hello(subscriptions: Subscriptions): CommandOf<'hello'> {
    return helloOf({ subscriptions, ...(this.#token === undefined ? {} : { token: this.#token }) });
  }
}
