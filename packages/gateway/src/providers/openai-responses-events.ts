/** Converts the events of the responses API to provider events, independently of how the events were read. */
import { createCitations, type Citations } from './citations.ts';
import { listOf, record, textOf } from './json-fields.ts';
import { finishedEvent, NO_REASON, type ChunkReader, type ChunkReaderOptions } from './openai-chunks.ts';
import { createResponseCalls, type ResponseCalls } from './openai-responses-calls.ts';
import { endOf, reportIn, type ResponseEnd } from './openai-responses-end.ts';
import { createKeptItems, type KeptItems } from './openai-responses-items.ts';
import { createItemKeys, type ItemKeys } from './openai-responses-keys.ts';
import {
  createParagraphs,
  type ItemKey,
  type Paragraphs,
  type ReasoningPlace,
} from './openai-responses-texts.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { ProviderEvent } from './provider.ts';
import { readResponsesUsage } from './usage.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What was read of one answer. */
interface Answer {
  keyOf: ItemKeys;
  texts: Paragraphs;
  calls: ResponseCalls;
  citations: Citations;
  /** What is kept of the items that have ended. */
  items: KeptItems;
  end: ResponseEnd | undefined;
  onResponseId: ((id: string) => void) | undefined;
}

/**
 * Creates a reader for one answer. The deltas of the texts are what is shown. What comes whole, in the last event of an item or of
 * the answer, counts where there were no deltas: some upstreams send none, and an answer that is not streamed has none.
 */
export function createResponseReader(options: ChunkReaderOptions = {}): ChunkReader {
  const { thinkTags = 'auto', toolNames, origin, onResponseId } = options;
  const answer: Answer = {
    keyOf: createItemKeys(),
    texts: createParagraphs(thinkTags),
    calls: createResponseCalls(toolNames),
    citations: createCitations(),
    items: createKeptItems(),
    end: undefined,
    onResponseId,
  };
  const { texts, calls, citations } = answer;
  return {
    get hasFinishReason() {
      return answer.end !== undefined;
    },
    get isComplete() {
      return answer.end !== undefined;
    },
    reportIn,
    read(value, events) {
      const fields = record(value);
      const type = textOf(fields.type);
      // Some events have an output as well, such as those of the upstream's own shell.
      const isResponse = fields.object === 'response' || Array.isArray(fields.output);
      if (isResponse && !type.startsWith('response.')) readResponse(answer, fields, events);
      else HANDLERS.get(type)?.(answer, fields, events);
    },
    end(events, how = 'closed') {
      const { meaning, remark, usage } = answer.end ?? assumedEnd(answer, how);
      if (meaning === 'no-finish-reason' || meaning === 'failed' || meaning === 'overloaded') return meaning;
      texts.end(events);
      calls.end(events);
      citations.end(events);
      const reason = meaning === 'stop' && calls.hasCalls() ? 'tool' : meaning;
      const metadata = origin === undefined ? undefined : metadataOf(answer, origin);
      events.push(finishedEvent(reason, { usage: readResponsesUsage(usage), remark, metadata }));
      return undefined;
    },
  };
}

type Handler = (answer: Answer, event: Fields, events: ProviderEvent[]) => void;

const addText: Handler = ({ texts, keyOf }, event, events) => {
  texts.addText(textOf(event.delta), keyOf(event), events);
};

const addReasoning =
  (kind: ReasoningPlace['kind']): Handler =>
  ({ texts, keyOf }, event, events) => {
    const part = kind === 'summary' ? event.summary_index : event.content_index;
    texts.addReasoning(textOf(event.delta), { kind, key: keyOf(event), part }, events);
  };

/** Reads the last event of an answer, whose name counts more than the status in it. */
const readEnd =
  (status: 'completed' | 'incomplete'): Handler =>
  (answer, { response }, events) => {
    readResponse(answer, { ...record(response), status }, events);
  };

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    'response.created',
    ({ onResponseId }, { response }) => {
      const id = textOf(record(response).id);
      if (id !== '') onResponseId?.(id);
    },
  ],
  ['response.output_text.delta', addText],
  ['response.refusal.delta', addText],
  ['response.reasoning_summary_text.delta', addReasoning('summary')],
  ['response.reasoning_text.delta', addReasoning('content')],
  [
    'response.function_call_arguments.delta',
    ({ calls, keyOf }, event, events) => {
      calls.addInput(textOf(event.delta), keyOf(event), events);
    },
  ],
  [
    'response.function_call_arguments.done',
    ({ calls, keyOf }, event, events) => {
      calls.endInput(textOf(event.arguments), keyOf(event), events);
    },
  ],
  [
    'response.output_text.annotation.added',
    ({ citations }, event) => {
      citations.read(event.annotation);
    },
  ],
  [
    'response.output_item.added',
    ({ calls, keyOf }, event, events) => {
      const item = record(event.item);
      const key = keyOf(event);
      if (item.type === 'function_call') calls.start(item, key, events);
    },
  ],
  [
    'response.output_item.done',
    (answer, event, events) => {
      const item = record(event.item);
      readItem(answer, { item, key: answer.keyOf(event) }, events);
      readAnnotations(answer, item);
      answer.items.add(item);
    },
  ],
  ['response.completed', readEnd('completed')],
  ['response.incomplete', readEnd('incomplete')],
]);

function readItem(
  { texts, calls }: Answer,
  { item, key }: { item: Fields; key: ItemKey },
  events: ProviderEvent[],
): void {
  if (item.type === 'function_call') calls.readItem(item, key, events);
  else if (item.type === 'reasoning') texts.readReasoning(item, key, events);
  else if (item.type === 'message') texts.readMessage(item, key, events);
}

function readAnnotations({ citations }: Answer, item: Fields): void {
  for (const part of listOf(item.content))
    for (const annotation of listOf(record(part).annotations)) citations.read(annotation);
}

/** Reads a whole response: the end of an answer, or all of it. */
function readResponse(answer: Answer, response: Fields, events: ProviderEvent[]): void {
  answer.end = endOf(response);
  const output = listOf(response.output).map(record);
  // An upstream may give the items other places than in its events, so that a kind that was streamed is not read again.
  const streamed = new Set<unknown>([
    ...(answer.texts.hasText() ? ['message'] : []),
    ...(answer.texts.hasReasoning() ? ['reasoning'] : []),
    ...(answer.calls.hasCalls() ? ['function_call'] : []),
  ]);
  for (const [key, item] of output.entries()) {
    if (!streamed.has(item.type)) readItem(answer, { item, key }, events);
    readAnnotations(answer, item);
  }
  if (output.length === 0) return;
  answer.items = createKeptItems();
  for (const item of output) answer.items.add(item);
}

/** The end of an answer that has no last event: `[DONE]` says that it is complete, when there is one. */
function assumedEnd({ texts, calls }: Answer, how: 'done' | 'closed'): ResponseEnd {
  const hasContent = texts.hasText() || texts.hasReasoning() || calls.hasCalls();
  return how === 'done' && hasContent
    ? { meaning: 'stop', remark: NO_REASON }
    : { meaning: 'no-finish-reason' };
}

function metadataOf({ items, calls }: Answer, origin: string): ProviderMetadata | undefined {
  const fields = items.fields();
  const ofCalls = calls.metadata();
  if (fields === undefined && ofCalls.length === 0) return undefined;
  return {
    origin,
    ...(fields === undefined ? {} : { fields }),
    ...(ofCalls.length === 0 ? {} : { calls: ofCalls }),
  };
}
