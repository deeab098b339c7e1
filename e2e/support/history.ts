/** One random history of one visitor: tabs of the widget's own client on three transports, and what goes wrong around them. */
import { createRandom, type Random } from '@rivulet/protocol/testing';
import type { Conversation, ConversationId, MessageId, RunId } from '@rivulet/protocol';
import type { Chat, ChatSnapshot } from '../../packages/widget/src/client/chat.ts';
import { createChatClient } from '../../packages/widget/src/client/chat-client.ts';
import { createLongPollTransport } from '../../packages/widget/src/client/transports/long-poll.ts';
import { createSseTransport } from '../../packages/widget/src/client/transports/sse.ts';
import { createWebSocketTransport } from '../../packages/widget/src/client/transports/websocket.ts';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';
import { startLine, type CuttableLine } from './cuttable-line.ts';
import { MemoryStorage, createNodeEnvironment } from './node-environment.ts';

const TRANSPORTS = {
  websocket: createWebSocketTransport,
  sse: createSseTransport,
  'long-poll': createLongPollTransport,
};
export type TransportName = keyof typeof TRANSPORTS;
const TRANSPORT_NAMES = Object.keys(TRANSPORTS) as TransportName[];
const SCENES = ['', '[[slow:5]]', '[[pace:2]]', '[[emoji]]', '[[long:3]]', '[[truncate]]'];

export const FAULTS = ['cut', 'reload', 'close', 'stop', 'kill'] as const;
export type Fault = (typeof FAULTS)[number];

/** Where a history takes place. */
export interface Place {
  port: number;
  /** Kills the gateway with -9 and starts it again on the same data, at the same port. */
  killAndRestart(): Promise<void>;
  /** Resolves when no restart is under way. */
  ready(): Promise<void>;
  /** Lets gated upstream answers go on. */
  release(): Promise<void>;
}

export interface Outcome {
  faults: Fault[];
  transports: TransportName[];
  /** Accepted messages that are not in the end exactly once. */
  lost: MessageId[];
  doubled: MessageId[];
  /** Runs that a tab was told to have ended more than once. */
  endedTwice: RunId[];
  unfinished: RunId[];
}

/** What a tab shows that the store does not have, and the other way round. */
interface Difference {
  shown: number;
  stored: number;
  only: string[];
  missing: string[];
}

interface Tab {
  chat: Chat;
  ends: Map<RunId, number>;
}

export class History {
  readonly outcome: Outcome = {
    faults: [],
    transports: [],
    lost: [],
    doubled: [],
    endedTwice: [],
    unfinished: [],
  };
  /** For the message of a failure: what it was waiting for. */
  waitingFor = 'the start';
  readonly #random: Random;
  readonly #place: Place;
  readonly #storage = new MemoryStorage();
  readonly #accepted = new Set<MessageId>();
  readonly #tabs: Tab[] = [];
  readonly #sends: Promise<unknown>[] = [];
  #line: CuttableLine | undefined;

  constructor(seed: number, place: Place) {
    this.#random = createRandom(seed);
    this.#place = place;
  }

