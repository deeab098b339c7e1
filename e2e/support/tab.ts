/** One tab of a visitor in a history: the widget's client on one transport, and the checks of what it receives and shows. */
import type { Message, RunId } from '@rivulet/protocol';
import type { Chat, ChatSnapshot } from '../../packages/widget/src/client/chat.ts';
import { createChatClient } from '../../packages/widget/src/client/chat-client.ts';
import { createLongPollTransport } from '../../packages/widget/src/client/transports/long-poll-transport.ts';
import { createSseTransport } from '../../packages/widget/src/client/transports/sse-transport.ts';
import { createWebSocketTransport } from '../../packages/widget/src/client/transports/websocket-transport.ts';
import { wrongNumbersOfAnswers } from './counted-text.ts';
import { DeliveryAudit } from './delivery-audit.ts';
import { createNodeEnvironment, type MemoryStorage } from './node-environment.ts';
import { addWrong, nothingWrong } from './wrong-deliveries.ts';

const TRANSPORTS = {
  websocket: createWebSocketTransport,
  sse: createSseTransport,
  'long-poll': createLongPollTransport,
};
/** The name of a transport that a tab of a history uses. */
export type TransportName = keyof typeof TRANSPORTS;
/** The transports that tabs use. */
export const TRANSPORT_NAMES = Object.keys(TRANSPORTS) as TransportName[];

/** What a tab needs. */
export interface TabOptions {
  /** The id of the site. */
  site: string;
  transport: TransportName;
  /** The tabs of one visitor share it. */
  storage: MemoryStorage;
  /** The address of the gateway, or of a proxy to it. */
  url: string;
  /** The port of the gateway itself. */
  port: number;
}

/** One tab of a visitor. */
export class Tab {
  readonly chat: Chat;
  /** The port of the gateway that it is connected to. */
  readonly port: number;
  /** What the tab received. */
  readonly audit = new DeliveryAudit();
  /** What was wrong in the texts that the tab has shown at any moment. */
  readonly wrongShown = nothingWrong();
  /** The reasons with which each run ended, as reported by the client. */
  readonly #ends = new Map<RunId, string[]>();
  readonly #checked = new WeakSet<Message>();

  constructor({ site, transport, storage, url, port }: TabOptions) {
    const environment = createNodeEnvironment(storage);
    this.port = port;
    this.chat = createChatClient({
      gateway: url,
      site,
      environment,
      transport: this.audit.over(TRANSPORTS[transport](url, environment)),
    });
    this.chat.on('run-end', ({ runId, reason }) => {
      this.#ends.set(runId, [...(this.#ends.get(runId) ?? []), reason]);
    });
    this.chat.subscribe((snapshot) => {
      this.#check(snapshot);
    });
    this.chat.connect();
  }

  /** The runs that ended more than once, as the client was told or has reported. */
  get endedTwice(): RunId[] {
    const reported = [...this.#ends].filter(([, ends]) => ends.length > 1).map(([runId]) => runId);
    return [...new Set([...reported, ...this.audit.endedTwice])];
  }

  /** What the tab was told and has reported of the ends of these runs, for the message of a failed test. */
  describeEnds(runIds: readonly RunId[]): string[] {
    return runIds.map((id) => {
      const reported = this.#ends.get(id) ?? [];
      return `${id}: received ${this.audit.endsOf(id).join(', ')}; reported ${reported.join(', ')}`;
    });
  }

  /** Whether nothing is being loaded, sent or answered. */
  get isIdle(): boolean {
    const { status, pending, isAnswering, isLoading, conversation } = this.chat.snapshot;
    return (
      status === 'online' &&
      !isAnswering &&
      !isLoading &&
      pending.every(({ state }) => state === 'failed') &&
      conversation.messages.every(({ run }) => run?.state !== 'running')
    );
  }

  /** Resolves at the next change of the chat. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      const end = this.chat.subscribe(() => {
        end();
        resolve();
      });
    });
  }

  /** A message is the same object until it changes, so each state of it is checked once. */
  #check({ conversation }: ChatSnapshot): void {
    const changed = conversation.messages.filter((message) => !this.#checked.has(message));
    for (const message of changed) this.#checked.add(message);
    addWrong(this.wrongShown, wrongNumbersOfAnswers(conversation.messages, changed));
  }
}
