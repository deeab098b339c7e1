/** Converts chat-completion chunks to provider events, independently of how the chunks were read. */
import type { Usage } from '@rivulet/protocol';
import type { ProviderEvent } from './provider.ts';
import { createWholeCharacters, type WholeCharacters } from './whole-characters.ts';

type Finished = Extract<ProviderEvent, { type: 'finished' }>;
/** Why a stream that has ended is not a complete answer. */
export type UnfinishedWhy = 'no-finish-reason' | 'failed' | 'overloaded';

/** Converts the chunks of one answer, in order. */
export interface ChunkReader {
  /**
   * Converts one chunk and adds its events to `events`. A delta that continues the last of them is appended to it. Nothing is
   * assumed about the shape of the chunk: what cannot be read is ignored.
   */
  read(chunk: unknown, events: ProviderEvent[]): void;
  /** Called when the stream has ended: adds the held-back text and `finished`, or returns why the answer is incomplete. */
  end(events: ProviderEvent[]): UnfinishedWhy | undefined;
}

/** Finish reasons of OpenAI and of compatible upstreams. Any other reason counts as `stop`. */
const FINISH_REASONS = new Map<string, Finished['reason'] | UnfinishedWhy>(
  Object.entries({
    length: 'length',
    max_tokens: 'length',
    tool_calls: 'tool',
    function_call: 'tool',
    content_filter: 'blocked',
    sensitive: 'blocked',
    error: 'failed',
    network_error: 'failed',
    abort: 'no-finish-reason',
    cancelled: 'no-finish-reason',
    insufficient_system_resource: 'overloaded',
  }),
);

interface Call {
  callId: string;
  /** Arguments that arrived before the name; undefined once the call was started. */
  early: string | undefined;
  characters: WholeCharacters;
}

/** Creates a reader for one answer. */
export function createChunkReader(): ChunkReader {
  const text = createWholeCharacters();
  const reasoning = createWholeCharacters();
  const tools = createToolReader();
  let reason: string | undefined;
  let usage: Usage | undefined;
  return {
    read(chunk, events) {
      const { choices, usage: counted } = record(chunk);
      usage = readUsage(counted) ?? usage;
      const choice = record(Array.isArray(choices) ? choices[0] : undefined);
      reason = textOf(choice.finish_reason) || reason;
      const delta = record(choice.delta);
      const thought = textOf(delta.reasoning_content) || textOf(delta.reasoning);
      if (thought !== '') addText(events, 'reasoning-delta', reasoning.push(thought));
      const answer = contentOf(delta.content) + textOf(delta.refusal);
      if (answer !== '') addText(events, 'text-delta', text.push(answer));
      if (Array.isArray(delta.tool_calls)) for (const entry of delta.tool_calls) tools.read(entry, events);
    },
    end(events) {
      if (reason === undefined) return 'no-finish-reason';
      const known = FINISH_REASONS.get(reason) ?? 'stop';
      if (known === 'no-finish-reason' || known === 'failed' || known === 'overloaded') return known;
      addText(events, 'reasoning-delta', reasoning.end());
      addText(events, 'text-delta', text.end());
      tools.end(events);
      events.push({
        type: 'finished',
        // Some compatible upstreams send `stop` when they wait for the output of a tool.
        reason: known === 'stop' && tools.hasCalls() ? 'tool' : known,
        ...(usage === undefined ? {} : { usage }),
      });
      return undefined;
    },
  };
}

interface ToolReader {
  read(entry: unknown, events: ProviderEvent[]): void;
  end(events: ProviderEvent[]): void;
  hasCalls(): boolean;
}

function createToolReader(): ToolReader {
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

function addText(events: ProviderEvent[], type: 'text-delta' | 'reasoning-delta', text: string): void {
  if (text === '') return;
  const last = events.at(-1);
  if (last?.type === type) last.text += text;
  else events.push({ type, text });
}

function addInput(events: ProviderEvent[], callId: string, text: string): void {
  if (text === '') return;
  const last = events.at(-1);
  if (last?.type === 'tool-call-delta' && last.callId === callId) last.text += text;
  else events.push({ type: 'tool-call-delta', callId, text });
}

/** The fields of an object; none for any other value. */
function record(value: unknown): Record<string, unknown> {
  // Any object may be read by any key; the values are unknown.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The text of a delta: usually a string; some compatible upstreams send a list of typed pieces. */
function contentOf(content: unknown): string {
  return Array.isArray(content) ? content.map((item) => textOf(record(item).text)).join('') : textOf(content);
}

function readUsage(value: unknown): Usage | undefined {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = record(value);
  return typeof inputTokens === 'number' && typeof outputTokens === 'number'
    ? { inputTokens, outputTokens }
    : undefined;
}
