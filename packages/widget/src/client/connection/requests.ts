/** Sends commands that need a reply: with the same id on every new connection until the gateway accepts or rejects them. */
import { ChatError, type Command, type CommandId, type EventOf, type Timer } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';

/** The gateway's acceptance of a command. */
export type Accepted = EventOf<'accepted'>;

/** The delay in milliseconds when a rejection says `after` without a time. */
export const DEFAULT_RETRY_AFTER_MS = 2000;
/** More open requests than a visitor can cause; beyond it something loops. */
const MAX_REQUESTS = 100;

interface Request {
  command: Command;
  timer?: Timer;
  resolve(accepted: Accepted): void;
  reject(error: ChatError): void;
}

/** The open requests of one chat, except messages, which are in the outbox. */
export class Requests {
  readonly #environment: Environment;
  readonly #send: (command: Command) => void;
  readonly #open = new Map<CommandId, Request>();

  /** @param send does nothing while there is no connection */
  constructor(environment: Environment, send: (command: Command) => void) {
    this.#environment = environment;
    this.#send = send;
  }

  /**
   * Sends a command and resolves with its acceptance.
   * @throws {ChatError} the rejection; busy: too many open requests; interrupted: the chat was closed
   */
  ask(command: Command): Promise<Accepted> {
    if (this.#open.size >= MAX_REQUESTS) return Promise.reject(new ChatError('busy'));
    return new Promise((resolve, reject) => {
      this.#open.set(command.id, { command, resolve, reject });
      this.#send(command);
    });
  }

  /** Sends all open requests again, on a new connection. */
  resume(): void {
    for (const { command } of this.#open.values()) this.#send(command);
  }

  /** Handles a reply. @returns whether it belongs to one of these requests */
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

  /** Rejects all open requests with `error`. */
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
