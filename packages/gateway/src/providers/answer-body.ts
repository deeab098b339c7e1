/**
 * Reads the body of a successful response, whatever it turns out to be: server-sent events, a whole answer as JSON, or a report
 * of a failure as JSON, as a web page or as text. Labels are often wrong, so the first bytes decide.
 */
import type { AnswerShape } from './answer-shape.ts';
import { checkEventLength } from './excessive-answer.ts';
import { createJsonEnd } from './json-end.ts';
import { CHAT_SHAPE } from './openai-delta.ts';
import type { ProviderEvent } from './provider.ts';
import type { AnswerReader } from './streamed-answer.ts';
import { isReport, isWebPage, ReportedFailure } from './upstream-report.ts';

/** The start of a body, which says what it is. Of a text that is no answer nothing more is read. */
const START_MAX_CHARS = 64 * 1024;

/** The fields of server-sent events. A comment begins with a colon. */
const SSE_FIELDS = ['data:', 'event:', 'id:', 'retry:', ':'];

/** What a body is. */
type Kind = 'events' | 'document' | 'text';

/**
 * Creates a reader for one body.
 * @param answer reads server-sent events. A whole answer is given to it as an event, followed by the end.
 * @param shape that of the API's answers. Default: of chat completions.
 */
export function createBodyReader(
  answer: AnswerReader,
  headers: Headers,
  shape: AnswerShape = CHAT_SHAPE,
): AnswerReader {
  const decoder = new TextDecoder(); // also removes a byte order mark
  const isLabelled = /event-stream/i.test(headers.get('content-type') ?? '');
  let kind: Kind | undefined;
  let text = '';
  const object = createJsonEnd();
  let pieces: Uint8Array[] = [];
  const hasLines = createLinesCheck(shape);
  /** The length of the text that was last read as a document, and was none. */
  let triedChars = 0;
  const readDocument = (events: ProviderEvent[], isEnd: boolean) => {
    triedChars = text.length;
    const document = parsed(text);
    if (document === undefined || (!isEnd && isPieceOf(shape, document))) return undefined;
    const values = answersIn(document, headers, shape).map((value) => `data: ${JSON.stringify(value)}\n\n`);
    return answer.read(Buffer.from(`${values.join('')}data: [DONE]\n\n`), events);
  };
  const startEvents = (events: ProviderEvent[]) => {
    kind = 'events';
    const start = Buffer.concat(pieces);
    pieces = [];
    return answer.read(start, events);
  };
  return {
    read(bytes, events) {
      if (kind === 'events') return answer.read(bytes, events);
      const piece = decoder.decode(bytes, { stream: true });
      text = text === '' ? piece.trimStart() : text + piece;
      object.push(piece);
      // Of a body that begins with white space, nothing is kept: it may be all that ever comes.
      if (text === '' && piece !== '') pieces = [];
      pieces.push(bytes);
      kind ??= kindOf(text, isLabelled);
      if (kind === undefined) return 'more';
      if (kind === 'events' || (kind === 'document' && hasLines(text, piece))) return startEvents(events);
      if (kind === 'text' && text.length >= START_MAX_CHARS) throw strayText(text, headers);
      checkEventLength(text.length);
      // A complete object is an answer although the body may be held open. A text that is none is read again only when it has doubled.
      const isWorthATry = object.isComplete() && text.length >= 2 * triedChars;
      return (isWorthATry ? readDocument(events, false) : undefined) ?? 'more';
    },
    end(events, how) {
      if (kind === 'text') throw strayText(text, headers);
      if (kind === 'document' && readDocument(events, true) !== undefined) return;
      if (kind !== 'events' && text !== '' && startEvents(events) === 'finished') return;
      answer.end(events, how);
    },
  };
}

/** What a body is that begins with `text`; undefined when more of it is needed. */
function kindOf(text: string, isLabelled: boolean): Kind | undefined {
  const start = text.trimStart();
  if (start === '') return undefined;
  if (start.startsWith('{') || start.startsWith('[')) return 'document';
  if (SSE_FIELDS.some((field) => start.startsWith(field))) return 'events';
  if (SSE_FIELDS.some((field) => field.startsWith(start))) return undefined;
  return isLabelled && !isWebPage(start) ? 'events' : 'text';
}

/** Checks, when the first line is complete and only then, whether a body is JSON lines. `text` is the body, `piece` its end. */
function createLinesCheck(shape: AnswerShape): (text: string, piece: string) => boolean {
  let isDecided = false;
  return (text, piece) => {
    if (isDecided || !piece.includes('\n')) return false;
    isDecided = true;
    const [line = '', ...rest] = text.slice(0, START_MAX_CHARS).trimStart().split('\n', 2);
    // Some upstreams send chunks as JSON lines: events without `data:`.
    return rest.length > 0 && line.startsWith('{"') && isPieceOf(shape, parsed(line));
  };
}

/** Whether a value is a piece of an answer, also one that a relay has wrapped. */
const isPieceOf = ({ unwrap, isPiece }: AnswerShape, value: unknown): boolean => isPiece(unwrap(value));

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text) as object; // it begins with a brace or a bracket
  } catch {
    return undefined; // incomplete, or several values
  }
}

/** The answer that a document is, or its pieces in a list. @throws {ReportedFailure} when it is none */
function answersIn(document: object, headers: Headers, { unwrap, isAnswer }: AnswerShape): unknown[] {
  if (isReport(document))
    throw new ReportedFailure(document, { headers, what: 'answered 200 and reported a failure' });
  const values = (Array.isArray(document) ? (document as unknown[]) : [document]).map(unwrap);
  if (values.some(isAnswer)) return values;
  const what = 'sent JSON without an answer (is the base URL right?)';
  throw new ReportedFailure(document, { headers, what });
}

function strayText(text: string, headers: Headers): ReportedFailure {
  const form = isWebPage(text) ? 'a web page' : 'a text';
  const what = `sent ${form} in place of an answer (is the base URL right?)`;
  return new ReportedFailure(text.slice(0, START_MAX_CHARS), { headers, what });
}
