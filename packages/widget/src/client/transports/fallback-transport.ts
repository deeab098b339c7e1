/** The transport of the widget: a WebSocket and, where the network does not let it pass, a fallback over plain HTTP. */
import { CLOSE_CODES } from '@rivulet/protocol';
import { SiteStorage } from '../environment/storage.ts';
import type { TransportFallback, FallbackOptions, Attempt } from './transport-fallback.ts';
import type { ConnectionOutcome } from './fallback-state.ts';
import { PendingConnection } from './pending-connection.ts';
import type { ClientChannel, ConnectionObserver, Transport } from './transport.ts';
import { createWebSocketTransport } from './websocket-transport.ts';

/**
 * Creates a transport that begins with a WebSocket and falls back to SSE and long polling. A fallback is loaded when it is needed.
 * @throws {TypeError} when `gateway` is not an absolute URL
 * @see PROTOCOL.md §14
 */
export function createFallbackTransport(options: FallbackOptions): Transport {
  return new FallbackTransport(options);
}

class FallbackTransport implements Transport {
  readonly name = 'fallback';
  readonly #options: FallbackOptions;
  readonly #webSocket: Transport;
  #transportFallback: TransportFallback | undefined;
  /** Outcomes of WebSockets from before transport-fallback.ts was loaded. */
  #earlierOutcomes: ConnectionOutcome[] = [];

  constructor(options: FallbackOptions) {
    this.#options = options;
    this.#webSocket = createWebSocketTransport(options.gateway, options.environment);
  }

  open(observer: ConnectionObserver): ClientChannel {
    let attempt: Attempt = {
      transport: this.#webSocket,
      report: (outcome) => {
        if (outcome !== 'welcomed') this.#earlierOutcomes.push(outcome);
      },
      reportSent: () => undefined,
    };
    let isReported = false;
    const report = (outcome?: ConnectionOutcome): void => {
      if (!isReported && outcome !== undefined) attempt.report(outcome);
      isReported = true;
    };
    const connection = new PendingConnection(observer, {
      opened: () => undefined,
      closed: (_connection, { code }, where) => {
        // The client uses this code to close a connection on which no welcome arrived in time.
        if (code === CLOSE_CODES.heartbeat && where === 'here') report('silent');
        // Codes from 4000 are the gateway's own: its answer got through, so the transport has not failed.
        else report(code < 4000 && where === 'there' ? 'failed' : undefined);
      },
    });
    const start = (next: Attempt): void => {
      attempt = next;
      if (connection.isClosed) return;
      const real = attempt.transport.open(observer);
      connection.attach(real, {
        send: (item) => {
          attempt.reportSent();
          return real.send(item);
        },
        receive: ({ type }) => {
          if (type === 'welcome') report('welcomed');
        },
      });
    };
    if (this.#canUseWebSocket) start(attempt);
    else
      this.#nextAttempt().then(start, () => {
        start(attempt); // the code could not be loaded: the network is down, and a WebSocket will find out as well
      });
    return connection;
  }

  /** Whether no WebSocket has failed so far, on this page or on an earlier one. */
  get #canUseWebSocket(): boolean {
    const { environment, site } = this.#options;
    return (
      this.#transportFallback === undefined &&
      this.#earlierOutcomes.length === 0 &&
      new SiteStorage(environment.storage, site).get('transport') === undefined
    );
  }

  async #nextAttempt(): Promise<Attempt> {
    const { TransportFallback } = await import('./transport-fallback.ts');
    this.#transportFallback ??= new TransportFallback(this.#options, this.#webSocket);
    return this.#transportFallback.next(this.#earlierOutcomes.splice(0));
  }
}
