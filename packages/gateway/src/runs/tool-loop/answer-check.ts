/**
 * Checks what a provider yields before it is kept or shown: nothing of it is trusted, whichever provider it is. Texts lose control
 * characters and the gateway's secrets, names and sources are bounded, and what is no event is left out.
 */
import { ChatError, isDeeperThan, MAX_COMMAND_DEPTH } from '@rivulet/protocol';
import { CALLS_MAX } from '../../providers/excessive-answer.ts';
import type { ProviderEvent } from '../../providers/provider.ts';
import { mapTexts, type MaskedText, type SecretMask } from '../../providers/secret-mask.ts';
import { cleanText, withoutControls } from '../../providers/shown-text.ts';
import { validUsage } from '../../providers/usage.ts';
import { createWholeCharacters } from '../../providers/whole-characters.ts';
import type { Content } from '../reply.ts';

type Finished = Extract<ProviderEvent, { type: 'finished' }>;
type Of<Type extends Content['type']> = Extract<Content, { type: Type }>;

/** Checks the events of one answer, in order. */
export interface AnswerCheck {
  /**
   * Adds to `into` what may be shown of the event.
   * @throws {ChatError} upstream-failed when the answer has more than `CALLS_MAX` tool calls
   */
  read(event: Content, into: Content[]): void;
  /** Adds what was held back, because it could be the beginning of a secret. The answer has ended. */
  end(into: Content[]): void;
  /** The last event, with nothing in it that cannot be used. */
  finished(event: Finished): Finished;
  /** How many events were left out. */
  readonly dropped: number;
}

/** Upstreams permit 64 to 128 characters in the name of a tool. */
const MAX_NAME_CHARS = 128;
const MAX_ID_CHARS = 256;
const MAX_TITLE_CHARS = 1_000;
/** The longest URL that all browsers open. */
const MAX_URL_CHARS = 2_048;
const MAX_EXCERPT_CHARS = 10_000;
const REASONS: ReadonlySet<unknown> = new Set<Finished['reason']>(['stop', 'length', 'tool', 'blocked']);
const UNKNOWN_REASON = 'the provider ended with a reason that is unknown; it counts as stop';

/** Creates the check of one answer. */
export function createAnswerCheck(mask: SecretMask): AnswerCheck {
  const texts = createCheckedTexts(mask);
  const check = createWholeCheck(mask);
  let calls = 0;
  let dropped = 0;
  const countCall = () => {
    calls += 1;
    if (calls <= CALLS_MAX) return;
    const cause = new Error(`The answer has more than ${CALLS_MAX} tool calls.`);
    throw new ChatError('upstream-failed', { cause });
  };
  return {
    get dropped() {
      return dropped;
    },
    read(event, into) {
      if (isDelta(event)) {
        if (typeof event.text === 'string') texts.add(event, into);
        else dropped += 1;
        return;
      }
      // Whatever is no delta stands between two parts, so that a text before it has ended.
      texts.endProse(into);
      if (event.type === 'tool-call-started') {
        texts.endCall(event.callId, into);
        countCall();
      }
      const content = check(event);
      if (content === undefined) dropped += 1;
      else into.push(content);
    },
    end(into) {
      texts.end(into);
    },
    // A reason that is unknown is logged as the upstream wrote it.
    finished: (event) => checkFinished(event, mask),
  };
}

