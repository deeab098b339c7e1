/** Converts chat-completion chunks to provider events, independently of how the chunks were read. */
import type { Usage } from '@rivulet/protocol';
import type { ProviderEvent } from './provider.ts';
import { createWholeCharacters, type WholeCharacters } from './whole-characters.ts';

type Finished = Extract<ProviderEvent, { type: 'finished' }>;
/** Why a stream that has ended is not a complete answer. */
export type UnfinishedWhy = 'no-finish-reason' | 'failed' | 'overloaded';

/** Converts the chunks of one answer, in order. */
export interface ChunkReader {
  /** Converts one chunk. Nothing is assumed about its shape: what cannot be read is ignored. */
  read(chunk: unknown): ProviderEvent[];
  /** Called when the stream has ended: returns the held-back text and `finished`, or why the answer is incomplete. */
  end(): ProviderEvent[] | UnfinishedWhy;
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
    read(chunk) {
      const { choices, usage: counted } = record(chunk);
      usage = readUsage(counted) ?? usage;
      const choice = record(Array.isArray(choices) ? choices[0] : undefined);
      reason = textOf(choice.finish_reason) || reason;
      const delta = record(choice.delta);
      return [
        ...piece(
          'reasoning-delta',
          reasoning.push(textOf(delta.reasoning_content) || textOf(delta.reasoning)),
        ),
        ...piece('text-delta', text.push(contentOf(delta.content) + textOf(delta.refusal))),
        ...(Array.isArray(delta.tool_calls) ? delta.tool_calls.flatMap((entry) => tools.read(entry)) : []),
      ];
    },
    end() {
      if (reason === undefined) return 'no-finish-reason';
      const known = FINISH_REASONS.get(reason) ?? 'stop';
      if (known === 'no-finish-reason' || known === 'failed' || known === 'overloaded') return known;
      return [
        ...piece('reasoning-delta', reasoning.end()),
        ...piece('text-delta', text.end()),
        ...tools.end(),
        {
          type: 'finished',
          // Some compatible upstreams send `stop` when they wait for the output of a tool.
          reason: known === 'stop' && tools.hasCalls() ? 'tool' : known,
          ...(usage === undefined ? {} : { usage }),
        },
      ];
    },
  };
}

interface ToolReader {
  read(entry: unknown): ProviderEvent[];
  end(): ProviderEvent[];
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
    read(entry) {
      const { index, id, function: called } = record(entry);
      const call = callFor(typeof index === 'number' ? index : 0, textOf(id));
      const { callId } = call;
      const name = textOf(record(called).name);
      const input = call.characters.push(textOf(record(called).arguments));
      if (call.early === undefined) return toolPiece(callId, input);
      call.early += input;
      if (name === '') return [];
      const early = call.early;
      call.early = undefined;
      return [{ type: 'tool-call-started', callId, name }, ...toolPiece(callId, early)];
    },
    end: () =>
      [...calls.values()]
        .filter(({ early }) => early === undefined)
        .flatMap(({ callId, characters }) => toolPiece(callId, characters.end())),
    hasCalls: () => count > 0,
  };
}

const toolPiece = (callId: string, text: string): ProviderEvent[] =>
  text === '' ? [] : [{ type: 'tool-call-delta', callId, text }];

const piece = (type: 'text-delta' | 'reasoning-delta', text: string): ProviderEvent[] =>
  text === '' ? [] : [{ type, text }];

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
