/** An upstream, by both APIs, that answers each request with the next step of a script: for tests of failures that differ from call to call. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dialectOf, type AnswerWriter } from './upstream-dialects.ts';

/** What the upstream does with one request. */
export type AnswerStep =
  /** A complete answer with this text. */
  | { kind: 'text'; text: string }
  /** A response with a status and the words of an error. */
  | { kind: 'status'; status: number; words?: string; code?: string; headers?: Record<string, string> }
  /** The start of an answer, and then the connection breaks: after the headers, a keep-alive, a role or some text. */
  | { kind: 'break'; after: 'headers' | 'keep-alive' | 'role' | 'text' }
  /** The start of an answer, and then an error within it. */
  | { kind: 'error-in-stream'; after: 'headers' | 'text'; code: number }
  /** The connection is reset before any response. */
  | { kind: 'reset' }
  /** No response until the client disconnects. */
  | { kind: 'silence' };

/** The text that an answer has before it breaks. */
export const BROKEN_TEXT = 'This answer breaks ';

/** A running upstream. */
export interface ScriptedAnswers {
  /** Its base URL. */
  url: string;
  /** The bodies of the requests, in the order of arrival. */
  bodies: readonly { model: string; messages: { role: string; content: unknown }[] }[];
  /** Resolves when there are this many requests. */
  whenAsked(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts an upstream on a free local port. After the last step it repeats that one. */
export async function startScriptedAnswers(...steps: AnswerStep[]): Promise<ScriptedAnswers> {
  const bodies: ScriptedAnswers['bodies'][number][] = [];
  const watchers = new Set<() => void>();
  const server = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
      bodies.push(JSON.parse(text) as (typeof bodies)[number]); // sent by the gateway under test
      for (const watcher of watchers) watcher();
      const step = steps[Math.min(bodies.length, steps.length) - 1] ?? { kind: 'silence' };
      const dialect = dialectOf(request.url ?? '');
      const writer = dialect.write({ id: bodies.length, model: 'm', usage: 'unwanted' });
      play(step, response, writer);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
  return {
    url: `http://127.0.0.1:${port}/v1`,
    bodies,
    whenAsked: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (bodies.length < count) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
      }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function play(step: AnswerStep, response: ServerResponse, writer: AnswerWriter): void {
  const begin = (until: Beginning, onSent?: () => void) => {
    startStream(response, { until, writer, onSent });
  };
  switch (step.kind) {
    case 'text':
      begin('role');
      response.write(writer.delta({ content: step.text }));
      response.end(`${writer.finishReason('stop')}${writer.end()}`);
      break;
    case 'status': {
      const { status, words = `status ${status}`, code = null, headers = {} } = step;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { message: words, type: null, code } }));
      break;
    }
    case 'break':
      begin(step.after, () => response.socket?.resetAndDestroy());
      break;
    case 'error-in-stream':
      begin(step.after);
      response.end(`data: ${JSON.stringify({ error: { message: 'failed', code: step.code } })}\n\n`);
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'silence':
  }
}

type Beginning = 'headers' | 'keep-alive' | 'role' | 'text';

interface StartOptions {
  until: Beginning;
  writer: AnswerWriter;
  /** Called when it has left this process. */
  onSent?: (() => void) | undefined;
}

/** Sends the start of a stream. */
function startStream(response: ServerResponse, { until, writer, onSent }: StartOptions): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const deltas = { role: { role: 'assistant', content: '' }, text: { content: BROKEN_TEXT } };
  const begun =
    until === 'role' || until === 'text'
      ? writer.delta(deltas[until])
      : { headers: ':\n\n', 'keep-alive': ': alive\n\n' }[until];
  response.write(begun, () => {
    onSent?.();
  });
}
