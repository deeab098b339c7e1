/** What visitors and models write, in the form that the semantic conventions have for it. For `tracing.content` alone. */
import type { ProviderMessage } from '../providers/provider.ts';

/** Exporters and their servers refuse what is much longer. */
const MAX_CONTENT_CHARS = 32_000;
const MAX_TEXT_CHARS = 8_000;

type Part = Readonly<{ type: string; [name: string]: unknown }>;

const textPart = (text: string): Part => ({ type: 'text', content: text.slice(0, MAX_TEXT_CHARS) });

/** The messages of a request as JSON, without the oldest ones when they are long, and without the bytes of files. */
export function inputContent(messages: readonly ProviderMessage[]): string {
  const kept: string[] = [];
  let chars = 0;
  for (const message of messages.toReversed()) {
    const json = JSON.stringify({ role: message.role, parts: partsOf(message) });
    chars += json.length;
    if (chars > MAX_CONTENT_CHARS && kept.length > 0) break;
    kept.unshift(json);
  }
  return `[${kept.join(',')}]`;
}

function partsOf(message: ProviderMessage): Part[] {
  if (message.role === 'tool')
    return [
      {
        type: 'tool_call_response',
        id: message.callId,
        response: message.text.slice(0, MAX_TEXT_CHARS),
      },
    ];
  const calls = message.role === 'assistant' ? (message.calls ?? []) : [];
  return [
    ...(message.text === '' ? [] : [textPart(message.text)]),
    ...calls.map(({ callId, name, input }) => ({
      type: 'tool_call',
      id: callId,
      name,
      arguments: input.slice(0, MAX_TEXT_CHARS),
    })),
  ];
}

/** An answer as JSON. */
export const outputContent = (text: string, reason: string): string =>
  JSON.stringify([{ role: 'assistant', parts: [textPart(text)], finish_reason: reason }]);

/** A value of a tool as JSON. */
export const valueContent = (value: unknown): string =>
  ((JSON.stringify(value) as string | undefined) ?? 'null').slice(0, MAX_TEXT_CHARS);
