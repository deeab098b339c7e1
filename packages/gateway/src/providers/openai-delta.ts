/** Finds the text and the reasoning in a choice of a chunk, under the names that upstreams give them. */
import type { AnswerShape } from './answer-shape.ts';
import { record, textOf } from './json-fields.ts';

/** Where relays and gateways of other makers put the completion within their own answer. */
const WRAPPERS = ['data', 'result', 'response', 'output'];

/** A chunk or a completion, also one that a relay has wrapped: `{"code":0,"data":{"choices":[…]}}`. */
export function unwrapped(value: unknown): unknown {
  const fields = record(value);
  if (Array.isArray(fields.choices)) return value;
  const inner = WRAPPERS.map((name) => fields[name]).find((one) => Array.isArray(record(one).choices));
  return inner ?? value;
}

/** Chat completions and their chunks. */
export const CHAT_SHAPE: AnswerShape = {
  unwrap: unwrapped,
  isAnswer: (value) => Array.isArray(record(value).choices),
  isPiece(value) {
    const { choices } = record(value);
    return Array.isArray(choices) && record(choices[0]).delta !== undefined;
  },
};

/** The choice that counts: the first one, or the one with the index 0 where an upstream sends several answers at once. */
export function choiceOf(choices: unknown): Record<string, unknown> {
  const list: unknown[] = Array.isArray(choices) ? choices : [];
  return record(list.find((choice) => !(Number(record(choice).index ?? 0) > 0)));
}

/**
 * The delta of a choice. Some upstreams send a `message` instead, as without streaming, or a `text`, as the older completions API.
 * @param hadDeltas whether an earlier delta had content: some upstreams repeat the whole answer in a `message` at the end
 */
export function deltaOf(choice: Record<string, unknown>, hadDeltas: boolean): Record<string, unknown> {
  const { message, text } = choice;
  const delta = record(choice.delta);
  if (hadDeltas || (message === undefined && text === undefined) || hasContent(delta)) return delta;
  return { content: text, ...record(message) };
}

const hasContent = (delta: Record<string, unknown>): boolean =>
  hasCalls(delta) || answerOf(delta) !== '' || reasoningOf(delta) !== '';

/** Whether a delta has something of a tool call. Some upstreams send an empty list with every delta. */
export function hasCalls({ tool_calls: calls, function_call: call }: Record<string, unknown>): boolean {
  if (typeof call === 'object' && call !== null) return true;
  return typeof calls === 'object' && calls !== null && (!Array.isArray(calls) || calls.length > 0);
}

/** The text of the answer: usually a string; some upstreams send a list of typed pieces. */
export function answerOf({ content, refusal }: Record<string, unknown>): string {
  const answer = typeof content === 'string' ? content : piecesOf(content, isAnswer);
  return typeof refusal === 'string' ? answer + refusal : answer;
}

/**
 * The reasoning: a field that is named differently by DeepSeek and others (`reasoning_content`), vLLM, Ollama and OpenRouter
 * (`reasoning`), and Copilot (`reasoning_text`), or pieces in one of several lists. Upstreams that send it under two names repeat it,
 * so only the first one counts.
 */
export function reasoningOf(delta: Record<string, unknown>): string {
  return (
    textOf(delta.reasoning_content) ||
    textOf(delta.reasoning) ||
    textOf(delta.reasoning_text) ||
    textOf(delta.thinking) ||
    piecesOf(delta.reasoning_details, isAny) ||
    piecesOf(delta.thinking_blocks, isAny) ||
    piecesOf(delta.content, isReasoning)
  );
}

const isAny = (): boolean => true;
const isReasoning = (type: string): boolean => type.startsWith('thinking') || type.startsWith('reasoning');
const isAnswer = (type: string): boolean => !isReasoning(type);

/** The joined texts of a list of typed pieces, or of one piece. Mistral nests a list in a piece of the type `thinking`. */
function piecesOf(pieces: unknown, isWanted: (type: string) => boolean): string {
  if (typeof pieces !== 'object' || pieces === null) return '';
  let joined = '';
  for (const piece of Array.isArray(pieces) ? (pieces as unknown[]) : [pieces]) {
    const { type, text, thinking, summary } = record(piece);
    if (!isWanted(textOf(type))) continue;
    joined += textOf(text) || textOf(thinking) || piecesOf(thinking, isAny) || textOf(summary);
  }
  return joined;
}
