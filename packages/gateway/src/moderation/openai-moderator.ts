/** The moderator that asks a service with OpenAI's moderation endpoint. */
import type { RandomBytes } from '@rivulet/protocol';
import * as v from 'valibot';
import { type Clock, randomBytes, systemClock } from '../base/index.ts';
import { apiKeyProblem, baseUrlProblem } from '../providers/base-url.ts';
import { createUpstreamFetch } from '../providers/upstream-fetch.ts';
import { proxyFor, type UpstreamProxy } from '../providers/upstream-proxy.ts';
import { createModerator, type ModerationWindow, type Verdict } from './check-function.ts';
import { askWithRetries } from './moderation-request.ts';
import type { Moderator } from './moderator.ts';
import { piecesOf } from './pieces.ts';

/** Options of `createOpenAiModerator`. */
export interface OpenAiModeratorOptions {
  apiKey: string;
  /** Including `/v1`. The key is sent to this host only: redirects are not followed. Default: OpenAI's API. */
  baseUrl?: string | undefined;
  /** Default: `omni-moderation-latest`. */
  model?: string | undefined;
  /** The name in logs and metrics. Default: `openai`. */
  name?: string | undefined;
  /** How much of an answer is held back until it is checked. */
  window?: ModerationWindow | undefined;
  /** A check that takes longer, with its retries, has failed. In milliseconds. Default: 10,000. */
  timeoutMs?: number | undefined;
  /** The proxies through which the service is called. Default: none; only the executable reads them from the environment. */
  proxy?: UpstreamProxy | undefined;
  /** Replaces the HTTP client. Default: undici. */
  fetch?: typeof globalThis.fetch;
  /** Default: the system clock. */
  clock?: Clock;
  /** The source of the random part of waits. Default: that of `node:crypto`. */
  random?: RandomBytes;
}

/** Where the moderation endpoint is when `baseUrl` is not set. */
const OPENAI_BASE_URL = 'https://api.openai.com/v1';
const DEFAULT_MODEL = 'omni-moderation-latest';
/** Well below what the model reads of one input. A phrase at the end of a piece is repeated in the next one. */
const PIECE_SIZES = { maxChars: 10_000, overlapChars: 200 };
const MAX_PIECES_PER_REQUEST = 32;

const AnswerSchema = v.object({
  results: v.array(
    v.object({
      flagged: v.boolean(),
      categories: v.optional(v.record(v.string(), v.unknown()), {}),
    }),
  ),
});

/**
 * Creates a moderator that asks `/moderations` of a service. A failed request is repeated at most twice, as those of the model are.
 * @throws {TypeError} when `baseUrl` or the proxy for it is not a URL, the URL ends in the path of a request or has a query, or the
 *   key is in quotes
 */
export function createOpenAiModerator(options: OpenAiModeratorOptions): Moderator {
  const { apiKey, baseUrl = OPENAI_BASE_URL, model = DEFAULT_MODEL, name = 'openai', proxy } = options;
  const { clock = systemClock, random = randomBytes, window, timeoutMs } = options;
  const problem = apiKeyProblem(apiKey) ?? baseUrlProblem(baseUrl);
  if (problem !== undefined) throw new TypeError(problem);
  const http = createUpstreamFetch(options.fetch, proxyFor(baseUrl, proxy));
  const url = `${baseUrl.replace(/\/+$/, '')}/moderations`;
  const ask = async (pieces: readonly string[], signal: AbortSignal): Promise<Verdict> => {
    const body = { model, input: pieces.length === 1 ? pieces[0] : pieces };
    const request = { url, apiKey, model, body: JSON.stringify(body) };
    const answer = v.safeParse(AnswerSchema, await askWithRetries({ http, clock, random }, request, signal));
    if (!answer.success || answer.output.results.length !== pieces.length)
      throw new TypeError('the moderation service answered something else than a result for each input');
    const flagged = answer.output.results.filter((result) => result.flagged);
    return { isBlocked: flagged.length > 0, category: categoriesOf(flagged) };
  };
  return createModerator({
    ...{ name, window, timeoutMs, clock },
    secrets: () => [apiKey, URL.parse(proxyFor(baseUrl, proxy)?.href ?? '')?.password ?? ''],
    async check(text, _subject, signal) {
      const pieces = piecesOf(text, PIECE_SIZES);
      for (let from = 0; from < pieces.length; from += MAX_PIECES_PER_REQUEST) {
        const verdict = await ask(pieces.slice(from, from + MAX_PIECES_PER_REQUEST), signal);
        if (verdict.isBlocked) return verdict;
      }
      return { isBlocked: false };
    },
  });
}

/** The names of what was found, such as `harassment`. A service may answer anything: only what looks like a name is logged. */
function categoriesOf(flagged: readonly { categories: Readonly<Record<string, unknown>> }[]): string {
  const names = flagged.flatMap(({ categories }) =>
    Object.keys(categories).filter((name) => categories[name] === true && /^[\w/-]{1,40}$/.test(name)),
  );
  return names.length === 0 ? 'flagged' : [...new Set(names)].sort().join(' ');
}
