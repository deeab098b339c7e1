/** Chat-completion chunks into provider events: pure, and ignorant of how the chunks were read. */
import type { Usage } from '@rivulet/protocol';
import type { ProviderEvent } from './provider.ts';
import { createWholeCharacters, type WholeCharacters } from './whole-characters.ts';

type Finished = Extract<ProviderEvent, { type: 'finished' }>;
/** Why a stream that ended is no answer. */
export type UnfinishedWhy = 'no-finish-reason' | 'failed' | 'overloaded';

export interface ChunkReader {
  /** What one chunk says; nothing of it is trusted but that it was JSON. */
  read(chunk: unknown): ProviderEvent[];
  /** To be called when the stream is over: the held back rest and `finished`, or why there is none. */
  end(): ProviderEvent[] | UnfinishedWhy;
}

/** Words for the end, OpenAI's and those of compatible upstreams. One that is not here still is a finish reason: `stop`. */
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
  /** Arguments that came before the name; undefined once the call was started. */
  early: string | undefined;
  characters: WholeCharacters;
}

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
      reason = word(choice.finish_reason) || reason;
      const delta = record(choice.delta);
      return [
        ...piece('reasoning-delta', reasoning.push(word(delta.reasoning_content) || word(delta.reasoning))),
        ...piece('text-delta', text.push(contentOf(delta.content) + word(delta.refusal))),
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
          // Some compatible upstreams say `stop` when they want a tool's answer.
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
  /** The call that is being written at each index; as many as the model makes in one answer. */
  const calls = new Map<number, Call>();
  let count = 0;
  const callFor = (index: number, id: string): Call => {
    const open = calls.get(index);
    // Some upstreams number every call 0 and tell them apart by id alone.
    if (open !== undefined && (id === '' || id === open.callId)) return open;
    count += 1;
    const call: Call = { callId: id || `call-${count}`, early: '', characters: createWholeCharacters() };
    calls.set(index, call);
    return call;
  };
  return {
    read(entry) {
      const { index, id, function: called } = record(entry);
      const call = callFor(typeof index === 'number' ? index : 0, word(id));
      const { callId } = call;
      const name = word(record(called).name);
      const input = call.characters.push(word(record(called).arguments));
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

/** An object's fields, none when it is no object. */
function record(value: unknown): Record<string, unknown> {
  // Any object may be read by any key; what comes out is unknown.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Usually a string; some compatible upstreams send a list of typed pieces. */
function contentOf(content: unknown): string {
  return Array.isArray(content) ? content.map((item) => word(record(item).text)).join('') : word(content);
}

function readUsage(value: unknown): Usage | undefined {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = record(value);
  return typeof inputTokens === 'number' && typeof outputTokens === 'number'
    ? { inputTokens, outputTokens }
    : undefined;
}
