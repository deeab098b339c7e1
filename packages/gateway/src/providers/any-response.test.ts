/** Whatever an upstream with the responses API sends, the reader gives valid events, and what it keeps can be sent again. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExcessiveAnswerError } from './excessive-answer.ts';
import { createResponseReader } from './openai-responses-events.ts';
import { toResponsesInput } from './openai-responses-input.ts';
import type { ProviderEvent } from './provider.ts';

const numRuns = process.env.RIVULET_SCALE === 'full' ? 100_000 : 500;
const ORIGIN = 'openai-responses https://api.example/v1 gpt-5';

const value = fc.oneof(
  fc.constantFrom('', 'a', '\ud83d', '\ude00', '{"a":1}', 0, 1, -1, null, true),
  fc.jsonValue({ maxDepth: 2 }),
);
/** An object with some of these fields; each has a value of its kind, or any. */
const fieldsOf = (kinds: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(
      Object.entries(kinds).map(([name, kind]) => [
        name,
        fc.oneof({ weight: 4, arbitrary: kind }, { weight: 1, arbitrary: value }),
      ]),
    ),
    { requiredKeys: [] },
  );
const annotation = fieldsOf({
  type: fc.constantFrom('url_citation', 'file_citation', 'file_path'),
  url: fc.constantFrom('https://a.example', 'javascript:1', 'not a URL'),
  title: value,
  file_id: value,
});
const part = fieldsOf({
  type: fc.constantFrom('output_text', 'refusal', 'summary_text', 'reasoning_text'),
  text: value,
  refusal: value,
  annotations: fc.array(annotation, { maxLength: 2 }),
});
const parts = fc.array(part, { maxLength: 2 });
const item = fieldsOf({
  type: fc.constantFrom('message', 'reasoning', 'function_call', 'web_search_call'),
  id: value,
  call_id: value,
  name: fc.constantFrom('weather', ''),
  arguments: value,
  content: parts,
  summary: parts,
  encrypted_content: value,
  phase: fc.constantFrom('commentary', 'final_answer'),
});
const response = fieldsOf({
  status: fc.constantFrom('completed', 'incomplete', 'failed', 'cancelled'),
  output: fc.array(item, { maxLength: 3 }),
  incomplete_details: fieldsOf({ reason: fc.constantFrom('max_output_tokens', 'content_filter') }),
  usage: fieldsOf({ input_tokens: fc.nat(), output_tokens: fc.nat() }),
});
const event = fieldsOf({
  type: fc
    .constantFrom(
      ...['output_text.delta', 'refusal.delta', 'reasoning_summary_text.delta', 'reasoning_text.delta'],
      ...['function_call_arguments.delta', 'output_text.annotation.added', 'output_item.added'],
      ...['output_item.done', 'completed', 'incomplete'],
    )
    .map((name) => `response.${name}`),
  output_index: fc.nat({ max: 3 }),
  item_id: value,
  delta: value,
  item,
  annotation,
  response,
});

/** All cases take one to two minutes. */
const timed = { timeout: 600_000 };

/** Reads the values. @returns undefined when they are too much */
function read(values: readonly unknown[]): ProviderEvent[] | undefined {
  const reader = createResponseReader({ toolNames: new Set(['weather']), origin: ORIGIN });
  const events: ProviderEvent[] = [];
  try {
    for (const one of values) reader.read(one, events);
    reader.end(events, 'done');
    return events;
  } catch (error) {
    if (error instanceof ExcessiveAnswerError) return undefined;
    throw error;
  }
}

it('any events give only texts that are not empty and whole, and calls that were started', timed, () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(event, response, value), { maxLength: 8 }), (values) => {
      const events = read(values) ?? [];
      const started = new Set<string>();
      for (const one of events) {
        if (one.type === 'tool-call-started') started.add(one.callId);
        if (one.type === 'tool-call-delta') expect(started).toContain(one.callId);
        if ('text' in one) expect([one.text === '', one.text.isWellFormed()]).toEqual([false, true]);
      }
      expect(events.filter(({ type }) => type === 'finished').length).toBeLessThanOrEqual(1);
    }),
    { numRuns },
  );
});

it('what is kept of any answer can be sent again, and each reasoning is followed by an item', timed, () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), fc.boolean(), (output, isCut) => {
      const events = read([{ object: 'response', status: 'completed', output }]) ?? [];
      const last = events.at(-1);
      const metadata = last?.type === 'finished' ? last.metadata : undefined;
      const made = events.filter((one) => one.type === 'tool-call-started');
      const calls = (isCut ? made.slice(1) : made).map(({ callId, name }) => ({ callId, name, input: '{}' }));
      const message = { role: 'assistant' as const, text: 'Hi', calls, ...(metadata && { metadata }) };
      const target = { origin: ORIGIN, model: 'gpt-5', hasTools: true };
      const { input } = toResponsesInput([message], target);
      expect(input.filter(({ type }) => type === 'function_call')).toHaveLength(calls.length);
      expect(input.filter((one) => 'role' in one && one.role === 'assistant')).toHaveLength(1);
      expect(input.at(-1)?.type).not.toBe('reasoning');
    }),
    { numRuns },
  );
});