function checkFinished({ reason, usage, remark, metadata }: Finished, mask: SecretMask): Finished {
  const counted = validUsage(usage);
  const said = REASONS.has(reason) ? remark && mask.hide(remark) : UNKNOWN_REASON;
  return {
    ...{ type: 'finished', reason: REASONS.has(reason) ? reason : 'stop' },
    ...(counted === undefined ? {} : { usage: counted }),
    ...(said === undefined ? {} : { remark: said }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** Checks content that comes whole. Returns undefined for what is no content. */
function createWholeCheck(mask: SecretMask): (event: Exclude<Content, Delta>) => Content | undefined {
  const clean = (text: unknown, maxChars: number): string =>
    typeof text === 'string' ? mask.hide(cleanText(text.slice(0, maxChars))) : '';
  const source = ({ type, sourceId, title, url, excerpt }: Of<'source'>): Content => ({
    ...{ type, sourceId: clean(sourceId, MAX_ID_CHARS), title: clean(title, MAX_TITLE_CHARS) },
    ...(typeof url === 'string' && url.length <= MAX_URL_CHARS ? { url: clean(url, MAX_URL_CHARS) } : {}),
    ...(typeof excerpt === 'string' ? { excerpt: clean(excerpt, MAX_EXCERPT_CHARS) } : {}),
  });
  const data = ({ type, name, value }: Of<'data'>): Content | undefined => {
    const json = jsonValueOf(value);
    if (json === undefined) return undefined;
    return { type, name: clean(name, MAX_NAME_CHARS), value: mask.hideIn(mapTexts(json.value, cleanText)) };
  };
  return (event) => {
    switch (event.type) {
      case 'tool-call-started':
        return { ...event, name: clean(event.name, MAX_NAME_CHARS) };
      case 'source':
        return source(event);
      case 'data':
        return data(event);
      case 'text-was-reasoning':
        return event;
      default:
        return undefined; // a provider of somebody else may yield anything
    }
  };
}

type Delta = Of<'text-delta' | 'reasoning-delta' | 'tool-call-delta'>;

const isDelta = (event: Content): event is Delta =>
  event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-call-delta';

interface CheckedTexts {
  /** Adds what may be shown of a delta. */
  add(delta: Delta, into: Content[]): void;
  /** Adds what is held back of the text or the reasoning. */
  endProse(into: Content[]): void;
  /** Adds what is held back of the input of a call: another one with its id begins. */
  endCall(callId: string, into: Content[]): void;
  /** Adds what is held back of all texts. */
  end(into: Content[]): void;
}

/** One text that grows: of the answer, of the reasoning, or of the input of one call. */
interface GrowingText {
  delta: Delta;
  push(text: string): string;
  end(): string;
}

/** The texts of one answer. A delta that needs no change is passed on as it is. */
function createCheckedTexts(mask: SecretMask): CheckedTexts {
  /** Those that may hold something back, by their key: at most one for each call. */
  const open = new Map<string, GrowingText>();
  let last: { key: string; text: GrowingText } | undefined;
  const close = (key: string, into: Content[]) => {
    const text = open.get(key);
    const rest = text?.end() ?? '';
    if (text !== undefined && rest !== '') into.push({ ...text.delta, text: rest });
    open.delete(key);
    if (last?.key === key) last = undefined;
  };
  const endProse = (into: Content[]) => {
    close('text-delta', into);
    close('reasoning-delta', into);
  };
  const openText = (key: string, delta: Delta, into: Content[]): GrowingText => {
    // Text after reasoning is another part. The inputs of several calls, and a text, may be interleaved.
    if (delta.type !== 'tool-call-delta' && !open.has(key)) endProse(into);
    const text = open.get(key) ?? growingText(delta, mask.stream());
    open.set(key, text);
    last = { key, text };
    return text;
  };
  return {
    add(delta, into) {
      const key = delta.type === 'tool-call-delta' ? keyOfCall(delta.callId) : delta.type;
      const text = last?.key === key ? last.text : openText(key, delta, into);
      const shown = text.push(delta.text);
      if (shown === delta.text) into.push(delta);
      else if (shown !== '') into.push({ ...delta, text: shown });
    },
    endProse,
    endCall(callId, into) {
      close(keyOfCall(callId), into);
    },
    end(into) {
      for (const key of [...open.keys()]) close(key, into);
    },
  };
}

const keyOfCall = (callId: string): string => `call ${callId}`;

function growingText(delta: Delta, masked: MaskedText): GrowingText {
  const characters = createWholeCharacters();
  return {
    delta,
    // The controls first: they could stand between the characters of a secret.
    push: (text) => masked.push(characters.push(withoutControls(text))),
    end: () => masked.push(characters.end()) + masked.end(),
  };
}

/** The value as it comes out of JSON; undefined when it cannot be written as JSON, or is nested too deep to be. */
function jsonValueOf(value: unknown): { value: unknown } | undefined {
  try {
    if (isDeeperThan(value, MAX_COMMAND_DEPTH)) return undefined;
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? undefined : { value: JSON.parse(text) as unknown };
  } catch {
    return undefined; // a cycle, a bigint, or a toJSON that throws: the caller counts it
  }
}