  async run(): Promise<Outcome> {
    this.#line = await startLine(this.#place.port);
    this.#openTab();
    this.#send();
    this.waitingFor = 'the first message';
    await this.#sends[0];
    for (let more = this.#below(3); more > 0; more -= 1) this.#openTab();
    for (let steps = 6 + this.#below(8); steps > 0; steps -= 1) {
      await this.#act();
      for (let turns = this.#below(12); turns > 0; turns -= 1)
        await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#settle();
    await this.#compare();
    for (const { chat } of this.#tabs) chat.close();
    await this.#line.close();
    return this.outcome;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #openTab(): void {
    const name = TRANSPORT_NAMES[this.#below(TRANSPORT_NAMES.length)] ?? 'websocket';
    const environment = createNodeEnvironment(this.#storage);
    const gateway = this.#line?.url ?? '';
    const chat = createChatClient({
      gateway,
      site: 'demo',
      environment,
      transport: TRANSPORTS[name](gateway, environment),
    });
    const ends = new Map<RunId, number>();
    chat.on('run-end', ({ runId }) => {
      ends.set(runId, (ends.get(runId) ?? 0) + 1);
    });
    chat.connect();
    this.outcome.transports.push(name);
    this.#tabs.push({ chat, ends });
  }

  #leaveTab(index: number): void {
    const [tab] = this.#tabs.splice(index, 1);
    if (tab === undefined) return;
    for (const [runId, count] of tab.ends) if (count > 1) this.outcome.endedTwice.push(runId);
    tab.chat.close();
  }

  #send(): void {
    const tab = this.#tabs[this.#below(this.#tabs.length)];
    const scene = SCENES[this.#below(SCENES.length)] ?? '';
    const sending = tab?.chat.sendMessage(`Question ${this.#sends.length + 1} ${scene}`);
    // A message that was refused (busy), taken back by a stop or left behind by its tab was not promised anything.
    this.#sends.push(
      Promise.resolve(sending).then(
        (sent) => sent && this.#accepted.add(sent.messageId),
        () => undefined,
      ),
    );
  }

  async #act(): Promise<void> {
    const choice = this.#below(20);
    if (choice < 6) {
      this.#send();
      return;
    }
    if (choice < 9) {
      await this.#place.release();
      return;
    }
    const fault =
      choice < 13 ? 'cut' : choice < 15 ? 'reload' : choice < 17 ? 'stop' : choice < 19 ? 'close' : 'kill';
    this.outcome.faults.push(fault);
    const index = this.#below(this.#tabs.length);
    if (fault === 'cut') this.#line?.cut();
    else if (fault === 'stop') void this.#tabs[index]?.chat.stop().catch(() => undefined);
    else if (fault === 'kill') await this.#place.killAndRestart();
    else {
      this.#leaveTab(index);
      if (fault === 'reload' || this.#tabs.length === 0) this.#openTab();
    }
  }

  /** Nothing goes wrong any more: every tab comes to rest. */
  async #settle(): Promise<void> {
    const isAtRest = ({ status, pending, isAnswering, isLoading, conversation }: ChatSnapshot) =>
      status === 'online' &&
      !isAnswering &&
      !isLoading &&
      pending.every(({ state }) => state === 'failed') &&
      conversation.messages.every(({ run }) => run?.state !== 'running');
    for (;;) {
      await this.#place.release();
      const moving = this.#tabs.find(({ chat }) => !isAtRest(chat.snapshot));
      if (moving === undefined) return;
      const { status, pending, isAnswering, isLoading } = moving.chat.snapshot;
      this.waitingFor = `rest: ${JSON.stringify({ status, pending: pending.length, isAnswering, isLoading })}`;
      await changeOf(moving.chat);
    }
  }

  async #compare(): Promise<void> {
    this.waitingFor = 'the store';
    const token = this.#storage.getItem('rivulet:demo:token') ?? '';
    // The client minted it and checked it when it was stored.
    const conversationId = this.#storage.getItem('rivulet:demo:conversation') as ConversationId;
    let store = await this.#readStore(token, conversationId);
    // A tab at rest may be about to hear of a message that another one sent. It has to: one that never does hangs here.
    for (let behind = this.#behind(store); behind !== undefined; behind = this.#behind(store)) {
      this.waitingFor = `a tab to see what the store has: ${JSON.stringify(differenceOf(behind.chat, store))}`;
      await changeOf(behind.chat);
      await this.#settle();
      store = await this.#readStore(token, conversationId);
    }
    for (const id of this.#accepted) {
      const count = store.messages.filter((message) => message.id === id).length;
      if (count === 0) this.outcome.lost.push(id);
      if (count > 1) this.outcome.doubled.push(id);
    }
    for (const { run } of store.messages) if (run?.state === 'running') this.outcome.unfinished.push(run.id);
    while (this.#tabs.length > 1) this.#leaveTab(1);
  }

  #behind(store: Conversation): Tab | undefined {
    return this.#tabs.find(({ chat }) => text(chat.snapshot.conversation) !== text(store));
  }

  /** Another history may kill the gateway meanwhile: then it is read again. */
  async #readStore(token: string, conversationId: ConversationId): Promise<Conversation> {
    for (;;) {
      await this.#place.ready();
      const url = `http://127.0.0.1:${this.#place.port}`;
      const reader = await ProtocolClient.greet(url, { token, subscriptions: [{ conversationId }] }).catch(
        () => undefined,
      );
      const isSynced = await reader?.heard('synced').then(
        () => true,
        () => false,
      );
      void reader?.cut();
      if (isSynced === true && reader?.view !== undefined) return reader.view.conversation;
    }
  }
}

const changeOf = (chat: Chat): Promise<void> =>
  new Promise((resolve) => {
    const end = chat.subscribe(() => {
      end();
      resolve();
    });
  });

function differenceOf(chat: Chat, store: Conversation): Difference {
  const { conversation } = chat.snapshot;
  const stored = new Map(store.messages.map((message) => [message.id, text(message)]));
  const shown = new Map(conversation.messages.map((message) => [message.id, text(message)]));
  const only = [...shown].filter(([id, message]) => stored.get(id) !== message).map(([, message]) => message);
  const missing = [...stored]
    .filter(([id, message]) => shown.get(id) !== message)
    .map(([, message]) => message);
  return { shown: shown.size, stored: stored.size, only, missing };
}

const text = (value: unknown): string => JSON.stringify(sorted(value));

/** Keys in one order, so that two states with the same content have the same text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}
