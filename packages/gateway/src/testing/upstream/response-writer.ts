/** Writes an answer as the events of the responses API, from the deltas and the finish reason of a chat completion. */

/** Writes one answer. */
export interface ResponseWriter {
  /** The events of one delta of a chat completion. */
  delta: (delta: Record<string, unknown>) => string;
  /** The events of the end. */
  finish: (reason: string) => string;
}

interface CallDelta {
  index?: number;
  id?: string;
  function?: { name?: string; arguments?: string };
}

interface Item {
  index: number;
  value: Record<string, unknown>;
  /** The text so far. */
  text: string;
}

const INCOMPLETE: Record<string, string> = { length: 'max_output_tokens', content_filter: 'content_filter' };
/** What a model of the upstream encrypts: no test reads it. */
const ENCRYPTED = 'gAAAAABencrypted';

/** Creates the writer of one answer. */
export function createResponseWriter(head: { id: string; model: string; usage: object }): ResponseWriter {
  const { usage, ...named } = head;
  const base = { ...named, object: 'response', error: null, incomplete_details: null };
  const items: Item[] = [];
  const calls = new Map<number, Item>();
  let current: Item | undefined;
  let sequence = 0;
  const event = (type: string, fields: object): string => {
    const line = `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
    sequence += 1;
    return line;
  };
  const begin = () =>
    sequence > 0
      ? ''
      : event('response.created', { response: { ...base, status: 'in_progress', output: [] } }) +
        event('response.in_progress', { response: { ...base, status: 'in_progress', output: [] } });
  const placeOf = ({ index, value }: Item) => ({ item_id: value.id, output_index: index });
  const done = (item: Item): string => {
    item.value = wholeOf(item);
    return event('response.output_item.done', { output_index: item.index, item: item.value });
  };
  const add = (value: Record<string, unknown>): [Item, string] => {
    const index = items.length;
    const item = { index, value: { id: `item_${head.id}_${index}`, ...value }, text: '' };
    items.push(item);
    const added = event('response.output_item.added', { output_index: index, item: item.value });
    return [item, added];
  };
  /** The item of this type that is written at present, after the end of the one before it. */
  const open = (type: string, rest: Record<string, unknown>): [Item, string] => {
    if (current?.value.type === type) return [current, ''];
    const ended = close();
    const [item, added] = add({ type, ...rest });
    current = item;
    return [item, ended + added];
  };
  const close = () => {
    const ended = current === undefined ? '' : done(current);
    current = undefined;
    return ended;
  };
  const text = (delta: string, type: 'output_text' | 'refusal') => {
    const [item, opened] = open('message', { role: 'assistant', status: 'in_progress', content: [] });
    item.text += delta;
    item.value.part = type;
    return opened + event(`response.${type}.delta`, { ...placeOf(item), content_index: 0, delta });
  };
  const reasoning = (delta: string) => {
    const [item, opened] = open('reasoning', { summary: [] });
    item.text += delta;
    const fields = { ...placeOf(item), summary_index: 0, delta };
    return opened + event('response.reasoning_summary_text.delta', fields);
  };
  const call = ({ index = 0, id, function: called = {} }: CallDelta): string => {
    const known = calls.get(index);
    const [item, opened] =
      known === undefined
        ? add({
            type: 'function_call',
            call_id: id,
            name: called.name,
            arguments: '',
            status: 'in_progress',
          })
        : [known, ''];
    calls.set(index, item);
    const delta = called.arguments ?? '';
    item.text += delta;
    return opened + event('response.function_call_arguments.delta', { ...placeOf(item), delta });
  };
  return {
    delta({ content, refusal, reasoning_content: thought, reasoning: other, tool_calls: entries }) {
      const parts = [begin()];
      const thoughts = thought ?? other;
      if (typeof thoughts === 'string') parts.push(reasoning(thoughts));
      if (typeof content === 'string') parts.push(text(content, 'output_text'));
      if (typeof refusal === 'string') parts.push(text(refusal, 'refusal'));
      // The scenes write them as the API has them.
      if (Array.isArray(entries)) parts.push(close(), ...(entries as CallDelta[]).map(call));
      return parts.join('');
    },
    finish(reason) {
      const ends = [begin(), close(), ...[...calls.values()].map(done)];
      const cut = INCOMPLETE[reason];
      const status = cut === undefined ? 'completed' : 'incomplete';
      const response = {
        ...base,
        status,
        incomplete_details: cut === undefined ? null : { reason: cut },
        output: items.map(({ value }) => value),
        usage,
      };
      return ends.join('') + event(`response.${status}`, { response });
    },
  };
}

/** The item as it is when it has ended. */
function wholeOf({ value, text }: Item): Record<string, unknown> {
  const { part, ...rest } = value;
  switch (value.type) {
    case 'message':
      return { ...rest, status: 'completed', content: [contentOf(part, text)] };
    case 'reasoning':
      return { ...rest, summary: [{ type: 'summary_text', text }], encrypted_content: ENCRYPTED };
    default:
      return { ...rest, status: 'completed', arguments: text };
  }
}

const contentOf = (part: unknown, text: string): object =>
  part === 'refusal' ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] };
