/** The model API of the benchmark, as a process: it responds to chat completions with stamped deltas at an exact rate. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nowNs, stamp, type AnswerPlan } from './stamp.ts';

interface Answer {
  response: ServerResponse;
  plan: AnswerPlan;
  /** The index of the next delta. */
  next: number;
  /** From when on deltas are due at the rate of the plan: when the first one was written, and `pauseMs` later. */
  startedNs: number;
}

const TICK_MS = 1;
const NS_PER_SECOND = 1e9;
const NS_PER_MS = 1e6;
/** The number of deltas in one write of an answer without a rate. */
const BURST_SLICE = 64;
const paced = new Set<Answer>();

const chunkOf = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'bench',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;

const END = `${chunkOf({}, 'stop')}data: ${JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'bench',
  choices: [],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})}\n\ndata: [DONE]\n\n`;

/** The parts of a chunk before and after the text of its delta. A stamp needs no escaping in JSON. */
const [BEFORE = '', AFTER = ''] = chunkOf({ content: 'TEXT' }).split('TEXT');

/**
 * Writes the next deltas of an answer, and its end after the last delta.
 * @returns whether more can be written without waiting for `drain`
 */
function writeDeltas(answer: Answer, count: number): boolean {
  const { deltas, padding = 0 } = answer.plan;
  const end = Math.min(answer.next + count, deltas);
  const atNs = nowNs();
  const rest = 'x'.repeat(padding) + AFTER;
  let text = '';
  for (; answer.next < end; answer.next += 1) text += BEFORE + stamp(answer.next, atNs) + rest;
  const takesMore = answer.response.write(text);
  if (end < deltas) return takesMore;
  paced.delete(answer);
  answer.response.end(END);
  return false;
}

/** Writes all deltas that are due. The rate is counted from the first delta, so that a late tick does not slow the answer down. */
function tick(): void {
  const now = nowNs();
  for (const answer of paced) {
    const due = 1 + ((now - answer.startedNs) / NS_PER_SECOND) * answer.plan.perSecond;
    while (answer.next < due && answer.next < answer.plan.deltas) writeDeltas(answer, 1);
  }
}

function writeBurst(answer: Answer): void {
  const takesMore = writeDeltas(answer, BURST_SLICE);
  if (answer.next >= answer.plan.deltas) return;
  if (takesMore) setImmediate(writeBurst, answer);
  else
    answer.response.once('drain', () => {
      writeBurst(answer);
    });
}

async function readPlan(request: IncomingMessage): Promise<AnswerPlan> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const { messages } = JSON.parse(body) as { messages: { content: string }[] };
  return JSON.parse(messages.at(-1)?.content ?? '{}') as AnswerPlan;
}

const server = createServer((request, response) => {
  void readPlan(request).then((plan) => {
    response.socket?.setNoDelay(true);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    const startedNs = nowNs() + (plan.pauseMs ?? 0) * NS_PER_MS;
    const answer: Answer = { response, plan, next: 0, startedNs };
    response.once('close', () => paced.delete(answer));
    if (plan.perSecond === 0) {
      writeBurst(answer);
      return;
    }
    paced.add(answer);
    writeDeltas(answer, 1);
  });
});
setInterval(tick, TICK_MS);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
