/**
 * Controls answers of the scripted upstream that stop at gates until the test releases them, e.g. `[[words:6]]`. Requests are
 * found by their question, so each test must ask a question that no other test asks.
 */
import { expect } from 'vitest';
import type { UpstreamRequest } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import type { UpstreamProcess } from './processes.ts';

/** What the upstream reports about a request. */
type Request = Pick<UpstreamRequest, 'question' | 'state'>;

/** Returns the requests that the upstream received with this question, in order. */
export async function requestsWithQuestion(
  { origin }: UpstreamProcess,
  question: string,
): Promise<Request[]> {
  const response = await fetch(`${origin}/control/requests`);
  const requests = (await response.json()) as Request[]; // as upstream.ts declares
  return requests.filter((request) => request.question === question);
}

/** Resolves when the newest request with this question is in the state. Fails after 10 s. */
export async function waitForRequestState(
  upstream: UpstreamProcess,
  question: string,
  state: Request['state'],
): Promise<void> {
  const newest = async () => (await requestsWithQuestion(upstream, question)).at(-1)?.state;
  await expect.poll(newest, { timeout: 10_000 }).toBe(state);
}

/** Waits until the answer is at a gate, and then lets it write the next `count` words. */
export async function releaseWords(
  upstream: UpstreamProcess,
  question: string,
  count: number,
): Promise<void> {
  await waitForRequestState(upstream, question, 'gated');
  await fetch(`${upstream.origin}/control/release?count=${count}`, { method: 'POST' });
}
