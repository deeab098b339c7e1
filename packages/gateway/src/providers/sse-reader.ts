/** Reads server-sent events with JSON in them from the bytes of a response body, wherever the network cuts them. */
import { asOnePiece } from '../base/index.ts';
import { checkEventLength } from './excessive-answer.ts';
import { splitJsonObjects } from './json-objects.ts';
import { createRepeatedJson, type RepeatedJson } from './repeated-json.ts';

/** Reads one body. */
export interface SseReader {
  /**
   * Reads the next bytes. The listener is called for each event that they complete.
   * @throws {ExcessiveAnswerError} when an event is too long
   * @throws {SyntaxError} when an event begins as a JSON object and is none
   * @throws what the listener throws; the reader must not be used afterwards
   */
  push(bytes: Uint8Array): void;
  /**
   * Reads the end of the body. An event without its empty line is delivered: some servers omit the line after the last event.
   * @throws as `push`
   */
  end(): void;
}

/**
 * Receives the JSON value of an event, or its text if that is no JSON, and the event's name (empty without an `event:` field). The
 * value may be changed after the listener has returned.
 */
export type SseListener = (value: unknown, name: string) => void;

/** The lines of one event are joined each 2^16 characters. */
const JOIN_BITS = 16;

const BRACE = 0x7b;
const BRACKET = 0x5b;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * Creates a reader for one body. It is more lenient than the specification, because some upstreams and proxies are: a line with a
 * complete value is an event without waiting for the empty line, several objects in a row are several events, and a line may be an
 * object without `data:`. The listener is not called for empty events: they keep the connection alive.
 */
export function createSseReader(onEvent: SseListener): SseReader {
  const decoder = new TextDecoder();
  const event = createEventReader(onEvent, createRepeatedJson());
  /** The beginning of a line. */
  let rest = '';
  let isAfterCarriageReturn = false;
  const read = (text: string) => {
    let from = isAfterCarriageReturn && text.charCodeAt(0) === LINE_FEED ? 1 : 0;
    if (text !== '') isAfterCarriageReturn = false;
    // Each is searched for once: most texts contain no carriage return at all.
    let lineFeed = text.indexOf('\n', from);
    let carriageReturn = text.indexOf('\r', from);
    while (lineFeed >= 0 || carriageReturn >= 0) {
      const end =
        carriageReturn < 0 || (lineFeed >= 0 && lineFeed < carriageReturn) ? lineFeed : carriageReturn;
      const line = text.slice(from, end);
      event.readLine(rest === '' ? line : rest + line);
      rest = '';
      from = end + 1;
      if (text.charCodeAt(end) === CARRIAGE_RETURN) {
        if (from === text.length) isAfterCarriageReturn = true;
        else if (text.charCodeAt(from) === LINE_FEED) from += 1;
      }
      if (lineFeed >= 0 && lineFeed < from) lineFeed = text.indexOf('\n', from);
      if (carriageReturn >= 0 && carriageReturn < from) carriageReturn = text.indexOf('\r', from);
    }
    rest += text.slice(from);
    checkEventLength(rest.length);
  };
  return {
    push: (bytes) => {
      read(decoder.decode(bytes, { stream: true }));
    },
    end: () => {
      read(decoder.decode());
      event.readLine(rest);
      event.readLine('');
    },
  };
}

/** V8 joins lazily: a million short lines would take twenty times the memory of their text. */
function withLine(text: string, line: string): string {
  const longer = `${text}\n${line}`;
  return longer.length >> JOIN_BITS === text.length >> JOIN_BITS ? longer : asOnePiece(longer);
}

/** Reads the lines of events, without their ends. */
function createEventReader(onEvent: SseListener, json: RepeatedJson): { readLine(line: string): void } {
  let name = '';
  /** The lines so far of an object or an array that takes several. */
  let pending = '';
  /** Whether `pending` began without `data:`, so that the next lines belong to it whatever they begin with. */
  let isBare = false;
  const deliver = (value: unknown) => {
    const ofEvent = name;
    name = '';
    onEvent(value, ofEvent);
  };
  const deliverPending = () => {
    const text = pending;
    pending = '';
    isBare = false;
    if (text === '') return;
    const objects = splitJsonObjects(text) ?? [text];
    for (const object of objects) deliver(JSON.parse(object));
  };
  const readValue = (value: string) => {
    if (pending !== '') {
      pending = withLine(pending, value);
      checkEventLength(pending.length);
      return;
    }
    const parsed = valueOf(value, json);
    if (parsed !== INCOMPLETE) deliver(parsed);
    else {
      pending = value;
      if (splitJsonObjects(value) !== undefined) deliverPending();
    }
  };
  return {
    readLine(line) {
      if (line === '') {
        deliverPending();
        name = '';
      } else if (isBare) readValue(line);
      else if (line.startsWith('data:')) {
        const value = line.slice(5).trim();
        if (value !== '') readValue(value);
      } else if (line.charCodeAt(0) === BRACE) {
        readValue(line);
        isBare = pending !== '';
      } else if (line.startsWith('event:')) name = line.slice(6).trim();
      else if (line.startsWith('error:')) {
        // llama.cpp before 2025 reported errors in a field of its own.
        name = 'error';
        readValue(line.slice(6).trim());
      }
    },
  };
}

const INCOMPLETE = Symbol('incomplete');
/** Ends almost every answer. Parsing it as JSON would throw, which takes as long as parsing twenty deltas. */
const DONE = '[DONE]';

/** The value of a JSON text; a text that is neither an object nor an array is its own value. */
function valueOf(text: string, json: RepeatedJson): unknown {
  const first = text.charCodeAt(0);
  if ((first !== BRACE && first !== BRACKET) || text === DONE) return text;
  try {
    return json.parse(text);
  } catch {
    return first === BRACKET && text.endsWith(']') ? text : INCOMPLETE;
  }
}
