/** Commands that must be answered: sent again with the same id on every new line until the gateway accepts or rejects them. */
import { ChatError, type Command, type CommandId, type EventOf } from '@rivulet/protocol';
import type { Timer } from '../environment/clock.ts';
import type { Environment } from '../environment/environment.ts';

export type Accepted = EventOf<'accepted'>;

/** A rejection says `after` without saying when. */
export const DEFAULT_RETRY_AFTER_MS = 2000;
/** More open requests than any person makes; beyond it something loops. */
const MAX_REQUESTS = 100;

interface Request {
  command: Command;
  timer?: Timer;
  resolve(accepted: Accepted): void;
  reject(error: ChatError): void;
}

export class Requests {
  readonly #environment: Environment;
  readonly #send: (command: Command) => void;
  readonly #open = new Map<CommandId, Request>();

  /** @param send does nothing while there is no line. */
  constructor(environment: Environment, send: (command: Command) => void) {
    this.#environment = environment;
    this.#send = send;
  }

  /** @throws {ChatError} the rejection. */
  ask(command: Command): Promise<Accepted> {
    if (this.#open.size >= MAX_REQUESTS) return Promise.reject(new ChatError('busy'));
    return new Promise((resolve, reject) => {
      this.#open.set(command.id, { command, resolve, reject });
      this.#send(command);
    });
  }

  /** On a new line. */
  resume(): void {
    for (const { command } of this.#open.values()) this.#send(command);
  }

  /** @returns whether the event answered one of these. */
  settle(event: EventOf<'accepted' | 'rejected'>): boolean {
    const request = event.commandId === undefined ? undefined : this.#open.get(event.commandId);
    if (request === undefined) return false;
    if (event.type === 'accepted') {
      this.#end(request);
      request.resolve(event);
      return true;
    }
    const { error } = event;
    if (error.retry === 'same') return true; // `resume` sends it again
    if (error.retry === 'after') {
      request.timer?.cancel();
      request.timer = this.#environment.clock.after(error.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, () => {
        this.#send(request.command);
      });
      return true;
    }
    this.#end(request);
    request.reject(ChatError.fromBody(error));
    return true;
  }

  /** Ends all of them with `error`. */
  clear(error: ChatError): void {
    for (const request of this.#open.values()) {
      this.#end(request);
      request.reject(error);
    }
  }

  #end(request: Request): void {
    request.timer?.cancel();
    this.#open.delete(request.command.id);
  }
}
