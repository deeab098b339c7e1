/**
 * Holds back the content of one answer until moderation has passed it, and writes it in order. It stands behind the check of answers,
 * so that no moderator sees a secret. What it holds is in no event, no store and no log.
 */
import type { ChatError, Part } from '@rivulet/protocol';
import { abortable } from '../../base/index.ts';
import type { ActiveModeration } from '../../moderation/moderation.ts';
import type { ModeratedKind, ModeratedText } from '../../moderation/moderator.ts';
import { wholeEnd } from '../../moderation/window-ends.ts';
import type { Content } from '../reply.ts';
import { moderatedTextOf } from './moderated-text.ts';
import type { ReachedLimit } from './reached-limit.ts';

/** The gate of one answer. */
export interface ModerationGate {
  /** Aborts when the run does, or when the answer must not go on: the request to the upstream is aborted with it. */
  readonly signal: AbortSignal;
  /** Why the answer must not go on: it was blocked, or has reached a limit. */
  readonly stopped: GateStop | undefined;
  /** Takes content. What may be shown at once is written at once. */
  take(contents: readonly Content[]): void;
  /** Resolves when there is room for more; undefined when there is. Rejects when the run is aborted. */
  room(): Promise<void> | undefined;
  /** The answer is complete. Resolves when all of it is written, or nothing more may be. Rejects when the run is aborted. */
  end(): Promise<void>;
  /** What was received and not written, for the count of its tokens. */
  unwritten(): Part[];
}

/** Why an answer must not go on. */
export type GateStop = { kind: 'refused'; error: ChatError } | { kind: 'limit'; limit: ReachedLimit };

/** What a gate needs. */
export interface ModerationGateOptions {
  moderation: ActiveModeration;
  /** Aborts with the run. */
  signal: AbortSignal;
  /** Writes content to the reply, in order. @returns the limit that it exceeds */
  write: (contents: readonly Content[]) => ReachedLimit | undefined;
}

/** More waits for moderation in the upstream's connection, not in memory. In UTF-16 code units. */
const MAX_HELD_CHARS = 65_536;
/** A text that is moderated in two parts has so much of the first one before the second one: more than the longest entry of a list. */
const CONTEXT_CHARS = 400;

/** A text under moderation. Tool inputs, sources and data are shown when they are complete; `passed` is then infinite. */
interface HeldText {
  moderated: ModeratedText;
  /** Its length so far, without `before`. */
  length: number;
  /** How much of what is moderated is the end of the part before it, which is not shown again. */
  before: number;
  passed: number;
  /** The contents that are moderated as a whole; undefined when the text is shown while it grows. */
  whole: Content[] | undefined;
  isEnded: boolean;
}

/** Content that waits. It may be shown when its text has passed to `end`. */
interface Held {
  content: Content;
  text: HeldText | undefined;
  end: number;
}

/** Creates the gate of one answer. */
export function createModerationGate(options: ModerationGateOptions): ModerationGate {
  return new Gate(options);
}

class Gate implements ModerationGate {
  readonly #options: ModerationGateOptions;
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;
  #stopped: GateStop | undefined;
  /** In the order in which they are shown. Bounded by `MAX_HELD_CHARS`, because `room` is waited for. */
  #held: Held[] = [];
  #heldChars = 0;
  /** The texts that are not complete, by their key. */
  readonly #open = new Map<string, HeldText>();
  /** The ends of the texts that were divided, because too much was held; what comes next is judged with them. */
  readonly #contexts = new Map<string, string>();
  /** Whoever waits for room or the end. */
  #waiting: { isMet: () => boolean; resolve: () => void }[] = [];
  /** Whether content is being taken: it is written once at the end of it. */
  #isTaking = false;

  constructor(options: ModerationGateOptions) {
    this.#options = options;
    this.signal = AbortSignal.any([options.signal, this.#controller.signal]);
  }

  get stopped(): GateStop | undefined {
    return this.#stopped;
  }

  take(contents: readonly Content[]): void {
    this.#isTaking = true;
    for (const content of contents)
      if (this.#stopped === undefined) this.#add(content);
      else this.#hold({ content, text: undefined, end: 0 }); // counted, and never shown
    if (this.#heldChars > MAX_HELD_CHARS) this.#divideAll();
    this.#isTaking = false;
    this.#release();
  }

  room(): Promise<void> | undefined {
    return this.#wait(() => this.#heldChars <= MAX_HELD_CHARS);
  }

  end(): Promise<void> {
    this.#endAll();
    this.#release();
    return this.#wait(() => this.#held.length === 0) ?? Promise.resolve();
  }

  unwritten(): Part[] {
    const text = this.#held.map(({ content }) => ('text' in content ? content.text : '')).join('');
    return text === '' ? [] : [{ type: 'text', text }];
  }

  #wait(isMet: () => boolean): Promise<void> | undefined {
    if (this.#stopped !== undefined || isMet()) return undefined;
    const met = new Promise<void>((resolve) => {
      this.#waiting.push({ isMet, resolve });
    });
    return abortable(this.#options.signal, met);
  }

  #add(content: Content): void {
    if (content.type === 'text-delta' || content.type === 'reasoning-delta') this.#addProse(content);
    else if (content.type === 'tool-call-delta') this.#addWhole(callKey(content.callId), content);
    else {
      this.#endProse();
      if (content.type === 'text-was-reasoning') this.#held.push({ content, text: undefined, end: 0 });
      else if (content.type === 'tool-call-started') {
        this.#endText(callKey(content.callId));
        this.#addWhole(callKey(content.callId), content);
      } else {
        this.#addWhole(content.type, content);
        this.#endText(content.type);
      }
    }
  }

  #addProse(content: Extract<Content, { type: 'text-delta' | 'reasoning-delta' }>): void {
    // Text after reasoning is another part; what comes after a part that was divided is not.
    if (!this.#open.has(content.type) && !this.#contexts.has(content.type)) this.#endProse();
    const kind = content.type === 'text-delta' ? 'answer' : 'reasoning';
    const text = this.#open.get(content.type) ?? this.#beginProse(content.type, kind);
    text.length += content.text.length;
    this.#hold({ content, text, end: text.length });
    text.moderated.push(content.text);
  }

  #addWhole(key: string, content: Content): void {
    const kind = content.type === 'source' || content.type === 'data' ? content.type : 'tool-input';
    const text = this.#open.get(key) ?? this.#begin(key, kind);
    text.whole ??= this.#contextOf(key).map((before) => ({ ...content, text: before }) as Content);
    text.whole.push(content);
    this.#hold({ content, text, end: Infinity });
  }

  #hold(held: Held): void {
    this.#held.push(held);
    this.#heldChars += charsOf(held.content);
  }

  #begin(key: string, kind: ModeratedKind): HeldText {
    const listener = {
      passed: (chars: number) => {
        // A text that is shown as a whole is moderated at its end; a position in it means nothing.
        text.passed = text.whole === undefined ? chars - text.before : chars === text.length ? Infinity : 0;
        this.#release();
      },
      refused: (error: ChatError) => {
        this.#stop({ kind: 'refused', error });
      },
    };
    const moderated = this.#options.moderation.open(kind, listener, this.signal);
    const text: HeldText = { moderated, length: 0, before: 0, passed: 0, whole: undefined, isEnded: false };
    this.#open.set(key, text);
    return text;
  }

  #beginProse(key: string, kind: ModeratedKind): HeldText {
    const text = this.#begin(key, kind);
    for (const before of this.#contextOf(key)) {
      text.before = before.length;
      text.moderated.push(before);
    }
    return text;
  }

