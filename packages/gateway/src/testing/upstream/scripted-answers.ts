/** An upstream that answers each request with the next step of a script: for tests of failures that differ from call to call. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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
      play(steps[Math.min(bodies.length, steps.length) - 1] ?? { kind: 'silence' }, response);
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

function play(step: AnswerStep, response: ServerResponse): void {
  switch (step.kind) {
    case 'text':
      startStream(response, 'role');
      response.write(chunkOf({ content: step.text }));
      response.end(`${chunkOf({}, 'stop')}data: [DONE]\n\n`);
      break;
    case 'status': {
      const { status, words = `status ${status}`, code = null, headers = {} } = step;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { message: words, type: null, code } }));
      break;
    }
    case 'break':
      startStream(response, step.after, () => response.socket?.resetAndDestroy());
      break;
    case 'error-in-stream':
      startStream(response, step.after);
      response.end(`data: ${JSON.stringify({ error: { message: 'failed', code: step.code } })}\n\n`);
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'silence':
  }
}

/** Sends the start of a stream. `onSent` is called when it has left this process. */
function startStream(
  response: ServerResponse,
  until: 'headers' | 'keep-alive' | 'role' | 'text',
  onSent: () => void = () => undefined,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const begun = {
    headers: '',
    'keep-alive': ': alive\n\n',
    role: chunkOf({ role: 'assistant', content: '' }),
    text: chunkOf({ content: BROKEN_TEXT }),
  }[until];
  response.write(begun === '' ? ':\n\n' : begun, onSent);
}

const chunkOf = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
