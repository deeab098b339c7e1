/** Converts chat-completion chunks to provider events, independently of how the chunks were read. */
import { record, textOf } from './json-fields.ts';
import { answerOf, choiceOf, deltaOf, hasCalls, reasoningOf, unwrapped } from './openai-delta.ts';
import { meaningOf, type UnfinishedWhy } from './openai-finish.ts';
import { createMetadataReader } from './openai-metadata.ts';
import { createTexts } from './openai-texts.ts';
import { createToolReader } from './openai-tool-calls.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { ProviderEvent } from './provider.ts';
import { isReport } from './upstream-report.ts';
import { readUsage, type ProviderUsage } from './usage.ts';

type Fields = Record<string, unknown>;
type Finished = Extract<ProviderEvent, { type: 'finished' }>;

/** Converts the chunks of one answer, or its events, in order. */
export interface ChunkReader {
  /**
   * Converts one chunk and adds its events to `events`. A delta that continues the last of them is appended to it. Nothing is
   * assumed about the shape of the chunk: what cannot be read is ignored.
   */
  read(chunk: unknown, events: ProviderEvent[]): void;
  /** Whether a chunk had a finish reason: nothing but the usage is expected after it. */
  readonly hasFinishReason: boolean;
  /** Whether nothing at all is expected any more. Default: no, the end of the body or `[DONE]` says so. */
  readonly isComplete?: boolean;
  /** The failure that a value reports in place of a chunk; undefined when it is a chunk. */
  reportIn(value: unknown): unknown;
  /**
   * Called when the stream has ended: adds the held-back text and `finished`, or returns why the answer is incomplete.
   * @param how `done`: the upstream said that the answer is complete, so that content needs no finish reason. Default: `closed`.
   */
  end(events: ProviderEvent[], how?: 'done' | 'closed'): UnfinishedWhy | undefined;
}

/** Options of `createChunkReader`. */
export interface ChunkReaderOptions {
  /** `auto`: reasoning between tags in the content becomes reasoning. `off`: it stays text. Default: `auto`. */
  thinkTags?: 'auto' | 'off' | undefined;
  /** The tools that the model may call. */
  toolNames?: ReadonlySet<string> | undefined;
  /** Names the upstream in the metadata of the answer. Without it, there is no metadata. */
  origin?: string | undefined;
  /** Called with the id of a response, when the upstream names it. */
  onResponseId?: ((id: string) => void) | undefined;
}

/** Creates a reader for one answer. */
export function createChunkReader(options: ChunkReaderOptions = {}): ChunkReader {
  const { thinkTags = 'auto', toolNames, origin } = options;
  const texts = createTexts(thinkTags);
  const tools = createToolReader(toolNames);
  const attached = createMetadataReader({ hasTools: (toolNames?.size ?? 0) > 0 });
  let reason: string | undefined;
  let usage: ProviderUsage | undefined;
  let hasContent = false;
  /** Whether a delta had content, and not only a message. */
  let hasDeltas = false;
  const readAttached = (fields: Fields, source: 'delta' | 'message', events: ProviderEvent[]) => {
    tools.read(fields, events, source);
    attached.read(fields);
  };
  return {
    get hasFinishReason() {
      return reason !== undefined;
    },
    reportIn: (value) => (isReport(value) ? value : undefined),
    read(chunk, events) {
      const { choices, usage: counted } = record(unwrapped(chunk));
      usage = readUsage(counted) ?? usage;
      const choice = choiceOf(choices);
      reason = textOf(choice.finish_reason) || reason;
      const delta = deltaOf(choice, hasDeltas);
      const thought = reasoningOf(delta);
      if (thought !== '') texts.addReasoning(thought, events);
      const answer = answerOf(delta);
      if (answer !== '') texts.addContent(answer, events);
      readAttached(record(choice.delta), 'delta', events);
      // Also after deltas: some upstreams stream the text, and send the calls in a message at the end.
      if (choice.message !== undefined) readAttached(record(choice.message), 'message', events);
      if (thought === '' && answer === '' && !hasCalls(delta)) return;
      hasContent = true;
      hasDeltas ||= delta === choice.delta;
    },
    end(events, how = 'closed') {
      const isAssumed = reason === undefined && how === 'done' && hasContent;
      if (reason === undefined && !isAssumed) return 'no-finish-reason';
      const known = reason === undefined ? 'stop' : meaningOf(reason);
      if (known === 'no-finish-reason' || known === 'failed' || known === 'overloaded') return known;
      texts.end(events);
      tools.end(events);
      const remark = isAssumed ? NO_REASON : known === undefined ? unknownReason(reason) : undefined;
      // Some compatible upstreams send `stop` when they wait for the output of a tool.
      const isTool = (known ?? 'stop') === 'stop' && tools.hasCalls();
      const metadata = origin === undefined ? undefined : attached.end(origin, tools.metadata());
      events.push(finishedEvent(isTool ? 'tool' : (known ?? 'stop'), { usage, remark, metadata }));
      return undefined;
    },
  };
}

/** What the last event may have. */
export interface FinishedRest {
  usage: ProviderUsage | undefined;
  remark: string | undefined;
  metadata: ProviderMetadata | undefined;
}

/** The last event of an answer. */
export function finishedEvent(
  reason: Finished['reason'],
  { usage, remark, metadata }: FinishedRest,
): Finished {
  return {
    type: 'finished',
    reason,
    ...(usage === undefined ? {} : { usage }),
    ...(remark === undefined ? {} : { remark }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** The remark about an answer whose end was only assumed. */
export const NO_REASON = 'the upstream sent [DONE] without a finish reason; the answer counts as complete';
/** The upstream may put any text into its reason; only what looks like an identifier is logged. */
export const unknownReason = (reason = '', countsAs: 'stop' | 'length' = 'stop'): string =>
  `the finish reason ${/^[\w.:-]{1,80}$/.test(reason) ? reason : 'of the upstream'} is unknown; it counts as ${countsAs}`;
