/** What one upstream is given back of the model's own messages and calls, in whatever format. Pure. */
import { createHash } from 'node:crypto';
import type { ProviderMessage } from './provider.ts';

/** A message of the model. */
export type AssistantMessage = Extract<ProviderMessage, { role: 'assistant' }>;

/** The upstream that a request is sent to. */
export interface RoundsTarget {
  /** Metadata of other origins is left out. */
  origin: string;
  model: string;
  /** Whether the model may call tools. */
  hasTools: boolean;
}

/** Any upstream: nothing that one of them attached to its answers is sent. */
export const ANY_UPSTREAM: RoundsTarget = { origin: '', model: '', hasTools: false };

/** Models that accept only calls with an id of nine letters and digits, also when the upstream itself gave another one. */
const MISTRAL = /mistral|mixtral|magistral|ministral|devstral|codestral|pixtral|voxtral/i;
const STRICT_ID = /^[A-Za-z0-9]{9}$/;
/** OpenAI accepts at most 40 characters in chat completions, Anthropic only these. */
const USUAL_ID = /^[\w.:-]{1,40}$/;
/** Ids that mean something: Kimi reads the name of the tool from it, and LiteLLM keeps a signature in it. */
const MEANINGFUL_ID = /^functions\.[\w-]+:\d+$|__thought__/;
/** What OpenAI accepts as a name of a function. */
const NOT_IN_A_NAME = /[^\w-]/g;
const MAX_NAME_CHARS = 64;
const STRICT_ID_CHARS = 9;

/** The message without what another upstream attached to it. */
export function ownOf(message: AssistantMessage, { origin }: Pick<RoundsTarget, 'origin'>): AssistantMessage {
  if (message.metadata?.origin === origin) return message;
  const { metadata: _metadata, reasoning: _reasoning, ...rest } = message;
  return rest;
}

/**
 * The ids of the calls for the upstream: its own one where that is usable and no earlier call has it, because some upstreams number
 * the calls of each answer from 0; else the gateway's.
 * @param messages without what other upstreams attached to them
 */
export function callIdsOf(messages: readonly AssistantMessage[], model: string): ReadonlyMap<string, string> {
  const isUsable = (id: string) =>
    MISTRAL.test(model) ? STRICT_ID.test(id) : USUAL_ID.test(id) || MEANINGFUL_ID.test(id);
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const { calls = [], metadata } of messages) {
    const given = new Map(metadata?.calls?.map(({ callId, upstreamId }) => [callId, upstreamId]));
    for (const { callId } of calls) {
      const candidates = [given.get(callId) ?? '', callId, shortIdOf(callId)];
      const id = candidates.find((one) => isUsable(one) && !taken.has(one)) ?? callId;
      taken.add(id);
      ids.set(callId, id);
    }
  }
  return ids;
}

/** An id that every upstream accepts, for calls that an older gateway or another provider named. */
const shortIdOf = (callId: string): string =>
  createHash('sha256').update(callId).digest('hex').slice(0, STRICT_ID_CHARS);

/** The name of a call as upstreams accept it: a model may call a tool that does not exist, under any name. */
export const sentNameOf = (name: string): string =>
  name.replaceAll(NOT_IN_A_NAME, '_').slice(0, MAX_NAME_CHARS) || '_';
