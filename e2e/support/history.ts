/** One random history of one visitor: tabs of the widget's own client on three transports, and what goes wrong around them. */
import { createRandom, type Random } from '@rivulet/protocol/testing';
import {
  emptyConversation,
  type Conversation,
  type ConversationId,
  type MessageId,
  type RunId,
} from '@rivulet/protocol';
import type { Chat, ChatSnapshot } from '../../packages/widget/src/client/chat.ts';
import { createChatClient } from '../../packages/widget/src/client/chat-client.ts';
import { createLongPollTransport } from '../../packages/widget/src/client/transports/long-poll-transport.ts';
import { createSseTransport } from '../../packages/widget/src/client/transports/sse-transport.ts';
import { createWebSocketTransport } from '../../packages/widget/src/client/transports/websocket-transport.ts';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';
import { contentOf, differenceOf } from './conversation-text.ts';
import { startConnection, type CuttableConnection } from './cuttable-connection.ts';
import { MemoryStorage, createNodeEnvironment } from './node-environment.ts';
import type { Place } from './place.ts';

const TRANSPORTS = {
  websocket: createWebSocketTransport,
  sse: createSseTransport,
  'long-poll': createLongPollTransport,
};
export type TransportName = keyof typeof TRANSPORTS;
const TRANSPORT_NAMES = Object.keys(TRANSPORTS) as TransportName[];
const SCENES = ['', '[[slow:5]]', '[[pace:2]]', '[[emoji]]', '[[long:3]]', '[[truncate]]'];

/** What goes wrong with tabs and their lines; as often as it stands here. */
const OWN_FAULTS = ['cut', 'cut', 'cut', 'cut', 'reload', 'reload', 'stop', 'stop', 'close', 'close'];

export interface Outcome {
  /** What went wrong, by name, in order. */
  faults: string[];
  transports: TransportName[];
  /** Accepted messages that are not in the end exactly once. */
  lost: MessageId[];
  doubled: MessageId[];
  /** Runs that a tab was told to have ended more than once. */
  endedTwice: RunId[];
  unfinished: RunId[];
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
  /** What every tab and the store had at the end. */
  #final = '';
  /** One to each gateway. */
  #lines: CuttableConnection[] = [];

  constructor(seed: number, place: Place) {
    this.#random = createRandom(seed);
    this.#place = place;
  }

  async run(): Promise<void> {
    this.#lines = await Promise.all(this.#place.ports.map((port) => startConnection(port)));
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
    this.leave();
  }

  /** Every tab is closed, and the network with them. */
  leave(): void {
    while (this.#tabs.length > 0) this.#leaveTab(0);
    for (const line of this.#lines) void line.close();
  }

  #oneOf<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#below(items.length)];
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #openTab(): void {
    const name = this.#oneOf(TRANSPORT_NAMES) ?? 'websocket';
    const environment = createNodeEnvironment(this.#storage);
    const gateway = this.#oneOf(this.#lines)?.url ?? '';
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
    const tab = this.#oneOf(this.#tabs);
    const scene = this.#oneOf(SCENES) ?? '';
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
    const ofPlace = Object.keys(this.#place.faults);
    const choice = this.#below(19 + ofPlace.length);
    if (choice < 6) this.#send();
    else if (choice < 9) this.#place.release();
    else {
      const fault = [...OWN_FAULTS, ...ofPlace][choice - 9] ?? 'cut';
      this.outcome.faults.push(fault);
      await this.#suffer(fault);
    }
  }

  async #suffer(fault: string): Promise<void> {
    const index = this.#below(this.#tabs.length);
    if (fault === 'cut') this.#oneOf(this.#lines)?.cut();
    else if (fault === 'stop') void this.#tabs[index]?.chat.stop().catch(() => undefined);
    else if (fault === 'reload' || fault === 'close') {
      this.#leaveTab(index);
      if (fault === 'reload' || this.#tabs.length === 0) this.#openTab();
    } else {
      this.waitingFor = fault;
      await this.#place.faults[fault]?.(this.#random);
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
      this.#place.release();
      const moving = this.#tabs.find(({ chat }) => !isAtRest(chat.snapshot));
      if (moving === undefined) return;
      const { status, pending, isAnswering, isLoading } = moving.chat.snapshot;
      this.waitingFor = `rest: ${JSON.stringify({ status, pending: pending.length, isAnswering, isLoading })}`;
      await changeOf(moving.chat);
    }
  }

  async #compare(): Promise<void> {
    this.waitingFor = 'the store';
    let store = await this.readStore();
    // A tab at rest may be about to hear of a message that another one sent. It has to: one that never does hangs here.
    for (let behind = this.#behind(store); behind !== undefined; behind = this.#behind(store)) {
      const difference = differenceOf(behind.chat.snapshot.conversation, store);
      this.waitingFor = `a tab to see what the store has: ${JSON.stringify(difference)}`;
      await changeOf(behind.chat);
      await this.#settle();
      store = await this.readStore();
    }
    for (const id of this.#accepted) {
      const count = store.messages.filter((message) => message.id === id).length;
      if (count === 0) this.outcome.lost.push(id);
      if (count > 1) this.outcome.doubled.push(id);
    }
    for (const { run } of store.messages) if (run?.state === 'running') this.outcome.unfinished.push(run.id);
    this.#final = contentOf(store);
  }

  #behind(store: Conversation): Tab | undefined {
    return this.#tabs.find(({ chat }) => contentOf(chat.snapshot.conversation) !== contentOf(store));
  }

  /** Whether a fresh reader gets what every tab had at the end. */
  async isStillThere(): Promise<boolean> {
    return contentOf(await this.readStore()) === this.#final;
  }

  /** What a fresh reader gets. Another history may kill the gateway meanwhile: then it is read again. */
  async readStore(): Promise<Conversation> {
    const token = this.#storage.getItem('rivulet:demo:token') ?? '';
    // The client minted it and checked it when it was stored.
    const conversationId = this.#storage.getItem('rivulet:demo:conversation') as ConversationId;
    for (;;) {
      await this.#place.ready();
      const url = `http://127.0.0.1:${this.#oneOf(this.#place.ports) ?? 0}`;
      const reader = await ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] }).catch(
        () => undefined,
      );
      const isAnswered = () =>
        reader?.events.some(({ type }) => type === 'synced' || type === 'rejected') ?? false;
      await reader?.until(isAnswered).catch(() => undefined);
      const hasAll = reader?.events.some(({ type }) => type === 'synced') ?? false;
      void reader?.cut();
      if (hasAll && reader?.view !== undefined) return reader.view.conversation;
      // Lost as a whole: that shows as a difference.
      if (
        reader?.events.some((event) => event.type === 'rejected' && event.error.code === 'not-found') === true
      )
        return emptyConversation(conversationId, 0);
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
