/** One request id through the gateway: what the visitor is shown, in each log line of the run, at the upstream, in the store and the console. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sha256 } from './admin/console-users.ts';
import { randomBytes, type Logger } from './base/index.ts';
import { createOpenAiProvider } from './providers/openai.ts';
import { refOf } from './runs/run-ref.ts';
import { createMemoryStore } from './stores/memory.ts';
import type { Store } from './stores/store.ts';
import { ProtocolClient } from './testing/protocol-client.ts';
import { startGateway, type StartedGateway } from './testing/start-gateway.ts';

const ANSWER = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;

let upstream: Server;
let status: number;
let seen: IncomingHttpHeaders[];
let lines: Record<string, unknown>[];
let started: StartedGateway;
let store: Store;

beforeEach(async () => {
  [status, seen, lines, store] = [200, [], [], createMemoryStore()];
  upstream = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(status, { 'content-type': 'text/event-stream', 'x-request-id': 'req_of_upstream' });
    response.end(status === 200 ? ANSWER : '{}');
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const add = (facts: object, sentence: string) => void lines.push({ ...facts, sentence });
  const logger: Logger = {
    ...{ trace: add, debug: add, info: add, warn: add, error: add, fatal: add },
    child: () => logger,
  };
  const { port } = upstream.address() as AddressInfo; // a TCP server has this kind of address
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  started = await startGateway({
    ...{ logger, store },
    adminUsers: [{ name: 'ann', role: 'viewer', tokenHash: sha256('the token of ann') }],
    provider: createOpenAiProvider({ apiKey: 'k', model: 'm', baseUrl }),
  });
});
afterEach(async () => {
  await started.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

async function ask() {
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  const client = await ProtocolClient.connect(started.url);
  await client.answer(
    client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello' }] }),
  );
  const { runId, error } = await client.received('run-finished');
  return { ...ids, runId, error };
}

it('is the ref that the visitor is shown, which finds the log lines, the request at the upstream and the stored run', async () => {
  status = 500;
  const { runId, error, conversationId } = await ask();
  const ref = error?.ref ?? '-';
  expect(ref).toBe(refOf(runId));
  expect(seen[0]).toMatchObject({ 'x-request-id': ref, 'x-client-request-id': ref });
  const ofRun = lines.filter((line) => line.runId === runId || line.sentence === 'run failed');
  expect(ofRun.length).toBeGreaterThan(0);
  expect(ofRun.every((line) => line.ref === ref)).toBe(true);
  expect(ofRun.find(({ sentence }) => sentence === 'run failed')).toMatchObject({
    cause: { requestId: 'req_of_upstream' },
  });
  const [, answer] = await store.readMessages(conversationId);
  expect(answer?.run).toMatchObject({ id: runId, error: { ref } });
});

it('finds the conversation in the console, also of a run that has succeeded', async () => {
  const { runId, conversationId } = await ask();
  await ask();
  const login = await fetch(`${started.url}/admin/api/login`, {
    ...{ method: 'POST', headers: { 'x-rivulet-console': '1' }, body: '{"token":"the token of ann"}' },
  });
  const headers = { cookie: login.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  const search = async (ref: string) => {
    const response = await fetch(`${started.url}/admin/api/conversations?ref=${ref}`, { headers });
    return ((await response.json()) as { conversations: { id: string }[] }).conversations.map(({ id }) => id);
  };
  expect(await search(refOf(runId))).toEqual([conversationId]);
  expect(await search('nothing-')).toEqual([]);
});

it('is in the end of the run in the log, beside the id that the upstream gave the request', async () => {
  const { runId } = await ask();
  const line = lines.find(({ sentence }) => sentence === 'run finished');
  expect(line).toMatchObject({ runId, ref: refOf(runId), upstreamRequestIds: ['req_of_upstream'] });
});

it('is in the response to a caller that asks over HTTP', async () => {
  const url = `${started.url}/v1/conversations/${mintConversationId(randomBytes)}/messages`;
  const response = await fetch(url, { method: 'POST', body: '{"text":"Hello"}' });
  const { run } = (await response.json()) as { run: { id: `r_${string}` } };
  expect(response.headers.get('x-request-id')).toBe(run.id.slice(2, 10));
  expect(seen[0]?.['x-request-id']).toBe(run.id.slice(2, 10));
});

it('gives way to a header that is configured', async () => {
  await started.stop();
  const { port } = upstream.address() as AddressInfo; // a TCP server has this kind of address
  const request = { extraHeaders: { 'X-Request-Id': 'own' } };
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  started = await startGateway({
    provider: createOpenAiProvider({ apiKey: 'k', model: 'm', baseUrl, request }),
  });
  await ask();
  expect(seen[0]?.['x-request-id']).toBe('own');
});
