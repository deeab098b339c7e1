/** The conversations that one session follows: one viewer of each at most. */
import { ChatError, type ConversationId, type Position } from '@rivulet/protocol';
import type { Conversations } from '../conversations/conversations.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Presence } from '../conversations/presence.ts';
import { abandonAfterMsOf, type Site } from '../sites/sites.ts';
import type { GatewayChannel } from '../transports/transport.ts';
import { follow } from './viewer.ts';

export interface SessionViewersOptions {
  channel: GatewayChannel;
  conversations: Conversations;
  eventLog: EventLog;
  presence: Presence;
  /** A viewer has failed; its client should come back and resume. */
  onFailed: (conversationId: ConversationId, error: unknown) => void;
}

interface Viewing {
  end: AbortController;
  /** How far the viewer is. */
  seq: number;
  onMoved: (() => void) | undefined;
}

export class SessionViewers {
  readonly #options: SessionViewersOptions;
  readonly #viewings = new Map<ConversationId, Viewing>();
  #isOver = false;

  constructor(options: SessionViewersOptions) {
    this.#options = options;
  }

  has(id: ConversationId): boolean {
    return this.#viewings.has(id);
  }

  /** Follows from now on, in place of an earlier viewer. The caller has made sure that the session may see it, on this site. */
  follow(id: ConversationId, cursor: Position | undefined, site: Site): void {
    // Its line was closed while that was found out: nobody would end this viewer any more.
    if (this.#isOver) return;
    this.leave(id);
    const viewing: Viewing = { end: new AbortController(), seq: 0, onMoved: undefined };
    this.#viewings.set(id, viewing);
    const { signal } = viewing.end;
    if (abandonAfterMsOf(site) !== undefined) this.#options.presence.addViewer(id, signal);
    const onReached = (seq: number) => {
      viewing.seq = seq;
      viewing.onMoved?.();
    };
    follow({ ...this.#options, signal, onReached }, id, cursor).catch((error: unknown) => {
      if (error instanceof ChatError && error.code === 'not-found') this.#lose(id, viewing);
      else this.#options.onFailed(id, error);
    });
  }

  leave(id: ConversationId): void {
    this.#viewings.get(id)?.end.abort();
    this.#viewings.delete(id);
  }

  /** Of every one, for good. */
  end(): void {
    this.#isOver = true;
    for (const { end } of this.#viewings.values()) end.abort();
  }

  /** Resolves when every viewer has what the log has now. */
  async caughtUp(): Promise<void> {
    const all = [...this.#viewings].map(async ([id, viewing]) => {
      const { head } = await this.#options.eventLog.read(id);
      await new Promise<void>((resolve) => {
        viewing.onMoved = () => {
          if (viewing.seq >= head.seq) resolve();
        };
        viewing.onMoved();
      });
    });
    await Promise.all(all);
  }

  /** It was erased while it was viewed. */
  #lose(id: ConversationId, viewing: Viewing): void {
    if (this.#viewings.get(id) !== viewing) return;
    this.leave(id);
    void this.#options.channel.send({ type: 'conversation-removed', conversationId: id });
  }
}
