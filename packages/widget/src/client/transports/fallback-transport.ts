/** The transport that finds one that works: a WebSocket; what passes where that does not is the climber's. */
import { CLOSE_CODES } from '@rivulet/protocol';
import { SiteStorage } from '../environment/storage.ts';
import type { Climber, LadderOptions, Step } from './transport-fallback.ts';
import type { LineOutcome } from './fallback-state.ts';
import { PendingLine } from './pending-connection.ts';
import type { ClientChannel, LineObserver, Transport } from './transport.ts';
import { createWebSocketTransport } from './websocket-transport.ts';

/** @throws {TypeError} when `gateway` is not an absolute URL. @see PROTOCOL.md §14 */
export function createLadderTransport(options: LadderOptions): Transport {
  return new Ladder(options);
}

class Ladder implements Transport {
  readonly name = 'ladder';
  readonly #options: LadderOptions;
  readonly #webSocket: Transport;
  #climber: Climber | undefined;
  /** Of sockets that failed before there was a climber. */
  #doubts: LineOutcome[] = [];

  constructor(options: LadderOptions) {
    this.#options = options;
    this.#webSocket = createWebSocketTransport(options.gateway, options.environment);
  }

  open(observer: LineObserver): ClientChannel {
    let step: Step = {
      transport: this.#webSocket,
      told: (outcome) => {
        if (outcome !== 'welcomed') this.#doubts.push(outcome);
      },
      sent: () => undefined,
    };
    let isJudged = false;
    const judge = (outcome?: LineOutcome): void => {
      if (!isJudged && outcome !== undefined) step.told(outcome);
      isJudged = true;
    };
    const line = new PendingLine(observer, {
      opened: () => undefined,
      closed: (_line, { code }, where) => {
        // The connection gives up on a line without a welcome by this code.
        if (code === CLOSE_CODES.heartbeat && where === 'here') judge('silent');
        // A code of the gateway's own is an answer, too.
        else judge(code < 4000 && where === 'there' ? 'failed' : undefined);
      },
    });
    const carry = (next: Step): void => {
      step = next;
      if (line.isClosed) return;
      const real = step.transport.open(observer);
      line.carryBy(real, {
        send: (item) => {
          step.sent();
          return real.send(item);
        },
        hear: ({ type }) => {
          if (type === 'welcome') judge('welcomed');
        },
      });
    };
    if (this.#isPlain) carry(step);
    else
      this.#climb().then(carry, () => {
        carry(step); // the code could not be fetched: the network is away, for a socket as well
      });
    return line;
  }

  /** Sockets have done so far, here and on the page before. */
  get #isPlain(): boolean {
    const { environment, site } = this.#options;
    return (
      this.#climber === undefined &&
      this.#doubts.length === 0 &&
      new SiteStorage(environment.storage, site).get('transport') === undefined
    );
  }

  async #climb(): Promise<Step> {
    const { Climber } = await import('./transport-fallback.ts');
    this.#climber ??= new Climber(this.#options, this.#webSocket);
    return this.#climber.step(this.#doubts.splice(0));
  }
}
