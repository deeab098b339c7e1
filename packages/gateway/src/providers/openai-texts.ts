/** Writes the text and the reasoning of one answer as provider events. */
import type { ProviderEvent } from './provider.ts';
import { ThinkSplitter } from './think-splitter.ts';
import { createWholeCharacters } from './whole-characters.ts';

/** The text and the reasoning of one answer. */
export interface Texts {
  /** Adds reasoning that has a field of its own. */
  addReasoning(piece: string, events: ProviderEvent[]): void;
  /** Adds content, in which there may be reasoning between tags. */
  addContent(piece: string, events: ProviderEvent[]): void;
  /** Adds what is held back. */
  end(events: ProviderEvent[]): void;
}

/** Creates the texts of one answer. */
export function createTexts(thinkTags: 'auto' | 'off'): Texts {
  const text = createWholeCharacters();
  const reasoning = createWholeCharacters();
  /** Where the splitter's output goes to. */
  let into: ProviderEvent[] = [];
  const addReasoning = (piece: string, events: ProviderEvent[]) => {
    addText(events, 'reasoning-delta', reasoning.push(piece));
  };
  /** What the first text was added to. */
  let first: ProviderEvent[] | undefined;
  const addAnswer = (piece: string, events: ProviderEvent[]) => {
    first ??= events;
    addText(events, 'text-delta', text.push(piece));
  };
  const splitter = new ThinkSplitter({
    text: (piece) => {
      addAnswer(piece, into);
    },
    reasoning: (piece) => {
      addReasoning(piece, into);
    },
    withdraw: () => {
      // The caller has taken none of the text yet: it never has to know.
      if (first === into) becomeReasoning(into);
      else into.push({ type: 'text-was-reasoning' });
    },
  });
  return {
    addReasoning,
    addContent(piece, events) {
      into = events;
      if (thinkTags === 'auto') splitter.push(piece);
      else addAnswer(piece, events);
    },
    end(events) {
      into = events;
      splitter.end();
      addText(events, 'reasoning-delta', reasoning.end());
      addText(events, 'text-delta', text.end());
    },
  };
}

function addText(events: ProviderEvent[], type: 'text-delta' | 'reasoning-delta', text: string): void {
  if (text === '') return;
  const last = events.at(-1);
  if (last?.type === type) last.text += text;
  else events.push({ type, text });
}

function becomeReasoning(events: ProviderEvent[]): void {
  for (const [index, event] of events.entries())
    if (event.type === 'text-delta') events[index] = { type: 'reasoning-delta', text: event.text.trim() };
}
