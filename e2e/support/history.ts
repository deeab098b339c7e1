/**
 * One random history: several tabs of one visitor, with the widget's client on three transports, and the faults that happen to
 * them. The seed determines every choice of the history; the timing of the processes stays random.
 */
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
import { contentOf, differenceOf } from './conversation-difference.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { MemoryStorage, createNodeEnvironment } from './node-environment.ts';
import type { Deployment } from './deployment.ts';

const TRANSPORTS = {
  websocket: createWebSocketTransport,
  sse: createSseTransport,
  'long-poll': createLongPollTransport,
};
/** The name of a transport that a tab of a history uses. */
export type TransportName = keyof typeof TRANSPORTS;
const TRANSPORT_NAMES = Object.keys(TRANSPORTS) as TransportName[];
const SCENES = ['', '[[slow:5]]', '[[pace:2]]', '[[emoji]]', '[[long:3]]', '[[truncate]]'];

/** Faults of tabs and their connections. A fault that is listed more often is chosen more often. */
const TAB_FAULTS = ['cut', 'cut', 'cut', 'cut', 'reload', 'reload', 'stop', 'stop', 'close', 'close'];

/** What happened in a history, and which invariants it violated. */
export interface Outcome {
  /** The names of the injected faults, in order. */
  faults: string[];
  /** The transport of each tab, in the order in which the tabs were opened. */
  transports: TransportName[];
  /** Accepted messages that the store does not have at the end. */
  lost: MessageId[];
  /** Accepted messages that the store has more than once at the end. */
  duplicated: MessageId[];
  /** Runs for which a tab received more than one end. */
  endedTwice: RunId[];
  /** Runs that are still running in the store at the end. */
  unfinished: RunId[];
}

/** One tab of the visitor. */
interface Tab {
  chat: Chat;
  /** How often each run ended, as reported by the client. */
  ends: Map<RunId, number>;
}

/** A history on a deployment. Call `run()` once; `close()` ends it early. */
export class History {
  /** Complete when `run()` has resolved. */
  readonly outcome: Outcome = {
    faults: [],
    transports: [],
    lost: [],
    duplicated: [],
    endedTwice: [],
    unfinished: [],
  };
  /** What the history waits for, for the message of a test that fails because of a hang. */
  waitingFor = 'the start';
  readonly #random: Random;
  readonly #deployment: Deployment;
  readonly #storage = new MemoryStorage();
  readonly #accepted = new Set<MessageId>();
  readonly #tabs: Tab[] = [];
  readonly #sends: Promise<unknown>[] = [];
  /** The content that every tab and the store had at the end. */
  #final = '';
  /** One proxy to each gateway. */
  #proxies: TcpProxy[] = [];

  constructor(seed: number, deployment: Deployment) {
    this.#random = createRandom(seed);
    this.#deployment = deployment;
  }

