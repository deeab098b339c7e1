/** The steps of a demo reply. The provider performs them in order. */
import type { ProviderEvent } from '../src/providers/provider.ts';

/**
 * One step of a reply. Text, reasoning and the JSON of a tool call are streamed in pieces; a `part` is one event.
 */
export type ReplyStep =
  | { kind: 'text' | 'reasoning'; text: string }
  | { kind: 'call'; name: string; input: unknown }
  | { kind: 'part'; event: Extract<ProviderEvent, { type: 'source' | 'data' }> };

/** Markdown that is streamed as the text of the reply. */
export const textStep = (text: string): ReplyStep => ({ kind: 'text', text });
/** Text that is streamed as reasoning. */
export const reasoningStep = (text: string): ReplyStep => ({ kind: 'reasoning', text });
/** A call of a tool; the reply ends after it with the reason `tool`. */
export const callStep = (name: string, input: unknown): ReplyStep => ({ kind: 'call', name, input });
/** A data part such as a card or a form. `value` must match the schema of `name` in `DATA_PARTS`. */
export const dataStep = (name: string, value: unknown): ReplyStep => ({
  kind: 'part',
  event: { type: 'data', name, value },
});
/** A source of the text before it. */
export const sourceStep = (
  sourceId: string,
  title: string,
  more: { url?: string; excerpt?: string },
): ReplyStep => ({
  kind: 'part',
  event: { type: 'source', sourceId, title, ...more },
});
