/**
 * The items of an answer of the responses API: which of them are kept to be given back, and where they stand in a later request.
 * Nothing is stored at the upstream, so that an item is given back whole: reasoning in encrypted form, in the place where it was.
 */
import type {
  EasyInputMessage,
  ResponseFunctionToolCall,
  ResponseInputItem,
  ResponseReasoningItem,
} from 'openai/resources/responses/responses';
import { listOf, record, textOf } from './json-fields.ts';
import { MAX_METADATA_CHARS, type ProviderMetadata } from './provider-metadata.ts';

type Fields = Record<string, unknown>;

/** The items of one answer that are kept. */
export interface KeptItems {
  add(item: Readonly<Fields>): void;
  /** The fields of the metadata; undefined when there is nothing in them that the upstream wants back. */
  fields(): Fields | undefined;
}

/** Creates the items of one answer. Of messages and calls only the place is kept, because their content may be changed. */
export function createKeptItems(): KeptItems {
  const items: Fields[] = [];
  let chars = 0;
  return {
    add(item) {
      // Half of the reasoning is worse than none: nothing is kept of too much.
      if (chars > MAX_METADATA_CHARS) return;
      const kept = keptItem(item);
      chars += JSON.stringify(kept).length;
      items.push(kept);
    },
    fields() {
      const isWorthKeeping = items.some(({ type, phase }) => type === 'reasoning' || phase !== undefined);
      return isWorthKeeping && chars <= MAX_METADATA_CHARS ? { items } : undefined;
    },
  };
}

/** Other items, such as searches of the upstream, cannot be given back to an upstream that stores nothing. */
const OTHER = { type: 'other' };

function keptItem(item: Readonly<Fields>): Fields {
  switch (item.type) {
    case 'reasoning': {
      const { id, summary, content, encrypted_content: encrypted } = item;
      // Without either, the upstream would look for the item in its store.
      const hasContent = Array.isArray(content) && content.length > 0;
      if (textOf(encrypted) === '' && !hasContent) return OTHER;
      return {
        ...{ type: 'reasoning', id, summary: Array.isArray(summary) ? summary : [] },
        ...(hasContent ? { content } : {}),
        ...(textOf(encrypted) === '' ? {} : { encrypted_content: encrypted }),
      };
    }
    case 'message':
      return { type: 'message', ...(textOf(item.phase) === '' ? {} : { phase: item.phase }) };
    case 'function_call':
      return { type: 'function_call' };
    default:
      return OTHER;
  }
}

/** An answer as it is sent. */
export interface SentAnswer {
  text: string;
  /** In the order in which the model made them. */
  calls: readonly ResponseFunctionToolCall[];
}

/** The items of an earlier answer: its text and calls, with what the upstream attached to it in the places where that was. */
export function placeItems(metadata: ProviderMetadata | undefined, answer: SentAnswer): ResponseInputItem[] {
  const { text, calls } = answer;
  const items = listOf(metadata?.fields?.items).map(record);
  const own = items.filter(({ type }) => type === 'function_call').length;
  const last = items.findLastIndex(({ type }) => type === 'message');
  // What does not fit the answer any more has no place in it.
  if (own !== calls.length || (last < 0 && text !== '')) return [...messagesOf(text), ...calls];
  const left = [...calls];
  const placed = items.map((item, index): ResponseInputItem | undefined => {
    if (item.type === 'function_call') return left.shift();
    // Kept by `keptItem`.
    if (item.type === 'reasoning') return item as unknown as ResponseReasoningItem;
    return index === last ? messagesOf(text, item.phase)[0] : undefined;
  });
  return withoutLooseReasoning(placed);
}

const PHASES: readonly unknown[] = ['commentary', 'final_answer'];

function messagesOf(text: string, phase?: unknown): EasyInputMessage[] {
  if (text === '') return [];
  const isKnown = PHASES.includes(phase);
  return [
    {
      ...{ role: 'assistant', content: text },
      ...(isKnown ? { phase: phase as NonNullable<EasyInputMessage['phase']> } : {}),
    },
  ];
}

/** The API refuses reasoning without the item that followed it. */
function withoutLooseReasoning(placed: readonly (ResponseInputItem | undefined)[]): ResponseInputItem[] {
  const sent: ResponseInputItem[] = [];
  let isFollowed = false;
  for (const item of placed.toReversed()) {
    isFollowed = item !== undefined && (item.type !== 'reasoning' || isFollowed);
    if (item !== undefined && isFollowed) sent.unshift(item);
  }
  return sent;
}
