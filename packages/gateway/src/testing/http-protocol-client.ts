/** The plainest client over plain HTTP: commands by POST, events by a stream or by polls of one conversation. */
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
import { randomBytes } from '../base/random.ts';
import { EventRecorder } from './event-recorder.ts';

type Unnamed<C> = C extends Command ? Omit<C, 'id'> : never;
type Follows = CommandOf<'hello'>['subscriptions'];

/** One block of a stream, as it came. */
export interface SseBlock {
  id: string | undefined;
  data: string;
}

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

export const post = (url: string, body: unknown, options: RequestInit = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...options });

/** The blocks of a stream until it ends; comments are passed over. */
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

export class HttpProtocolClient {
  /** Of the last line: with its code when the gateway said one. */
  close: ChannelClose | undefined;
  /** Each block of the stream, or each answer of a poll. */
  readonly frames: SseBlock[] = [];
  readonly #url: string;
  readonly #mode: 'sse' | 'poll';
  readonly #recorder = new EventRecorder();
  #token: string | undefined;
  #follows: Follows = [];
  #line = new AbortController();
  #commands: Promise<unknown> = Promise.resolve();

  private constructor(url: string, mode: 'sse' | 'poll') {
    this.#url = url;
    this.#mode = mode;
  }

  /** Says hello, and follows a conversation when one is given. @param view what the client has from before */
  static async greet(
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

  get events(): readonly ChatEvent[] {
    return this.#recorder.events;
  }

  get view(): View | undefined {
    return this.#recorder.view;
  }

  get text(): string {
    return this.#recorder.text;
  }

  say(command: Unnamed<Command>): CommandId {
    const id = mintCommandId(randomBytes);
    this.#commands = this.#commands.then(() => this.#post([{ ...command, id }]));
    return id;
  }

  answer(id: CommandId): Promise<EventOf<'accepted'> | EventOf<'rejected'>> {
    return this.#recorder.answer(id);
  }

  received<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    return this.#recorder.received(type);
  }

  until(isSo: () => boolean, what?: string): Promise<void> {
    return this.#recorder.until(isSo, what);
  }

  /** A new line, from where the view is. */
  follow(conversationId: ConversationId): void {
    this.cut();
    this.#line = new AbortController();
    this.#follows = [{ conversationId }];
    void this.#read(this.#line.signal);
  }

  cut(): void {
    this.#line.abort();
  }

  async #post(commands: readonly Command[]): Promise<void> {
    const response = await post(`${this.#url}/v1/commands`, [this.#hello([]), ...commands]);
    this.#take(await response.text());
    for (const command of commands) {
      if (command.type === 'send-message' && this.#follows[0]?.conversationId !== command.conversationId)
        this.follow(command.conversationId);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      do await this.#handleOnce(signal);
      while (this.#mode === 'poll' && !signal.aborted && this.close === undefined);
    } catch (error) {
      if (!signal.aborted) this.close ??= { code: 1006, reason: String(error) };
    }
    if (!signal.aborted) this.#recorder.end();
  }

  async #handleOnce(signal: AbortSignal): Promise<void> {
    const cursor = this.view?.position;
    const subscriptions = this.#follows.map((one) => (cursor === undefined ? one : { ...one, cursor }));
    const path = this.#mode === 'sse' ? '/v1/sse' : '/v1/poll';
    const response = await post(this.#url + path, this.#hello(subscriptions), { signal });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    if (this.#mode === 'poll') this.#handle({ id: undefined, data: await response.text() });
    else for await (const block of readBlocks(response)) this.#handle(block);
  }

  #handle(block: SseBlock): void {
    this.frames.push(block);
    this.#take(block.data);
  }

  #take(frame: string): void {
    const last = [JSON.parse(frame) as ChannelClose & { type: string }].flat().at(-1);
    if (last?.type === 'close') this.close = { code: last.code, reason: last.reason };
    const { items } = decodeEvents(frame);
    for (const item of items) if (item.type === 'welcome') this.#token = item.token ?? this.#token;
    this.#recorder.take(items);
  }

  #hello(subscriptions: Follows): CommandOf<'hello'> {
    return helloOf({ subscriptions, ...(this.#token === undefined ? {} : { token: this.#token }) });
  }
}
