/** Assembles the tool calls of one answer from the entries of `tool_calls`. */
import { record, textOf } from './json-fields.ts';
import type { ProviderEvent } from './provider.ts';
import { createWholeCharacters, type WholeCharacters } from './whole-characters.ts';

/** Reads the tool calls of one answer. */
export interface ToolReader {
  /** Reads one entry of `tool_calls` and adds its events to `events`. */
  read(entry: unknown, events: ProviderEvent[]): void;
  /** Called at the end of the answer: adds the held-back input. */
  end(events: ProviderEvent[]): void;
  /** Whether the answer contains a call. */
  hasCalls(): boolean;
}

interface Call {
  callId: string;
  /** Arguments that arrived before the name; undefined once the call was started. */
  early: string | undefined;
  characters: WholeCharacters;
}

/** Creates a reader for the calls of one answer. */
export function createToolReader(): ToolReader {
  /** The open call at each index. Bounded by the number of calls that the model makes in one answer. */
  const calls = new Map<number, Call>();
  let count = 0;
  const callFor = (index: number, id: string): Call => {
    const open = calls.get(index);
    // Some upstreams give every call the index 0 and distinguish them by id only.
    if (open !== undefined && (id === '' || id === open.callId)) return open;
    count += 1;
    const call: Call = { callId: id || `call-${count}`, early: '', characters: createWholeCharacters() };
    calls.set(index, call);
    return call;
  };
  return {
    read(entry, events) {
      const { index, id, function: called } = record(entry);
      const call = callFor(typeof index === 'number' ? index : 0, textOf(id));
      const { callId } = call;
      const name = textOf(record(called).name);
      const input = call.characters.push(textOf(record(called).arguments));
      if (call.early !== undefined) {
        call.early += input;
        if (name === '') return;
        events.push({ type: 'tool-call-started', callId, name });
      }
      addInput(events, callId, call.early ?? input);
      call.early = undefined;
    },
    end(events) {
      for (const { callId, early, characters } of calls.values())
        if (early === undefined) addInput(events, callId, characters.end());
    },
    hasCalls: () => count > 0,
  };
}

function addInput(events: ProviderEvent[], callId: string, text: string): void {
  if (text === '') return;
  const last = events.at(-1);
  if (last?.type === 'tool-call-delta' && last.callId === callId) last.text += text;
  else events.push({ type: 'tool-call-delta', callId, text });
}
