/** The transport that finds one that works: WebSocket, then what passes where that does not. */
import { CLOSE_CODES, WEBSOCKET_SUBPROTOCOL } from '@rivulet/protocol';
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
import { PendingLine } from './pending-line.ts';
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
    let isJudged = false;
    const told = (outcome: LineOutcome): void => {
      if (!isJudged) this.#hear(rung, outcome);
      isJudged = true;
    };
    const line = new PendingLine(observer, {
      opened: () => undefined,
      closed: (_line, { code }, where) => {
        // The connection gives up on a line without a welcome by this code.
        if (code === CLOSE_CODES.heartbeat && where === 'here') told('silent');
        // A code of the gateway's own is an answer, too.
        else if (code < 4000 && where === 'there') told('failed');
        isJudged = true;
      },
    });
    void this.#carry(line, rung, told);
    return line;
  }

  async #carry(line: PendingLine, rung: Rung, told: (outcome: LineOutcome) => void): Promise<void> {
    try {
      const transport = rung === 'websocket' ? this.#webSocket : await this.#fallback(rung);
      if (line.isClosed) return;
      const real = transport.open(line.observer);
      line.carryBy(real, {
        send: (item) => {
          this.#keep();
          return real.send(item);
        },
        hear: ({ type }) => {
          if (type === 'welcome') told('welcomed');
        },
      });
    } catch {
      line.end(ABNORMAL); // the fallback's code could not be fetched
    }
  }

  /** The fallbacks are fetched when they are needed. */
  async #fallback(rung: Exclude<Rung, 'websocket'>): Promise<Transport> {
    const { gateway, environment } = this.#options;
    if (rung === 'long-poll') {
      const { createLongPollTransport } = await import('./long-poll.ts');
      return createLongPollTransport(gateway, environment);
    }
    const { createSseTransport } = await import('./sse.ts');
    return createSseTransport(gateway, environment, () => {
      this.#hear(rung, 'gathered');
    });
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
