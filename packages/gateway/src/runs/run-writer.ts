/**
 * The output of one run: adds what the tool loop produces to the reply and the event log, in order, up to the limit of its length,
 * and sums the token usage.
 */
import type { LoggedEventBody, Usage } from '@rivulet/protocol';
import { asOnePiece } from '../base/index.ts';
import { FIRST_GROWTH_CHARS } from '../budgets/run-meter.ts';
import { MAX_METADATA_CHARS } from '../providers/provider-metadata.ts';
import type { AnswerRound } from '../stores/store.ts';
import type { Content, Reply } from './reply.ts';
import type { RunWriter } from './tool-loop/round.ts';

/** Where a run writer writes to. */
export interface RunWriterOptions {
  reply: Reply;
  /** Appends events to the event log; must keep the order of the calls. */
  append: (events: LoggedEventBody[]) => void;
  /** The text, the reasoning, the tool calls, the sources and the data that the reply may have together, in UTF-16 code units. */
  maxChars: number;
  /** Called when the reply has grown to the length that the last call has returned. @returns the next one, in UTF-16 code units */
  onGrowth: (chars: number) => number;
  /** Called once, before the first content of the provider is written. */
  onFirstContent: () => void;
}

/** A run writer as its owner sees it: with the total usage. */
export interface CountingRunWriter extends RunWriter {
  /** Token usage of all rounds so far; undefined when the upstream reported none. */
  readonly usage: Usage | undefined;
  /** The rounds so far. */
  readonly rounds: readonly AnswerRound[];
}

/** Creates the writer of one run. */
export function createRunWriter({
  reply,
  append,
  maxChars,
  onGrowth,
  onFirstContent,
}: RunWriterOptions): CountingRunWriter {
  let usage: Usage | undefined;
  let hasContent = false;
  const length = createLength(maxChars, onGrowth);
  return {
    get usage() {
      return usage;
    },
    ...createRounds(reply),
    write(contents) {
      if (!hasContent) onFirstContent();
      hasContent = true;
      const all = length.fitting(contents);
      const [only] = all;
      append(all.length === 1 && only !== undefined ? reply.add(only) : all.flatMap((one) => reply.add(one)));
      if (length.isExceeded()) return 'max-answer-chars';
      return reply.isFull ? 'max-parts' : undefined;
    },
    log(events) {
      for (const event of events) reply.fold(event);
      append(events);
    },
    read: () => reply.message,
    addUsage({ inputTokens, outputTokens }) {
      const { inputTokens: input = 0, outputTokens: output = 0 } = usage ?? {};
      usage = { inputTokens: input + inputTokens, outputTokens: output + outputTokens };
    },
  };
}

/** The length of the reply, which costs one comparison for each delta. */
function createLength(maxChars: number, onGrowth: RunWriterOptions['onGrowth']) {
  /** How much of `maxChars` is left; negative once there was more. */
  let leftChars = maxChars;
  /** The next length that `onGrowth` is called for, as `leftChars`. */
  let leftAtGrowth = Math.max(0, maxChars - FIRST_GROWTH_CHARS);
  return {
    /** The contents up to `maxChars`: the same array when that is all of them. */
    fitting(contents: readonly Content[]): readonly Content[] {
      for (const [index, content] of contents.entries()) {
        leftChars -= charsOf(content);
        if (leftChars < 0)
          return [...contents.slice(0, index), ...('text' in content ? startOf(content, leftChars) : [])];
      }
      return contents;
    },
    /** To be called when the contents are in the reply. */
    isExceeded(): boolean {
      if (leftChars >= leftAtGrowth) return false;
      if (leftChars >= 0) leftAtGrowth = Math.max(0, maxChars - onGrowth(maxChars - leftChars));
      return leftChars < 0;
    },
  };
}

/** The rounds of a reply. Bounded by `Limits.maxToolRounds`, and their metadata by `MAX_METADATA_CHARS`. */
function createRounds(reply: Reply): Pick<CountingRunWriter, 'rounds' | 'beginRound' | 'addMetadata'> {
  const rounds: AnswerRound[] = [];
  let metadataChars = 0;
  return {
    rounds,
    beginRound() {
      rounds.push({ at: reply.message.parts.length });
    },
    addMetadata(metadata) {
      const chars = JSON.stringify(metadata).length;
      const round = rounds.at(-1);
      if (round === undefined || metadataChars + chars > MAX_METADATA_CHARS) return 'too-large';
      metadataChars += chars;
      round.metadata = metadata;
      return 'kept';
    },
  };
}

/** What the content takes of the limit. A value counts as JSON, because that is how it is kept and sent; a call by its input. */
function charsOf(content: Content): number {
  if ('text' in content) return asOnePiece(content.text).length;
  return content.type === 'data' || content.type === 'source' ? JSON.stringify(content).length : 0;
}

/**
 * The delta without its last code units, and without half of a surrogate pair at its new end; nothing when no text is left.
 * @param end the new end, counted from the old one: negative
 */
function startOf<Delta extends { text: string }>(delta: Delta, end: number): Delta[] {
  const text = delta.text.slice(0, end).replace(/[\ud800-\udbff]$/, '');
  // Cloned, because V8 keeps the whole text for as long as a slice of it is used; the event log may keep it for 20 minutes.
  return text === '' ? [] : [{ ...delta, text: structuredClone(text) }];
}
