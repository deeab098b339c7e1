/** The demo provider: answers questions about Rivulet from its own documents, without a key or a network. */
import { systemClock, type Clock } from '../src/base/clock.ts';
import { answerFiles, answerForm, answerResults, resultsIn } from './demo-answers.ts';
import { sourceStep, textStep, type ReplyStep } from './demo-steps.ts';
import type { DemoDocument } from './documents.ts';
import { streamPieces, type Pace, type Random } from './demo-pace.ts';
import { createReplyTo, type ReplyTo } from './demo-replies.ts';
import { stepsOfScene, readScene } from './demo-scenes.ts';
import { excerptOf, type Passage } from './passages.ts';
import type { Provider, ProviderEvent, ProviderRequest } from '../src/providers/provider.ts';

/** Options of `createDemoProvider`. */
export interface DemoProviderOptions {
  /** The documents to search. Without any, the demo says that it found nothing. */
  documents: readonly DemoDocument[];
  /** Default: `systemClock`. */
  clock?: Clock;
  /** Varies the pace and the length of the pieces, not the reply. Default: `Math.random`. */
  random?: Random;
}

/** An excerpt of a source is shown as two lines. */
const EXCERPT_MAX_CHARACTERS = 160;
/** An estimate: the demo has no tokenizer. */
const CHARACTERS_PER_TOKEN = 4;

/** Creates the provider. It passes the same contract suite as every provider. */
export function createDemoProvider(options: DemoProviderOptions): Provider {
  const { documents, clock = systemClock, random = Math.random } = options;
  const replyTo = createReplyTo(documents);
  return {
    name: 'demo',
    async *stream(request, signal) {
      if (signal.aborted) return;
      yield { type: 'response-started' };
      const steps = stepsFor(request, replyTo);
      let calls = 0;
      for (const step of steps) {
        if (step.kind === 'call') calls += 1;
        yield* streamStep(step, `demo-call-${calls}`, { clock, random, signal });
        if (isAborted(signal)) return;
      }
      const usage = {
        inputTokens: tokensIn(request.messages.map(({ text }) => text).join('')),
        outputTokens: tokensIn(steps.map((step) => ('text' in step ? step.text : '')).join('')),
      };
      yield { type: 'finished', reason: calls > 0 ? 'tool' : 'stop', usage };
    },
  };
}

function stepsFor(request: ProviderRequest, replyTo: ReplyTo): readonly ReplyStep[] {
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
  if (scene !== undefined) return stepsOfScene(scene, callable);
  const { markdown, passages } = replyTo(questionsIn(request));
  return [textStep(markdown), ...passages.map(asSource)];
}

/** The events of one step. */
async function* streamStep(step: ReplyStep, callId: string, pace: Pace): AsyncGenerator<ProviderEvent> {
  switch (step.kind) {
    case 'part':
      yield step.event;
      return;
    case 'call':
      yield { type: 'tool-call-started', callId, name: step.name };
      for await (const text of streamPieces(JSON.stringify(step.input), pace))
        yield { type: 'tool-call-delta', callId, text };
      return;
    default: {
      const type = step.kind === 'text' ? 'text-delta' : 'reasoning-delta';
      for await (const text of streamPieces(step.text, pace)) yield { type, text };
    }
  }
}

/** A function, because the compiler would narrow `signal.aborted` to false after the first check. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

function questionsIn({ messages }: ProviderRequest): string[] {
  return messages.filter(({ role }) => role === 'user').map(({ text }) => text);
}

function asSource(passage: Passage): ReplyStep {
  const { id, document, heading } = passage;
  const title = heading === document ? document : `${document}: ${heading}`;
  return sourceStep(id, title, { excerpt: excerptOf(passage, EXCERPT_MAX_CHARACTERS) });
}

const tokensIn = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
