/** The raw pipe as a target. Its server-sent events are read as text. */
import { Agent, request } from 'node:http';
import { startChild } from '../child.ts';
import type { Target, Visitor } from './target.ts';

/** Starts the relay that pipes bytes over HTTP. */
export async function startPipe(upstreamUrl: string): Promise<Target> {
  const child = await startChild(['bench/gateway/relays/pipe.ts'], { UPSTREAM_URL: upstreamUrl });
  const agent = new Agent({ keepAlive: true });
  return {
    name: 'pipe',
    child,
    hasIdleConnections: false, // each answer is one request
    connect: () => Promise.resolve(pipeVisitor(child.url, agent)),
    startAnother: () => startPipe(upstreamUrl),
    async close() {
      agent.destroy();
      await child.end();
    },
  };
}

function pipeVisitor(url: string, agent: Agent): Visitor {
  const abort = new AbortController();
  let pause: () => void = () => undefined;
  return {
    ask: (plan, onText) =>
      new Promise((resolve, reject) => {
        const call = request(url, { agent, method: 'POST', signal: abort.signal }, (answer) => {
          pause = () => void answer.pause();
          let rest = ''; // the beginning of a line that continues in the next chunk
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            const text = rest + chunk;
            const end = text.lastIndexOf('\n') + 1;
            rest = text.slice(end);
            onText(text.slice(0, end));
          });
          answer.once('end', resolve).once('error', reject);
        });
        call.once('error', reject);
        call.end(
          JSON.stringify({ stream: true, messages: [{ role: 'user', content: JSON.stringify(plan) }] }),
        );
      }),
    pause: () => {
      pause();
    },
    close: () => {
      abort.abort();
    },
  };
}
