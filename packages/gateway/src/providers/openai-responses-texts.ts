/** Writes the texts and the reasoning of one response: those of several items or parts are paragraphs. */
import { listOf, record, textOf } from './json-fields.ts';
import { createTexts } from './openai-texts.ts';
import type { ProviderEvent } from './provider.ts';

/** The place of an item in an answer, or its id where the upstream gives no place. */
export type ItemKey = number | string;

/** Where a piece of reasoning belongs. */
export interface ReasoningPlace {
  /** The summary of the reasoning, or the reasoning itself. An upstream may send both, so that the kind that comes first counts. */
  kind: 'summary' | 'content';
  key: ItemKey;
  /** The place in the item. */
  part: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** The texts of one response. `key` names the item that a text belongs to. */
export interface Paragraphs {
  addText(piece: string, key: ItemKey, events: ProviderEvent[]): void;
  addReasoning(piece: string, place: ReasoningPlace, events: ProviderEvent[]): void;
  /** Reads a whole message, unless it had deltas. */
  readMessage(item: Fields, key: ItemKey, events: ProviderEvent[]): void;
  /** Reads a whole item of reasoning, unless it had deltas. */
  readReasoning(item: Fields, key: ItemKey, events: ProviderEvent[]): void;
  /** Adds what is held back. */
  end(events: ProviderEvent[]): void;
  hasText(): boolean;
  hasReasoning(): boolean;
}

const PARAGRAPH = '\n\n';

/** Creates the texts of one response. */
export function createParagraphs(thinkTags: 'auto' | 'off'): Paragraphs {
  const texts = createTexts(thinkTags);
  /** The items of which something was read. */
  const messages = new Set<ItemKey>();
  const reasonings = new Set<ItemKey>();
  let last: { of: Set<ItemKey>; key: ItemKey; part: unknown } | undefined;
  let counting: ReasoningPlace['kind'] | undefined;
  /** What separates a piece from the one before it. */
  const before = (of: Set<ItemKey>, key: ItemKey, part?: unknown): string => {
    if (last?.of === of && last.key === key && last.part === part) return '';
    const isNext = last?.of === of;
    of.add(key);
    last = { of, key, part };
    return isNext ? PARAGRAPH : '';
  };
  const addText: Paragraphs['addText'] = (piece, key, events) => {
    if (piece !== '') texts.addContent(before(messages, key) + piece, events);
  };
  const addReasoning: Paragraphs['addReasoning'] = (piece, { kind, key, part }, events) => {
    if (piece === '') return;
    counting ??= kind;
    if (kind === counting) texts.addReasoning(before(reasonings, key, part) + piece, events);
  };
  return {
    addText,
    addReasoning,
    readMessage({ content }, key, events) {
      if (messages.has(key)) return;
      for (const { text, refusal } of listOf(content).map(record))
        addText(textOf(text) || textOf(refusal), key, events);
    },
    readReasoning(item, key, events) {
      if (reasonings.has(key)) return;
      for (const kind of ['summary', 'content'] as const)
        for (const [part, piece] of listOf(item[kind]).entries())
          addReasoning(textOf(record(piece).text), { kind, key, part }, events);
    },
    end: (events) => {
      texts.end(events);
    },
    hasText: () => messages.size > 0,
    hasReasoning: () => reasonings.size > 0,
  };
}
