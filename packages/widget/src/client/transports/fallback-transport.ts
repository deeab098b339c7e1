/** The transport that finds one that works: a WebSocket; what passes where that does not is the climber's. */
import { CLOSE_CODES } from '@rivulet/protocol';
import { SiteStorage } from '../environment/storage.ts';
import type { TransportFallback, FallbackOptions, Step } from './transport-fallback.ts';
import type { ConnectionOutcome } from './fallback-state.ts';
import { PendingConnection } from './pending-connection.ts';
import type { ClientChannel, ConnectionObserver, Transport } from './transport.ts';
import { createWebSocketTransport } from './websocket-transport.ts';

/** @throws {TypeError} when `gateway` is not an absolute URL. @see PROTOCOL.md §14 */
export function createFallbackTransport(options: FallbackOptions): Transport {
  return new FallbackTransport(options);
}

class FallbackTransport implements Transport {
  readonly name = 'ladder';
  readonly #options: FallbackOptions;
  readonly #webSocket: Transport;
  #transportFallback: TransportFallback | undefined;
  /** Of sockets that failed before there was a climber. */
  #earlierOutcomes: ConnectionOutcome[] = [];

  constructor(options: FallbackOptions) {
    this.#options = options;
    this.#webSocket = createWebSocketTransport(options.gateway, options.environment);
  }

  open(observer: ConnectionObserver): ClientChannel {
    let step: Step = {
      transport: this.#webSocket,
      reported: (outcome) => {
        if (outcome !== 'welcomed') this.#earlierOutcomes.push(outcome);
      },
      sent: () => undefined,
    };
    let isJudged = false;
    const judge = (outcome?: ConnectionOutcome): void => {
      if (!isJudged && outcome !== undefined) step.reported(outcome);
      isJudged = true;
    };
    const connection = new PendingConnection(observer, {
      opened: () => undefined,
      closed: (_connection, { code }, where) => {
        // The connection gives up on a line without a welcome by this code.
        if (code === CLOSE_CODES.heartbeat && where === 'here') judge('silent');
        // A code of the gateway's own is an answer, too.
        else judge(code < 4000 && where === 'there' ? 'failed' : undefined);
      },
    });
    const carry = (next: Step): void => {
      step = next;
      if (connection.isClosed) return;
      const real = step.transport.open(observer);
      connection.carryBy(real, {
        send: (item) => {
          step.sent();
          return real.send(item);
        },
        receive: ({ type }) => {
          if (type === 'welcome') judge('welcomed');
        },
      });
    };
    if (this.#canUseWebSocket) carry(step);
    else
      this.#nextFallbackState().then(carry, () => {
        carry(step); // the code could not be fetched: the network is away, for a socket as well
      });
    return connection;
  }

  /** Sockets have done so far, here and on the page before. */
  get #canUseWebSocket(): boolean {
    const { environment, site } = this.#options;
    return (
      this.#transportFallback === undefined &&
      this.#earlierOutcomes.length === 0 &&
      new SiteStorage(environment.storage, site).get('transport') === undefined
    );
  }

  async #nextFallbackState(): Promise<Step> {
    const { TransportFallback } = await import('./transport-fallback.ts');
    this.#transportFallback ??= new TransportFallback(this.#options, this.#webSocket);
    return this.#transportFallback.step(this.#earlierOutcomes.splice(0));
  }
}
