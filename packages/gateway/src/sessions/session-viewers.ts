/** The viewers of one session: at most one for each conversation. */
import { ChatError, type ConversationId, type Position } from '@rivulet/protocol';
import type { Metrics } from '../base/index.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Presence } from '../conversations/presence.ts';
import { abandonAfterMsOf, type Site } from '../sites/sites.ts';
import { Frame } from '../transports/frame.ts';
import type { GatewayChannel } from '../transports/transport.ts';
import type { Typing } from './typing.ts';
import { follow } from './viewer.ts';

/** What the viewers of a session need. */
export interface SessionViewersOptions {
  channel: GatewayChannel;
  conversations: Conversations;
  eventLog: EventLog;
  metrics: Pick<Metrics, 'logToSocket' | 'figures'>;
  presence: Presence;
  typing: Typing;
  sessionId: string;
  /** Called when a viewer fails. The session closes the connection, so that the client reconnects and resumes. */
  onFailed: (conversationId: ConversationId, error: unknown) => void;
}

interface ActiveViewer {
  /** Whether it is counted as a viewer, for a site that ends replies without viewers. */
  isCounted: boolean;
  end: AbortController;
  /** The sequence number of the last event that the connection has accepted. */
  seq: number;
  /** Called when `seq` changes; set while somebody waits for the viewer to catch up. */
  onProgress: (() => void) | undefined;
}

/** Starts and ends the viewers of a session. `end` must be called when the connection closes. */
export class SessionViewers {
  readonly #options: SessionViewersOptions;
  readonly #viewings = new Map<ConversationId, ActiveViewer>();
  #hasEnded = false;

  constructor(options: SessionViewersOptions) {
    this.#options = options;
  }

  /** Whether the session has a viewer of the conversation. */
  has(id: ConversationId): boolean {
    return this.#viewings.has(id);
  }

  /**
   * Starts a viewer, in place of an earlier one of the same conversation. The caller has authorized the session's principal.
   * @param cursor the position of the last event that the client has; undefined: it has none
   * @param how `end` is aborted when the viewer ends
   */
  follow(
    id: ConversationId,
    cursor: Position | undefined,
    { site, end = new AbortController() }: { site: Site; end?: AbortController },
  ): void {
    // The connection was closed during the authorization: nothing would end this viewer.
    if (this.#hasEnded) {
      end.abort();
      return;
    }
    this.leave(id);
    const viewing: ActiveViewer = {
      isCounted: false,
      end,
      seq: 0,
      onProgress: undefined,
    };
    this.#viewings.set(id, viewing);
    const { signal } = end;
    this.#count(id, viewing, site);
    const { typing, sessionId, channel } = this.#options;
    typing.addViewer(id, { sessionId, channel, signal });
    const onReached = (seq: number) => {
      viewing.seq = seq;
      viewing.onProgress?.();
    };
    follow({ ...this.#options, siteId: site.id, signal, onReached }, id, cursor).catch((error: unknown) => {
      if (error instanceof ChatError && error.code === 'not-found') this.#removeErased(id, viewing);
      else this.#options.onFailed(id, error);
    });
  }

  /** The settings of the site have changed: its replies may end without viewers now. */
  followSite(site: Site): void {
    for (const [id, viewing] of this.#viewings) this.#count(id, viewing, site);
  }

  #count(id: ConversationId, viewing: ActiveViewer, site: Site): void {
    if (viewing.isCounted || abandonAfterMsOf(site) === undefined) return;
    viewing.isCounted = true;
    this.#options.presence.addViewer(id, viewing.end.signal);
  }

  /** Ends the viewer of the conversation, if there is one. */
  leave(id: ConversationId): void {
    this.#viewings.get(id)?.end.abort();
    this.#viewings.delete(id);
  }

  /** Ends every viewer. No viewer can be started afterwards. */
  end(): void {
    this.#hasEnded = true;
    for (const { end } of this.#viewings.values()) end.abort();
  }

  /** Resolves when the connection has accepted every event that the log contains at the time of the call. */
  async waitUntilCaughtUp(): Promise<void> {
    const all = [...this.#viewings].map(async ([id, viewing]) => {
      const head = await this.#options.eventLog.head(id);
      await new Promise<void>((resolve) => {
        viewing.onProgress = () => {
          if (viewing.seq >= head.seq) resolve();
        };
        viewing.onProgress();
      });
    });
    await Promise.all(all);
  }

  /** The conversation was erased while it was viewed. The viewer may have been replaced meanwhile: that one ends by itself. */
  #removeErased(id: ConversationId, viewing: ActiveViewer): void {
    if (this.#viewings.get(id) !== viewing) return;
    this.leave(id);
    void this.#options.channel.send(new Frame([{ type: 'conversation-removed', conversationId: id }]));
  }
}
