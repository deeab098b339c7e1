/** Reads the function calls of one response, by the rules for the tool calls of chat completions. */
import { record, textOf } from './json-fields.ts';
import type { ItemKey } from './openai-responses-texts.ts';
import { createToolReader } from './openai-tool-calls.ts';
import type { CallMetadata } from './provider-metadata.ts';
import type { ProviderEvent } from './provider.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The calls of one response. `key` names the item of a call. */
export interface ResponseCalls {
  /** Reads the item of a call that begins. */
  start(item: Fields, key: ItemKey, events: ProviderEvent[]): void;
  /** Adds a piece of the input of a call that has begun. */
  addInput(piece: string, key: ItemKey, events: ProviderEvent[]): void;
  /** Reads the whole input of a call that has begun, unless it had deltas. */
  endInput(input: string, key: ItemKey, events: ProviderEvent[]): void;
  /** Reads the whole item of a call: the input unless it had deltas, and what the upstream attached. */
  readItem(item: Fields, key: ItemKey, events: ProviderEvent[]): void;
  /** Adds what is held back. */
  end(events: ProviderEvent[]): void;
  hasCalls(): boolean;
  metadata(): CallMetadata[];
}

/** Creates the reader. @param tools the names of the tools that the model may call */
export function createResponseCalls(tools?: ReadonlySet<string>): ResponseCalls {
  const reader = createToolReader(tools);
  /** Each call by its item. Bounded by the number of calls that the reader permits. */
  const known = new Map<ItemKey, { index: number; hasInput: boolean }>();
  const read = (entry: object, events: ProviderEvent[]) => {
    reader.read({ tool_calls: [entry] }, events);
  };
  const open = (item: Fields, key: ItemKey, events: ProviderEvent[]) => {
    const call = { index: known.size, hasInput: textOf(item.arguments) !== '' };
    known.set(key, call);
    const { call_id: id, name, arguments: input } = item;
    read({ index: call.index, id: id ?? item.id, function: { name, arguments: input } }, events);
    return call;
  };
  const addInput: ResponseCalls['addInput'] = (piece, key, events) => {
    const call = known.get(key);
    if (call === undefined || piece === '') return;
    call.hasInput = true;
    read({ index: call.index, function: { arguments: piece } }, events);
  };
  return {
    start(item, key, events) {
      if (!known.has(key)) open(item, key, events);
    },
    addInput,
    endInput(input, key, events) {
      if (known.get(key)?.hasInput === false) addInput(input, key, events);
    },
    readItem(item, key, events) {
      const call = known.get(key) ?? open(item, key, events);
      const { id: _id, type: _type, call_id: _call, name: _name, status: _status, ...rest } = item;
      const { arguments: input, ...fields } = rest;
      read(
        { ...fields, index: call.index, function: { arguments: call.hasInput ? '' : textOf(input) } },
        events,
      );
    },
    end: (events) => {
      reader.end(events);
    },
    hasCalls: () => known.size > 0,
    metadata: () =>
      reader.metadata().map(({ fields, ...call }) => {
        const own = Object.entries(record(fields)).filter(([name]) => name !== 'function');
        return own.length === 0 ? call : { ...call, fields: Object.fromEntries(own) };
      }),
  };
}
