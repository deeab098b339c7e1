/** The transport that finds one that works: WebSocket, then what passes where that does not. */
import {
  CLOSE_CODES,
  WEBSOCKET_SUBPROTOCOL,
  type ChannelClose,
  type ChatEvent,
  type Command,
} from '@rivulet/protocol';
import type { Environment } from '../environment.ts';
import { SiteStorage } from '../storage.ts';
import {
  REMEMBERED_MS,
  TOP,
  beginAt,
  climb,
  describeWinner,
  type LadderState,
  type LineOutcome,
  type Rung,
} from './ladder-state.ts';
import { ABNORMAL, type ClientChannel, type LineObserver, type Transport } from './transport.ts';
import { createWebSocketTransport, webSocketUrl } from './websocket.ts';

export interface LadderOptions {
  gateway: string;
  site: string;
  environment: Environment;
}

/** @throws {TypeError} when `gateway` is not an absolute URL. @see PROTOCOL.md §14 */
export function createLadderTransport(options: LadderOptions): Transport {
  return new Ladder(options);
}

class Ladder implements Transport {
  readonly name = 'ladder';
  readonly #options: LadderOptions;
  readonly #webSocket: Transport;
  #state: LadderState;
  /** When a rung below the top won; undefined: none has. */
  #wonAtMs: number | undefined;
  #isKept = false;
  /** The rung above failed fast, which a gateway that was away does too. */
  #isDoubtful = false;

  constructor(options: LadderOptions) {
    const { gateway, environment } = options;
    this.#options = options;
    this.#webSocket = createWebSocketTransport(gateway, environment);
    const nowMs = environment.clock.now();
    this.#state = beginAt(this.#storage.get('transport'), gateway, nowMs);
    if (this.#state !== TOP) this.#wonAtMs = nowMs;
  }

  open(observer: LineObserver): ClientChannel {
    const nowMs = this.#options.environment.clock.now();
    if (this.#wonAtMs !== undefined && nowMs - this.#wonAtMs >= REMEMBERED_MS) {
      this.#state = TOP;
      this.#wonAtMs = undefined;
    }
    const { rung } = this.#state;
    const told = (outcome: LineOutcome) => {
      this.#hear(rung, outcome);
    };
    const opening = this.#transportOf(rung, told).then((transport) => transport.open(observer));
    return new LadderLine(opening, {
      told,
      sent: () => {
        this.#keep();
      },
    });
  }

  /** The fallbacks are fetched when they are needed. */
  async #transportOf(rung: Rung, told: (outcome: LineOutcome) => void): Promise<Transport> {
    const { gateway, environment } = this.#options;
    switch (rung) {
      case 'websocket':
        return this.#webSocket;
      case 'sse': {
        const { createSseTransport } = await import('./sse.ts');
        return createSseTransport(gateway, environment, () => {
          told('gathered');
        });
      }
      case 'long-poll': {
        const { createLongPollTransport } = await import('./long-poll.ts');
        return createLongPollTransport(gateway, environment);
      }
    }
  }

  #hear(rung: Rung, outcome: LineOutcome): void {
    const before = this.#state;
    if (rung !== before.rung) return; // a former line's last word
    this.#state = climb(before, outcome);
    if (this.#state.rung !== rung) {
      this.#isDoubtful = outcome === 'failed';
      this.#wonAtMs = undefined;
      this.#isKept = false;
    } else if (rung !== 'websocket' && outcome === 'welcomed' && this.#wonAtMs === undefined) this.#judge();
  }

  /**
   * Two failed sockets may have been a gateway that was away. Now that it answers, a socket that opens proves it: then the
   * next line is a WebSocket again, and nothing is remembered.
   */
  #judge(): void {
    const { gateway, environment } = this.#options;
    const win = () => {
      this.#wonAtMs = environment.clock.now();
      this.#keep();
    };
    if (!this.#isDoubtful) {
      win();
      return;
    }
    let isOpened = false;
    try {
      const socket = environment.openSocket(webSocketUrl(gateway), WEBSOCKET_SUBPROTOCOL, {
        opened: () => {
          isOpened = true;
          this.#state = TOP;
          socket.close(1000, '');
        },
        text: () => undefined,
        closed: () => {
          if (!isOpened) win();
        },
      });
    } catch {
      win(); // the page forbids it
    }
  }

  /** Written as soon as the visitor has acted, see SiteStorage. */
  #keep(): void {
    if (this.#isKept || this.#wonAtMs === undefined) return;
    const { gateway } = this.#options;
    const storage = this.#storage;
    storage.set('transport', describeWinner(this.#state.rung, gateway, this.#wonAtMs));
    this.#isKept = storage.mayWrite;
  }

  get #storage(): SiteStorage {
    const { environment, site } = this.#options;
    return new SiteStorage(environment.storage, site);
  }
}

interface Watch {
  told(outcome: LineOutcome): void;
  sent(): void;
}

/** A line whose transport may still be on its way, and whose beginning is watched. */
class LadderLine implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  readonly #opening: Promise<ClientChannel>;
  readonly #watch: Watch;
  #isJudged = false;
  #settle: (close: ChannelClose) => void = () => undefined;

  constructor(opening: Promise<ClientChannel>, watch: Watch) {
    this.#opening = opening;
    this.#watch = watch;
    this.closed = new Promise((resolve) => (this.#settle = resolve));
    opening.then(
      (line) => line.closed.then(this.#settle),
      () => {
        this.#settle(ABNORMAL); // the fallback's code could not be fetched
      },
    );
  }

  async send(item: Command | readonly Command[]): Promise<void> {
    this.#watch.sent();
    await this.#then((line) => line.send(item));
  }

  async *receive(): AsyncGenerator<ChatEvent> {
    const line = await this.#opening.catch(() => undefined);
    if (line !== undefined) {
      for await (const event of line.receive()) {
        if (event.type === 'welcome') this.#judge('welcomed');
        yield event;
      }
    }
    // Not before all is read: a welcome may still wait behind a close. A code of the gateway's own is an answer, too.
    const { code } = await this.closed;
    if (code < 4000) this.#judge('failed');
  }

  close(close: ChannelClose): void {
    // The connection gives up on a line without a welcome by this code.
    if (close.code === CLOSE_CODES.heartbeat) this.#judge('silent');
    this.#isJudged = true;
    this.#settle(close);
    void this.#then((line) => {
      line.close(close);
    });
  }

  #judge(outcome: LineOutcome): void {
    if (this.#isJudged) return;
    this.#isJudged = true;
    this.#watch.told(outcome);
  }

  async #then(act: (line: ClientChannel) => Promise<void> | void): Promise<void> {
    const line = await this.#opening.catch(() => undefined);
    if (line !== undefined) await act(line);
  }
}
