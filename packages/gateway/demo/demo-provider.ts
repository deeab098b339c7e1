/** Answers questions about Rivulet from its own documents, without a key and without a network. */
import { systemClock, type Clock } from '../src/base/clock.ts';
import { answerFiles, answerForm, answerResults, resultsIn } from './demo-answers.ts';
import { source, words, type Beat } from './demo-beats.ts';
import type { DemoDocument } from './documents.ts';
import { flow, type Pace, type Random } from './demo-pace.ts';
import { createReplyTo, type ReplyTo } from './demo-replies.ts';
import { playScene, readScene } from './demo-scenes.ts';
import { excerptOf, type Passage } from './passages.ts';
import type { Provider, ProviderEvent, ProviderRequest } from '../src/providers/provider.ts';

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
      const beats = beatsFor(request, replyTo);
      let calls = 0;
      for (const beat of beats) {
        if (beat.kind === 'call') calls += 1;
        yield* play(beat, `demo-call-${calls}`, { clock, random, signal });
        if (isAborted(signal)) return;
      }
      const usage = {
        inputTokens: tokensIn(request.messages.map(({ text }) => text).join('')),
        outputTokens: tokensIn(beats.map((beat) => ('text' in beat ? beat.text : '')).join('')),
      };
      yield { type: 'finished', reason: calls > 0 ? 'tool' : 'stop', usage };
    },
  };
}

function beatsFor(request: ProviderRequest, replyTo: ReplyTo): readonly Beat[] {
  const { messages, tools = [], toolChoice } = request;
  const results = resultsIn(messages);
  if (results.length > 0) return answerResults(results);
  const last = messages.at(-1);
  const files = last?.role === 'user' ? (last.files ?? []) : [];
  if (files.length > 0) return answerFiles(files);
  const question = last?.text ?? '';
  const form = answerForm(question);
  if (form !== undefined) return form;
  const scene = readScene(question);
  const callable = toolChoice === 'none' ? [] : tools.map(({ name }) => name);
  if (scene !== undefined) return playScene(scene, callable);
  const { markdown, passages } = replyTo(questionsIn(request));
  return [words(markdown), ...passages.map(asSource)];
}

async function* play(beat: Beat, callId: string, pace: Pace): AsyncGenerator<ProviderEvent> {
  switch (beat.kind) {
    case 'part':
      yield beat.event;
      return;
    case 'call':
      yield { type: 'tool-call-started', callId, name: beat.name };
      for await (const text of flow(JSON.stringify(beat.input), pace))
        yield { type: 'tool-call-delta', callId, text };
      return;
    default: {
      const type = beat.kind === 'words' ? 'text-delta' : 'reasoning-delta';
      for await (const text of flow(beat.text, pace)) yield { type, text };
    }
  }
}

/** Asked anew: the compiler takes a signal that was not aborted once for one that never is. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

function questionsIn({ messages }: ProviderRequest): string[] {
  return messages.filter(({ role }) => role === 'user').map(({ text }) => text);
}

function asSource(passage: Passage): Beat {
  const { id, document, heading } = passage;
  const title = heading === document ? document : `${document}: ${heading}`;
  return source(id, title, { excerpt: excerptOf(passage, EXCERPT_MAX_CHARACTERS) });
}

const tokensIn = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
