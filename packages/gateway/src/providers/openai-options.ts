/** The options that the providers of both APIs of OpenAI have, and what is read from them. */
import type { Clock } from '../base/index.ts';
import type { RefusedKey } from './api-keys.ts';
import { apiKeyProblem, baseUrlProblem } from './base-url.ts';
import { secretHeadersOf, type RequestSettings } from './request-settings.ts';
import type { RefusedRole } from './system-roles.ts';
import type { UpstreamProxy } from './upstream-proxy.ts';

/** How an upstream with one of OpenAI's APIs is called. */
export interface OpenAiUpstreamOptions {
  /** One key, or several that requests use in turn. A key that the upstream refuses rests, and another one is tried at once. */
  apiKey: string | readonly string[];
  /** Including `/v1`. The key is sent to this host only: redirects are not followed. Default: OpenAI's API. */
  baseUrl?: string;
  /** Used when a request names no model. */
  model: string;
  /**
   * The name in logs and metrics, for one of several providers. Those with the same host and model but different names have circuit
   * breakers and limits of their own. Default: that of the adapter, `openai` or `openai-responses`.
   */
  name?: string | undefined;
  /** How many requests the upstream answers at once, for each of its models; others wait. Default: `limits.maxUpstreamRequests`. */
  maxRequests?: number | undefined;
  /** The settings of every request, which those of a request replace one by one. Default: those of the upstream. */
  request?: RequestSettings;
  /** Called when the upstream refuses one of several keys, with its place in the list. */
  onKeyRefused?: (refused: RefusedKey) => void;
  /**
   * Called when a model refuses the role of the system prompt. The request is repeated at once with the prompt in another role, which
   * is used for an hour.
   */
  onSystemRoleRefused?: (refused: RefusedRole) => void;
  /**
   * `auto`: reasoning that the model writes into its answer between tags, such as `<think>`, becomes reasoning. `off`: it stays
   * text, for models that are asked to write such tags. Default: `auto`.
   */
  thinkTags?: 'auto' | 'off';
  /** The proxies through which the upstream is called. Default: none; only the executable reads them from the environment. */
  proxy?: UpstreamProxy | undefined;
  /** Replaces the HTTP client, for example with the global fetch for a test; it costs more CPU. Default: undici. */
  fetch?: typeof globalThis.fetch;
  /** Default: the system clock. */
  clock?: Clock;
}

/** The upstream of a provider that is given none. */
export const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** @throws {TypeError} when the base URL or a key cannot be used */
export function checkOptions({ apiKey, baseUrl }: OpenAiUpstreamOptions): void {
  const [keyProblem] = [apiKey].flat().flatMap((key) => apiKeyProblem(key) ?? []);
  const problem = keyProblem ?? (baseUrl === undefined ? undefined : baseUrlProblem(baseUrl));
  if (problem !== undefined) throw new TypeError(problem);
}

/** The keys, and the values of further headers that are keys by their names. */
export function secretsOf({ apiKey, request, proxy }: OpenAiUpstreamOptions): string[] {
  const passwords = [proxy?.http, proxy?.https].map((url) => URL.parse(url ?? '')?.password ?? '');
  return [...[apiKey].flat(), ...secretHeadersOf(request), ...passwords];
}
