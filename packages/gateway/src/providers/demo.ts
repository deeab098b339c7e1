/** Answers questions about Rivulet from its own documents, without a key and without a network. */
import { systemClock, type Clock } from '../clock.ts';
import type { DemoDocument } from './demo-documents.ts';
import { flow, type Random } from './demo-pace.ts';
import { createReplyTo } from './demo-replies.ts';
import { excerptOf, type Section } from './demo-sections.ts';
import type { Provider, ProviderEvent, ProviderRequest } from './provider.ts';

export interface DemoProviderOptions {
  documents: readonly DemoDocument[];
  clock?: Clock;
  /** Varies the pace and the length of the pieces, not the answer. */
  random?: Random;
}

const EXCERPT_MAX_CHARACTERS = 160;
/** How many characters make a token, roughly; the demo has no tokenizer to ask. */
const CHARACTERS_PER_TOKEN = 4;

export function createDemoProvider(options: DemoProviderOptions): Provider {
  const { documents, clock = systemClock, random = Math.random } = options;
  const replyTo = createReplyTo(documents);
  return {
    name: 'demo',
    async *stream(request, signal) {
      if (signal.aborted) return;
      yield { type: 'response-started' };
      const { markdown, sections } = replyTo(questionsIn(request));
      for await (const text of flow(markdown, { clock, random, signal })) yield { type: 'text-delta', text };
      if (isAborted(signal)) return;
      yield* sections.map(asSource);
      const usage = {
        inputTokens: tokensIn(request.messages.map(({ text }) => text).join('')),
        outputTokens: tokensIn(markdown),
      };
      yield { type: 'finished', reason: 'stop', usage };
    },
  };
}

/** Asked anew: the compiler takes a signal that was not aborted once for one that never is. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

function questionsIn({ messages }: ProviderRequest): string[] {
  return messages.filter(({ role }) => role === 'user').map(({ text }) => text);
}

function asSource(section: Section): ProviderEvent {
  const { id, document, heading } = section;
  const title = heading === document ? document : `${document}: ${heading}`;
  return { type: 'source', sourceId: id, title, excerpt: excerptOf(section, EXCERPT_MAX_CHARACTERS) };
}

const tokensIn = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
