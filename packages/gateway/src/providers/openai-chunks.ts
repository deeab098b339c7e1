/** Converts chat-completion chunks to provider events, independently of how the chunks were read. */
import type { Usage } from '@rivulet/protocol';
import { record, textOf } from './json-fields.ts';
import { createToolReader } from './openai-tool-calls.ts';
import type { ProviderEvent } from './provider.ts';
import { createWholeCharacters } from './whole-characters.ts';

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

/**
 * Creates a reader for one answer.
 * @param toolNames the tools that the model may call
 */
export function createChunkReader(toolNames?: ReadonlySet<string>): ChunkReader {
  const text = createWholeCharacters();
  const reasoning = createWholeCharacters();
  const tools = createToolReader(toolNames);
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
      tools.read(delta, events);
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

function addText(events: ProviderEvent[], type: 'text-delta' | 'reasoning-delta', text: string): void {
  if (text === '') return;
  const last = events.at(-1);
  if (last?.type === type) last.text += text;
  else events.push({ type, text });
}

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
