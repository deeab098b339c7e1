import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream, type UpstreamRequest } from './upstream.ts';

const body = (question: string, model = 'm') =>
  JSON.stringify({ model, messages: [{ role: 'user', content: question }], stream: true });
const post = (origin: string, question: string, init: RequestInit = {}) =>
  fetch(`${origin}/v1/chat/completions`, { method: 'POST', body: body(question), ...init });

describe('the scripted upstream', () => {
  let upstream: Upstream;
  beforeEach(async () => {
    upstream = await startUpstream();
  });
  afterEach(() => upstream.close());

  const control = async (path: string, method = 'GET') => {
    const response = await fetch(`${upstream.origin}/control/${path}`, { method });
    return (await response.json()) as UpstreamRequest[]; // the type that the server sends
  };

  it('echoes the question as a stream that ends with [DONE]', async () => {
    const response = await post(upstream.origin, 'Why?');
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(text).toMatch(
      /^data: \{.*"delta":\{"content":"You"\}.*\n\n[^]*"finish_reason":"stop"[^]*data: \[DONE\]\n\n$/,
    );
  });

  it('chooses the scene by the question, else by the model', async () => {
    await post(upstream.origin, 'Hello [[500]]');
    await post(upstream.origin, 'Hello', { body: body('Hello', '[[503]]') });
    await post(upstream.origin, 'Hello [[constructor]]');
    expect((await upstream.waitFor({ state: 'answered', count: 3 })).map(({ scene }) => scene)).toEqual([
      '500',
      '503',
      'constructor',
    ]);
  });

  it('is controlled over HTTP: a client can wait for a state and release a request', async () => {
    const response = await post(upstream.origin, '[[hang-mid]]');
    const [gated] = await control('requests?state=gated');
    expect(gated).toMatchObject({ scene: 'hang-mid', question: '[[hang-mid]]' });
    await control('release', 'POST');
    expect(await response.text()).toContain('[DONE]');
    expect(await control('requests?state=answered')).toHaveLength(1);
  });

  it('sends one delta of `slow` for each release, and ignores a release before the request', async () => {
    upstream.release(1); // no effect: there is no request yet
    const response = await post(upstream.origin, '[[slow:2]]');
    const reader = response.body!.getReader();
    await upstream.waitFor({ state: 'gated' });
    upstream.release(1);
    await upstream.waitFor({ state: 'gated' });
    await reader.cancel();
    const [request] = await upstream.waitFor({ state: 'client-closed' });
    expect(request?.endedAtMs).toBeGreaterThanOrEqual(request?.receivedAtMs ?? Infinity);
  });

  it('keeps the state `client-closed`, regardless of the next steps of the scene', async () => {
    const response = await post(upstream.origin, '[[words:3]]');
    await upstream.waitFor({ state: 'gated' });
    await response.body?.cancel();
    await upstream.waitFor({ state: 'client-closed' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(upstream.requests[0]?.state).toBe('client-closed');
  });

  it('resets the connection when the scene does', async () => {
    await expect(post(upstream.origin, '[[reset-headers]]')).rejects.toThrow('fetch failed');
    expect(await control('requests?state=reset')).toHaveLength(1);
  });

  it('may be closed twice, also while requests are pending', async () => {
    const response = await post(upstream.origin, '[[hang-mid]]');
    await upstream.close();
    await upstream.close();
    await expect(response.text()).rejects.toThrow();
  });
});

describe('the scripted upstream as a process', () => {
  it('prints its URL, answers requests, and ends with its standard input', async () => {
    const main = fileURLToPath(new URL('upstream-main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, '--end-with-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const { url, origin } = JSON.parse(line) as { url: string; origin: string };
    expect(url).toBe(`${origin}/v1`);
    expect(await (await post(origin, 'Hi')).text()).toContain('[DONE]');
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
  });
});
