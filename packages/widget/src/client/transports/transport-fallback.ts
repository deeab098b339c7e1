/** What the ladder does once a socket has failed, now or on an earlier page: fetched then. */
import { WEBSOCKET_SUBPROTOCOL } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import { SiteStorage } from '../environment/storage.ts';
import {
  REMEMBERED_MS,
  INITIAL_STATE,
  initialFallbackState,
  nextFallbackState,
  describeWinner,
  type FallbackState,
  type ConnectionOutcome,
  type TransportName,
} from './fallback-state.ts';
import type { Transport } from './transport.ts';
import { webSocketUrl } from './websocket-transport.ts';

export interface FallbackOptions {
  gateway: string;
  site: string;
  environment: Environment;
}

/** A transport to try, and who wants to know what becomes of its line. */
export interface Step {
  transport: Transport;
  reported: (outcome: ConnectionOutcome) => void;
  /** Something is sent: the visitor has acted. */
  sent: () => void;
}

export class TransportFallback {
  readonly #options: FallbackOptions;
  readonly #webSocket: Transport;
  #state: FallbackState;
  /** When a rung below the top won; undefined: none has. */
  #chosenAtMs: number | undefined;
  #isKept = false;
  /** The rung above failed fast, which a gateway that was away does too. */
  #mayBeOutage = false;

  constructor(options: FallbackOptions, webSocket: Transport) {
    const { gateway, environment } = options;
    this.#options = options;
    this.#webSocket = webSocket;
    const nowMs = environment.clock.now();
    this.#state = initialFallbackState(this.#storage.get('transport'), gateway, nowMs);
    if (this.#state !== INITIAL_STATE) this.#chosenAtMs = nowMs;
  }

  /** For the next line. @param doubts what became of sockets before there was a climber */
  async step(earlierOutcomes: readonly ConnectionOutcome[]): Promise<Step> {
    for (const outcome of earlierOutcomes) this.#receive('websocket', outcome);
    const nowMs = this.#options.environment.clock.now();
    if (this.#chosenAtMs !== undefined && nowMs - this.#chosenAtMs >= REMEMBERED_MS) {
      this.#state = INITIAL_STATE;
      this.#chosenAtMs = undefined;
    }
    const { transportName } = this.#state;
    return {
      transport: transportName === 'websocket' ? this.#webSocket : await this.#fallback(transportName),
      reported: (outcome) => {
        this.#receive(transportName, outcome);
      },
      sent: () => {
        this.#keep();
      },
    };
  }

  /** The fallbacks are fetched when they are needed. */
  async #fallback(transportName: Exclude<TransportName, 'websocket'>): Promise<Transport> {
    const { gateway, environment } = this.#options;
    if (transportName === 'long-poll') {
      const { createLongPollTransport } = await import('./long-poll-transport.ts');
      return createLongPollTransport(gateway, environment);
    }
    const { createSseTransport } = await import('./sse-transport.ts');
    return createSseTransport(gateway, environment, () => {
      this.#receive(transportName, 'gathered');
    });
  }

  #receive(transportName: TransportName, outcome: ConnectionOutcome): void {
    const before = this.#state;
    if (transportName !== before.transportName) return; // a former line's last word
    this.#state = nextFallbackState(before, outcome);
    if (this.#state.transportName !== transportName) {
      this.#mayBeOutage = outcome === 'failed';
      this.#chosenAtMs = undefined;
      this.#isKept = false;
    } else if (transportName !== 'websocket' && outcome === 'welcomed' && this.#chosenAtMs === undefined)
      this.#judge();
  }

  /**
   * Two failed sockets may have been a gateway that was away. Now that it answers, a socket that opens proves it: then the
   * next line is a WebSocket again, and nothing is remembered.
   */
  #judge(): void {
    const { gateway, environment } = this.#options;
    const win = () => {
      this.#chosenAtMs = environment.clock.now();
      this.#keep();
    };
    if (!this.#mayBeOutage) {
      win();
      return;
    }
    let isOpened = false;
    try {
      const socket = environment.openSocket(webSocketUrl(gateway), WEBSOCKET_SUBPROTOCOL, {
        opened: () => {
          isOpened = true;
          this.#state = INITIAL_STATE;
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
    if (this.#isKept || this.#chosenAtMs === undefined) return;
    const { gateway } = this.#options;
    const storage = this.#storage;
    storage.set('transport', describeWinner(this.#state.transportName, gateway, this.#chosenAtMs));
    this.#isKept = storage.mayWrite;
  }

  get #storage(): SiteStorage {
    const { environment, site } = this.#options;
    return new SiteStorage(environment.storage, site);
  }
}
