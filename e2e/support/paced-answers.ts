/** Answers of the scripted upstream that go on when the test says so: `[[words:6]]` in a question that no other test asks. */
import { expect } from 'vitest';
import type { UpstreamRequest } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import type { UpstreamProcess } from './processes.ts';

type Request = Pick<UpstreamRequest, 'question' | 'state'>;

/** All that the upstream was asked with this question, in order. */
export async function requestsOf({ origin }: UpstreamProcess, asked: string): Promise<Request[]> {
  const response = await fetch(`${origin}/control/requests`);
  const requests = (await response.json()) as Request[]; // as upstream.ts declares
  return requests.filter(({ question }) => question === asked);
}

/** Resolves when the newest request with this question is in the state. */
export async function isAt(upstream: UpstreamProcess, asked: string, state: Request['state']): Promise<void> {
  const newest = async () => (await requestsOf(upstream, asked)).at(-1)?.state;
  await expect.poll(newest, { timeout: 10_000 }).toBe(state);
}

/** The next words of the answer, once it waits for them. */
export async function say(upstream: UpstreamProcess, asked: string, count: number): Promise<void> {
  await isAt(upstream, asked, 'gated');
  await fetch(`${upstream.origin}/control/release?count=${count}`, { method: 'POST' });
}
