/** Responses in background mode, as the responses API has them: they go on without a connection, and can be read again from any event. */
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The responses of one upstream. */
export interface BackgroundResponses {
  /** Begins a response. @returns what it is written to in place of the connection, which may be lost */
  begin(id: string, connection: ServerResponse): ServerResponse;
  /** Answers `GET /responses/ID` and `POST /responses/ID/cancel`. @returns false when the path is another one */
  handle(path: URL, incoming: IncomingMessage, response: ServerResponse): boolean;
  /** Forgets all of them, as the service does some minutes after their end. */
  forget(): void;
}

/** Creates those of one upstream. */
export function createBackgroundResponses(): BackgroundResponses {
  const sinks = new Map<string, Sink>();
  return {
    begin(id, connection) {
      const sink = new Sink();
      sinks.set(id, sink);
      sink.attach(connection, -1);
      return sink as unknown as ServerResponse; // it has what the scenes use
    },
    handle({ pathname, searchParams }, { method }, response) {
      const [, id = '', action] = /\/responses\/([^/]+)(\/cancel)?$/.exec(pathname) ?? [];
      if (id === '') return false;
      const sink = sinks.get(id);
      if (sink === undefined) json(response, 404, { error: { message: `Response ${id} not found.` } });
      else if (method === 'POST' && action !== undefined) {
        sink.destroy();
        json(response, 200, { id, object: 'response', status: 'cancelled' });
      } else if (searchParams.get('stream') === 'true')
        sink.attach(response, Number(searchParams.get('starting_after') ?? -1));
      else
        json(response, 200, {
          id,
          object: 'response',
          status: sink.status,
        });
      return true;
    },
    forget() {
      sinks.clear();
    },
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The part of a server's response that scenes write to. */
class Sink extends EventEmitter {
  headersSent = false;
  writableFinished = false;
  readonly #events: string[] = [];
  readonly #readers = new Set<ServerResponse>();
  #isClosed = false;

  writeHead(): { flushHeaders(): void } {
    this.headersSent = true;
    return { flushHeaders: () => undefined };
  }

  write(text: string): boolean {
    const events = text.split(/(?<=\n\n)/).filter((event) => event !== '');
    this.#events.push(...events);
    for (const reader of this.#readers) reader.write(text);
    return true;
  }

  end(): void {
    if (this.#isClosed) return; // it was cancelled
    this.writableFinished = true;
    this.#close();
  }

  /** As the API names it. */
  get status(): 'in_progress' | 'completed' | 'cancelled' {
    if (!this.#isClosed) return 'in_progress';
    return this.writableFinished ? 'completed' : 'cancelled';
  }

  /** Nothing more is written. */
  destroy(): void {
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const reader of this.#readers) reader.end();
    this.emit('close');
  }

  /** Sends the events after one of them, and those that follow. They are numbered from 0. */
  attach(reader: ServerResponse, after: number): void {
    reader.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders();
    for (const event of this.#events.slice(after + 1)) reader.write(event);
    if (this.#isClosed) {
      reader.end();
      return;
    }
    this.#readers.add(reader);
    reader.once('close', () => this.#readers.delete(reader));
  }
}