  /** Runs the history. Resolves when every tab and the store have the same content; hangs when they never do. */
  async run(): Promise<void> {
    this.#proxies = await Promise.all(this.#deployment.ports.map((port) => startTcpProxy(port)));
    this.#openTab();
    this.#send();
    this.waitingFor = 'the first message';
    await this.#sends[0];
    for (let more = this.#below(3); more > 0; more -= 1) this.#openTab();
    for (let steps = 6 + this.#below(8); steps > 0; steps -= 1) {
      await this.#act();
      for (let iterations = this.#below(12); iterations > 0; iterations -= 1)
        await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#settle();
    await this.#compare();
    this.close();
  }

  /** Closes every tab and every proxy. May be called twice. */
  close(): void {
    while (this.#tabs.length > 0) this.#closeTab(0);
    for (const proxy of this.#proxies) void proxy.close();
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
    const gateway = this.#oneOf(this.#proxies)?.url ?? '';
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

  #closeTab(index: number): void {
    const [tab] = this.#tabs.splice(index, 1);
    if (tab === undefined) return;
    for (const [runId, count] of tab.ends) if (count > 1) this.outcome.endedTwice.push(runId);
    tab.chat.close();
  }

  #send(): void {
    const tab = this.#oneOf(this.#tabs);
    const scene = this.#oneOf(SCENES) ?? '';
    const sending = tab?.chat.sendMessage(`Question ${this.#sends.length + 1} ${scene}`);
    // Only an accepted message must be kept, not one that was rejected as busy, cancelled by a stop, or unsent when its tab closed.
    this.#sends.push(
      Promise.resolve(sending).then(
        (sent) => sent && this.#accepted.add(sent.messageId),
        () => undefined,
      ),
    );
  }

  async #act(): Promise<void> {
    const deploymentFaults = Object.keys(this.#deployment.faults);
    const choice = this.#below(19 + deploymentFaults.length);
    if (choice < 6) this.#send();
    else if (choice < 9) this.#deployment.release();
    else {
      const fault = [...TAB_FAULTS, ...deploymentFaults][choice - 9] ?? 'cut';
      this.outcome.faults.push(fault);
      await this.#inject(fault);
    }
  }

  async #inject(fault: string): Promise<void> {
    const index = this.#below(this.#tabs.length);
    if (fault === 'cut') this.#oneOf(this.#proxies)?.cut();
    else if (fault === 'stop') void this.#tabs[index]?.chat.stop().catch(() => undefined);
    else if (fault === 'reload' || fault === 'close') {
      this.#closeTab(index);
      if (fault === 'reload' || this.#tabs.length === 0) this.#openTab();
    } else {
      this.waitingFor = fault;
      await this.#deployment.faults[fault]?.(this.#random);
    }
  }

  /** Waits until every tab is idle. No faults are injected any more. */
  async #settle(): Promise<void> {
    const isIdle = ({ status, pending, isAnswering, isLoading, conversation }: ChatSnapshot) =>
      status === 'online' &&
      !isAnswering &&
      !isLoading &&
      pending.every(({ state }) => state === 'failed') &&
      conversation.messages.every(({ run }) => run?.state !== 'running');
    for (;;) {
      this.#deployment.release();
      const busy = this.#tabs.find(({ chat }) => !isIdle(chat.snapshot));
      if (busy === undefined) return;
      const { status, pending, isAnswering, isLoading } = busy.chat.snapshot;
      this.waitingFor = `an idle tab: ${JSON.stringify({ status, pending: pending.length, isAnswering, isLoading })}`;
      await changeOf(busy.chat);
    }
  }

  async #compare(): Promise<void> {
    this.waitingFor = 'the store';
    let store = await this.readStore();
    // An idle tab may not have received a message of another tab yet. It must receive it: otherwise the history hangs here.
    for (let behind = this.#behind(store); behind !== undefined; behind = this.#behind(store)) {
      const difference = differenceOf(behind.chat.snapshot.conversation, store);
      this.waitingFor = `a tab to have the content of the store: ${JSON.stringify(difference)}`;
      await changeOf(behind.chat);
      await this.#settle();
      store = await this.readStore();
    }
    for (const id of this.#accepted) {
      const count = store.messages.filter((message) => message.id === id).length;
      if (count === 0) this.outcome.lost.push(id);
      if (count > 1) this.outcome.duplicated.push(id);
    }
    for (const { run } of store.messages) if (run?.state === 'running') this.outcome.unfinished.push(run.id);
    this.#final = contentOf(store);
  }

  #behind(store: Conversation): Tab | undefined {
    return this.#tabs.find(({ chat }) => contentOf(chat.snapshot.conversation) !== contentOf(store));
  }

  /** Whether a new client receives the content that every tab had at the end. */
  async isPersisted(): Promise<boolean> {
    return contentOf(await this.readStore()) === this.#final;
  }

  /** Reads the conversation with a new client. Retries when another history kills the gateway in the meantime. */
  async readStore(): Promise<Conversation> {
    const token = this.#storage.getItem('rivulet:demo:token') ?? '';
    // The client stored an id that it had minted itself, so the cast is safe.
    const conversationId = this.#storage.getItem('rivulet:demo:conversation') as ConversationId;
    for (;;) {
      await this.#deployment.ready();
      const url = `http://127.0.0.1:${this.#oneOf(this.#deployment.ports) ?? 0}`;
      const reader = await ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] }).catch(
        () => undefined,
      );
      const hasOutcome = () =>
        reader?.events.some(({ type }) => type === 'synced' || type === 'rejected') ?? false;
      await reader?.until(hasOutcome).catch(() => undefined);
      const hasAll = reader?.events.some(({ type }) => type === 'synced') ?? false;
      void reader?.cut();
      if (hasAll && reader?.view !== undefined) return reader.view.conversation;
      // The whole conversation is lost: the comparison then finds every message missing.
      if (
        reader?.events.some((event) => event.type === 'rejected' && event.error.code === 'not-found') === true
      )
        return emptyConversation(conversationId, 0);
    }
  }
}

/** Resolves at the next change of the chat. */
const changeOf = (chat: Chat): Promise<void> =>
  new Promise((resolve) => {
    const end = chat.subscribe(() => {
      end();
      resolve();
    });
  });
