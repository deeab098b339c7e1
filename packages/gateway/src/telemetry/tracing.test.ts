/** Traces of whole gateways, with the SDK of OpenTelemetry, which keeps the spans in memory. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { randomBytes, silentLogger, type Logger } from '../base/index.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { createOpenAiProvider } from '../providers/openai.ts';
import { refOf } from '../runs/run-ref.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { ATTRIBUTES, CONTENT_ATTRIBUTES, EVENTS } from './semantic-conventions.ts';

const QUESTION = 'where-is-the-parcel';
const ANSWER = 'it-is-on-its-way';
const OUTPUT = 'order-4711-was-sent';
const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
});
afterAll(() => {
  for (const each of [trace, context, propagation]) each.disable();
});

let upstream: Server;
let seen: IncomingHttpHeaders[];
/** The answers of the upstream, in turn; a number is a status. */
let answers: (object | number)[];
let started: StartedGateway | undefined;
beforeEach(async () => {
  exporter.reset();
  [seen, answers] = [[], []];
  upstream = createServer((request, response) => {
    seen.push(request.headers);
    const answer = answers.shift() ?? { content: ANSWER };
    if (typeof answer === 'number') {
      response.writeHead(answer).end('{}');
      return;
    }
    const reason = 'tool_calls' in answer ? 'tool_calls' : 'stop';
    const chunks = [
      { choices: [{ index: 0, delta: answer, finish_reason: null }] },
      { choices: [{ index: 0, delta: {}, finish_reason: reason }] },
      { choices: [], usage: { prompt_tokens: 12, completion_tokens: 3 } },
    ];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await started?.stop();
  started = undefined;
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const port = () => (upstream.address() as AddressInfo).port; // a TCP server has this kind of address
async function start(options: Partial<GatewayOptions> = {}): Promise<void> {
  const baseUrl = `http://127.0.0.1:${port()}/v1`;
  started = await startGateway({
    provider: createOpenAiProvider({ apiKey: 'k', model: 'm-1', baseUrl }),
    ...options,
  });
}

/** Asks, and waits for the end of the run and of its span. */
async function ask() {
  const conversationId = mintConversationId(randomBytes);
  const client = await ProtocolClient.connect(started?.url ?? '');
  await client.answer(
    client.send({
      ...{ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes) },
      parts: [{ type: 'text', text: QUESTION }],
    }),
  );
  const { runId } = await client.received('run-finished');
  await vi.waitFor(() => {
    expect(exporter.getFinishedSpans().some(({ name }) => name.startsWith('invoke_agent'))).toBe(true);
  });
  return { conversationId, runId };
}

const span = (name: string) => {
  const found = exporter.getFinishedSpans().find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no span ${name}.`);
  return found;
};
const CALL = {
  tool_calls: [{ index: 0, id: 'x', function: { name: 'find_order', arguments: '{"id":4711}' } }],
};
const SITES: GatewayOptions['sites'] = [
  {
    ...{ id: 'demo', origins: ['*'] },
    tools: [
      {
        ...{ name: 'find_order', description: 'Finds an order', parameters: { type: 'object' } },
        handler: () => {
          trace.getTracer('of the tool').startSpan('in the tool').end();
          return OUTPUT;
        },
      },
    ],
  },
];

it('a run is one trace: its acceptance, each request, each tool call, and what a tool does, within the run', async () => {
  answers = [CALL];
  await start({ sites: SITES });
  const { conversationId, runId } = await ask();
  const run = span('invoke_agent demo');
  const requests = exporter.getFinishedSpans().filter(({ name }) => name === 'chat m-1');
  const tool = span('execute_tool find_order');
  expect(requests).toHaveLength(2);
  for (const child of [span('rivulet.accept'), ...requests, tool])
    expect(child.parentSpanContext?.spanId).toBe(run.spanContext().spanId);
  expect(span('in the tool').parentSpanContext?.spanId).toBe(tool.spanContext().spanId);
  expect(run.parentSpanContext).toBeUndefined();
  expect(run.attributes).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'demo',
    'gen_ai.conversation.id': conversationId,
    'gen_ai.usage.input_tokens': 24,
    'gen_ai.usage.output_tokens': 6,
    'rivulet.run.id': runId,
    'rivulet.ref': refOf(runId),
    'rivulet.run.reason': 'stop',
    'rivulet.run.attempt': 1,
  });
  expect(run.events.map(({ name }) => name)).toEqual([EVENTS.begun, EVENTS.firstDelta]);
});

it('a request has the names of the semantic conventions, and a tool call too', async () => {
  answers = [CALL];
  await start({ sites: SITES });
  await ask();
  const [request] = exporter.getFinishedSpans().filter(({ name }) => name === 'chat m-1');
  expect(request?.kind).toBe(SpanKind.CLIENT);
  expect(request?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'm-1',
    'gen_ai.response.finish_reasons': ['tool'],
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
    'server.address': '127.0.0.1',
    'server.port': port(),
    'rivulet.upstream': `127.0.0.1:${port()} m-1`,
  });
  expect(request?.events.map(({ name }) => name)).toEqual([EVENTS.firstDelta]);
  expect(span('execute_tool find_order').attributes).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'find_order',
    'gen_ai.tool.type': 'function',
  });
});

it('each attempt of a request is a span, and a failure has its code and no words', async () => {
  answers = [503, 503];
  await start({ limits: { maxUpstreamRetries: 1, upstreamRetryMs: 60_000 } });
  await ask();
  const requests = exporter.getFinishedSpans().filter(({ name }) => name === 'chat m-1');
  expect(requests.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.ERROR]);
  const run = exporter.getFinishedSpans().at(-1);
  expect(run?.attributes[ATTRIBUTES.errorType]).toBe('upstream-overloaded');
  expect([run?.status.message, run?.attributes[ATTRIBUTES.reason]]).toEqual(['upstream-overloaded', 'error']);
});

it('no span has anything that was written, unless it is switched on, which the log says at the start', async () => {
  for (const content of [undefined, true]) {
    exporter.reset();
    answers = [CALL];
    const logger = { ...silentLogger, info: vi.fn<Logger['info']>(), warn: vi.fn<Logger['warn']>() };
    await start({ sites: SITES, logger, ...(content === undefined ? {} : { tracing: { content } }) });
    await ask();
    const all = JSON.stringify(
      exporter.getFinishedSpans().map(({ name, attributes, events }) => ({ name, attributes, events })),
    );
    for (const text of [QUESTION, ANSWER, OUTPUT]) expect(all.includes(text)).toBe(content === true);
    for (const name of Object.values(CONTENT_ATTRIBUTES)) expect(all.includes(name)).toBe(content === true);
    const lines = [...logger.info.mock.calls, ...logger.warn.mock.calls].filter(([, line]) =>
      line.startsWith('traces are recorded'),
    );
    expect(lines).toEqual([
      [
        { content: content === true, upstream: false, incoming: 'link' },
        expect.stringContaining(content === true ? 'with what visitors' : 'without what visitors') as string,
      ],
    ]);
    await started?.stop();
  }
});

it('the upstream is told of the trace only when it is switched on, and of no baggage', async () => {
  await start();
  await ask();
  await started?.stop();
  exporter.reset();
  await start({ tracing: { upstream: true } });
  await ask();
  const { spanId, traceId } = span('chat m-1').spanContext();
  expect(seen.map(({ traceparent }) => traceparent)).toEqual([undefined, `00-${traceId}-${spanId}-01`]);
  expect(seen.map(({ baggage }) => baggage)).toEqual([undefined, undefined]);
});

const TRACE_OF_PARENT = '0af7651916cd43dd8448eb211c80319c';
/** What the run belongs to that has ended, and the traces that it has a link to. */
async function endedRun() {
  await vi.waitFor(() => {
    expect(exporter.getFinishedSpans().at(-1)?.name).toBe('invoke_agent demo');
  });
  const { parentSpanContext, links } = span('invoke_agent demo');
  return { parent: parentSpanContext?.spanId, links: links.map(({ context }) => context.traceId) };
}

it.each([
  ['link', undefined, 1],
  ['parent', 'b7ad6b7169203331', 0],
  ['ignore', undefined, 0],
] as const)('the traceparent of a server that sends a message: %s', async (incoming, parent, links) => {
  await start({ tracing: { incoming } });
  const url = `${started?.url ?? ''}/v1/conversations/${mintConversationId(randomBytes)}/messages`;
  await fetch(url, {
    ...{ method: 'POST', headers: { traceparent: PARENT }, body: JSON.stringify({ text: QUESTION }) },
  });
  expect(await endedRun()).toEqual({ parent, links: Array.from({ length: links }, () => TRACE_OF_PARENT) });
});

it.each([
  ['link', PARENT, 1],
  ['parent', PARENT, 1],
  ['ignore', PARENT, 0],
  ['link', 'no traceparent', 0],
  ['link', `${PARENT}\r\nx: y`, 0],
] as const)(
  'the traceparent of a page over a WebSocket is a link at most: %s, %j',
  async (incoming, traceparent, links) => {
    await start({ tracing: { incoming } });
    const client = await ProtocolClient.connect(started?.url ?? '');
    client.send({
      ...{ type: 'send-message', conversationId: mintConversationId(randomBytes), traceparent },
      ...{ messageId: mintMessageId(randomBytes), parts: [{ type: 'text', text: QUESTION }] },
    });
    await client.received('run-finished');
    expect(await endedRun()).toEqual({ links: Array.from({ length: links }, () => TRACE_OF_PARENT) });
  },
);

it('nothing is recorded when it is off', async () => {
  await start({ tracing: { record: 'off' } });
  const client = await ProtocolClient.connect(started?.url ?? '');
  client.send({
    ...{ type: 'send-message', conversationId: mintConversationId(randomBytes) },
    ...{ messageId: mintMessageId(randomBytes), parts: [{ type: 'text', text: QUESTION }] },
  });
  await client.received('run-finished');
  expect(exporter.getFinishedSpans()).toEqual([]);
});