  /** The end of the part before the text that begins; none when it has no such part. */
  #contextOf(key: string): string[] {
    const context = this.#contexts.get(key);
    this.#contexts.delete(key);
    return context === undefined ? [] : [context];
  }

  /** So much is held that something may have to end before it can pass, such as the input of a call. */
  #divideAll(): void {
    for (const [key, text] of [...this.#open]) {
      let end = '';
      for (let at = this.#held.length - 1; at >= 0 && end.length < CONTEXT_CHARS; at -= 1) {
        const held = this.#held[at];
        if (held?.text === text && 'text' in held.content) end = held.content.text + end;
      }
      this.#endText(key);
      this.#contexts.set(key, contextIn(end));
    }
  }

  #endProse(): void {
    this.#endText('text-delta');
    this.#endText('reasoning-delta');
  }

  #endAll(): void {
    for (const key of [...this.#open.keys()]) this.#endText(key);
  }

  #endText(key: string): void {
    const text = this.#open.get(key);
    this.#contexts.delete(key);
    if (text === undefined) return;
    this.#open.delete(key);
    if (text.whole !== undefined) {
      const shown = moderatedTextOf(text.whole);
      text.length = shown.length;
      if (shown === '') text.passed = Infinity;
      else text.moderated.push(shown);
    }
    text.moderated.end();
  }

  /** Writes what may be shown, as far as nothing before it is held back. */
  #release(): void {
    if (this.#isTaking || this.#stopped !== undefined || this.#options.signal.aborted) return;
    const ready: Content[] = [];
    let count = 0;
    for (const held of this.#held) {
      const { content, text, end } = held;
      if (text !== undefined && text.passed < end) {
        ready.push(...this.#takeStart(held, text));
        break;
      }
      this.#heldChars -= charsOf(content);
      ready.push(content);
      count += 1;
    }
    this.#held.splice(0, count);
    if (ready.length > 0) this.#write(ready);
    this.#wake();
  }

  /** Takes what may be shown out of a delta of which the rest may not. */
  #takeStart(held: Held, { passed }: HeldText): Content[] {
    const { content, end } = held;
    if (!('text' in content) || end === Infinity) return [];
    const chars = wholeEnd(content.text.slice(0, Math.max(0, passed - (end - content.text.length))));
    if (chars === 0) return [];
    // Cloned, because V8 keeps the whole text for as long as a slice of it is used; the event log may keep it for 20 minutes.
    const shown = structuredClone(content.text.slice(0, chars));
    held.content = { ...content, text: content.text.slice(chars) };
    this.#heldChars -= chars;
    return [{ ...content, text: shown }];
  }

  #write(ready: readonly Content[]): void {
    const limit = this.#options.write(ready);
    if (limit !== undefined) this.#stop({ kind: 'limit', limit });
  }

  #stop(stopped: GateStop): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = stopped;
    this.#open.clear();
    // Ends the request, and the moderation of the other texts.
    this.#controller.abort();
    this.#wake();
  }

  #wake(): void {
    const met = this.#waiting.filter(({ isMet }) => this.#stopped !== undefined || isMet());
    this.#waiting = this.#waiting.filter((one) => !met.includes(one));
    for (const { resolve } of met) resolve();
  }
}

/** The last words of a text. Half a word would look like another one. */
function contextIn(text: string): string {
  if (text.length <= CONTEXT_CHARS) return text;
  const end = text.slice(-CONTEXT_CHARS);
  return end.slice(Math.max(0, end.search(/\s/)));
}

const callKey = (callId: string): string => `call ${callId}`;
/** A source or data counts as JSON, as it does in the length of an answer. */
const charsOf = (content: Content): number =>
  'text' in content ? content.text.length : JSON.stringify(content).length;
