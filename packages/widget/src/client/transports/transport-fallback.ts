/** Chooses between WebSocket, SSE and long polling. Loaded only when a WebSocket has failed, on this page or on an earlier one. */
import { WEBSOCKET_SUBPROTOCOL } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import { SiteStorage } from '../environment/storage.ts';
import {
  REMEMBERED_MS,
  INITIAL_STATE,
  initialFallbackState,
  nextFallbackState,
  describeChoice,
  type FallbackState,
  type ConnectionOutcome,
  type TransportName,
} from './fallback-state.ts';
import type { Transport } from './transport.ts';
import { webSocketUrl } from './websocket-transport.ts';

/** Options of `createFallbackTransport`. */
export interface FallbackOptions {
  /** The absolute URL of the gateway; a path is kept. */
  gateway: string;
  /** The id of the site. The choice of transport is stored for each site. */
  site: string;
  /** The platform: sockets, requests, storage and the clock. */
  environment: Environment;
}

/** One attempt to connect: the transport to use, and the callbacks for its outcome. */
export interface Attempt {
  /** Opens the connection. */
  transport: Transport;
  /** Reports the outcome. Reports about a transport that is not in use any more are ignored. */
  report: (outcome: ConnectionOutcome) => void;
  /** Reports that a command was sent, which means that the visitor has acted. */
  reportSent: () => void;
}

/** Keeps the choice of transport over the connections of one page, and stores a fallback that works for the next page. */
export class TransportFallback {
  readonly #options: FallbackOptions;
  readonly #webSocket: Transport;
  #state: FallbackState;
  /** When a fallback was confirmed to work; undefined when none was. */
  #chosenAtMs: number | undefined;
  #isStored = false;
  /** The previous transport failed, which also happens while the gateway is down. */
  #mayBeOutage = false;

  constructor(options: FallbackOptions, webSocket: Transport) {
    const { gateway, environment } = options;
    this.#options = options;
    this.#webSocket = webSocket;
    const nowMs = environment.clock.now();
    this.#state = initialFallbackState(this.#storage.get('transport'), gateway, nowMs);
    if (this.#state !== INITIAL_STATE) this.#chosenAtMs = nowMs;
  }

  /**
   * Chooses the transport of the next connection, and loads its code. Rejects when the code cannot be loaded.
   * @param earlierOutcomes of WebSockets from before this object existed, oldest first
   */
  async next(earlierOutcomes: readonly ConnectionOutcome[]): Promise<Attempt> {
    for (const outcome of earlierOutcomes) this.#receive('websocket', outcome);
    const nowMs = this.#options.environment.clock.now();
    if (this.#chosenAtMs !== undefined && nowMs - this.#chosenAtMs >= REMEMBERED_MS) {
      this.#state = INITIAL_STATE;
      this.#chosenAtMs = undefined;
    }
    const { transportName } = this.#state;
    return {
      transport: transportName === 'websocket' ? this.#webSocket : await this.#fallback(transportName),
      report: (outcome) => {
        this.#receive(transportName, outcome);
      },
      reportSent: () => {
        this.#store();
      },
    };
  }

  /** Loads the code of a fallback when it is needed. */
  async #fallback(transportName: Exclude<TransportName, 'websocket'>): Promise<Transport> {
    const { gateway, environment } = this.#options;
    if (transportName === 'long-poll') {
      const { createLongPollTransport } = await import('./long-poll-transport.ts');
      return createLongPollTransport(gateway, environment);
    }
    const { createSseTransport } = await import('./sse-transport.ts');
    return createSseTransport(gateway, environment, () => {
      this.#receive(transportName, 'buffered');
    });
  }

  #receive(transportName: TransportName, outcome: ConnectionOutcome): void {
    const before = this.#state;
    if (transportName !== before.transportName) return; // a report about an earlier connection
    this.#state = nextFallbackState(before, outcome);
    if (this.#state.transportName !== transportName) {
      this.#mayBeOutage = outcome === 'failed';
      this.#chosenAtMs = undefined;
      this.#isStored = false;
    } else if (transportName !== 'websocket' && outcome === 'welcomed' && this.#chosenAtMs === undefined)
      this.#confirm();
  }

  /**
   * Decides whether to remember a fallback that works. The earlier sockets may have failed because the gateway was down. Now that
   * it answers, one more socket tells: if it opens, the next connection is a WebSocket again, and nothing is stored.
   */
  #confirm(): void {
    const { gateway, environment } = this.#options;
    const remember = () => {
      this.#chosenAtMs = environment.clock.now();
      this.#store();
    };
    if (!this.#mayBeOutage) {
      remember();
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
          if (!isOpened) remember();
        },
      });
    } catch {
      remember(); // the page forbids WebSockets
    }
  }

  /** Stores the choice once the visitor has acted: SiteStorage writes nothing before. */
  #store(): void {
    if (this.#isStored || this.#chosenAtMs === undefined) return;
    const { gateway } = this.#options;
    const storage = this.#storage;
    storage.set('transport', describeChoice(this.#state.transportName, gateway, this.#chosenAtMs));
    this.#isStored = storage.mayWrite;
  }

  /** Created on each access, because another tab may have written since. */
  get #storage(): SiteStorage {
    const { environment, site } = this.#options;
    return new SiteStorage(environment.storage, site);
  }
}
