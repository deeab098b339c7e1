/** Reads what an upstream reports about a failure, in whatever shape: JSON, nested or not, HTML or text. Pure. */
import { record, textOf } from './json-fields.ts';
import { unwrapped } from './openai-delta.ts';
import { retryDelayIn, retryDelayMs } from './retry-after.ts';

/** What a report says. Nothing of it is trusted. */
export interface UpstreamReport {
  /** Codes, types and statuses, as text: the names before the numbers, the outer ones before the inner ones. */
  codes: readonly string[];
  /** The error texts, joined. */
  words?: string | undefined;
  requestId?: string | undefined;
  /** When to try again, in milliseconds from now. */
  retryAfterMs?: number | undefined;
}

/** Fields with an error text, or with objects that have one. */
const WORDS = [
  'message',
  'msg',
  'detail',
  'error_msg',
  'error_message',
  'errorMessage',
  'status_msg',
  'error_description',
  'title',
];
const CODES = ['code', 'type', 'status', 'reason', 'error_type', 'error_code', 'errorType', '__type'];
const STATUSES = ['statusCode', 'status_code', 'http_status', 'http_code'];
/** Fields with a report within the report: of a relay about the service behind it, or of Google with its details. */
const INNER = [
  'error',
  'errors',
  'details',
  'innererror',
  'metadata',
  'raw',
  'base_resp',
  'violations',
  'choices',
];
const REQUEST_IDS = ['request_id', 'requestId', 'req_id'];
/** A report with more than this is not read to its end. */
const MAX_DEPTH = 8;
const MAX_VALUES = 200;
const MAX_TITLE_CHARS = 200;
/** Of a longer text the beginning is read: some 100 patterns are looked for in it, and an upstream may send megabytes. */
const MAX_TEXT_CHARS = 65_536;
/** Of a longer web page the beginning is read, where the title is. */
const MAX_PAGE_CHARS = 16_384;

/** An upstream reported a failure, in a response of its own or within an answer. */
export class ReportedFailure extends Error {
  override readonly name = 'ReportedFailure';
  /** A JSON value, or the text of a body. */
  readonly report: unknown;
  readonly headers: Headers;
  /** The HTTP status; undefined when it was that of a success. */
  readonly status: number | undefined;
  /** The gateway's own description, see `UpstreamFacts`. */
  readonly what: string | undefined;

  constructor(
    report: unknown,
    { headers, status, what }: { headers: Headers; status?: number; what?: string },
  ) {
    super('The upstream reported a failure.');
    this.report = report;
    this.headers = headers;
    this.status = status;
    this.what = what;
  }
}

/** Reads a report: a JSON value, or the text of a body, which may be JSON, a web page or plain text. */
export function readReport(report: unknown, nowMs: number): UpstreamReport {
  const value = typeof report === 'string' ? (readJsonReport(report) ?? plainTextOf(report)) : report;
  const found: Found = { words: [], names: [], numbers: [], left: MAX_VALUES, nowMs };
  collect(value, found, MAX_DEPTH);
  const words = found.words.filter((text, index) => found.words.indexOf(text) === index).join('; ');
  return {
    codes: [...found.names, ...found.numbers],
    words: words === '' ? undefined : words,
    requestId: found.requestId,
    retryAfterMs: found.retryAfterMs ?? retryDelayIn(words),
  };
}

/** Whether a text begins as HTML or XML do. */
export const isWebPage = (text: string): boolean => /^\s*<[!?a-z]/i.test(text);

/**
 * Whether a JSON value that came in place of an answer, or of a part of one, reports a failure. A chunk with a choice does so
 * only with an explicit error: models may write anything.
 */
export function isReport(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isReport);
  const fields = record(value);
  const { error, errors, object, type, choices, base_resp: baseResponse } = fields;
  if (isFilled(error) || object === 'error' || type === 'error') return true;
  if (isFailure(record(baseResponse).status_code)) return true;
  const inner = unwrapped(value);
  if (inner !== value) return isReport(inner);
  // OpenRouter puts the error of one choice into it.
  if (Array.isArray(choices) && choices.length > 0) return isFilled(record(choices[0]).error);
  if (isFilled(errors) || isFilled(fields.error_msg) || fields.success === false) return true;
  const hasWords = isFilled(textOf(fields.message)) || isFilled(textOf(fields.msg));
  if (hasWords && [...CODES, ...STATUSES].some((key) => isFailure(fields[key]))) return true;
  return isFilled(fields.detail);
}

/** Whether a field says something: not null, not false, not empty. */
function isFilled(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}

/** Values of codes and statuses that mean success or a state. */
const HARMLESS = /^(0|200|ok|success|pending|queued|processing|ping|message)$/i;

const isFailure = (code: unknown): boolean =>
  (typeof code === 'number' || (typeof code === 'string' && code !== '')) && !HARMLESS.test(String(code));

interface Found {
  words: string[];
  names: string[];
  numbers: string[];
  requestId?: string;
  retryAfterMs?: number | undefined;
  /** How many more values are read. */
  left: number;
  nowMs: number;
}

function collect(value: unknown, found: Found, depth: number): void {
  found.left -= 1;
  if (found.left < 0 || depth === 0) return;
  if (typeof value === 'string') {
    const text = value.slice(0, MAX_TEXT_CHARS).trim();
    const inner = readJsonReport(text);
    if (inner !== undefined) collect(inner, found, depth - 1);
    else if (text !== '') found.words.push(text);
    // `{"error":"rate_limit_exceeded"}`
    if (/^[a-z]+([_.-][a-z]+)+$/i.test(text)) found.names.push(text);
  } else if (Array.isArray(value)) for (const item of value) collect(item, found, depth - 1);
  else if (typeof value === 'object' && value !== null) collectFields(record(value), found, depth);
}

function collectFields(fields: Record<string, unknown>, found: Found, depth: number): void {
  for (const key of [...CODES, ...STATUSES]) addCode(fields[key], found);
  const requestId = REQUEST_IDS.map((key) => textOf(fields[key])).find((id) => id !== '');
  if (requestId !== undefined) found.requestId ??= requestId;
  found.retryAfterMs ??= retryDelayMs(fields, found.nowMs);
  for (const key of [...WORDS, ...INNER])
    if (fields[key] !== undefined) collect(fields[key], found, depth - 1);
}

/** xAI writes sentences into codes, which are words. */
function addCode(value: unknown, found: Found): void {
  if (typeof value !== 'string' && typeof value !== 'number') return;
  const code = String(value);
  if (/\s/.test(code)) found.words.push(code);
  else if (/^\d+$/.test(code)) found.numbers.push(code);
  else if (code !== 'error' && code !== '') found.names.push(code);
}

/** A report as an event, or as llama.cpp wrote it: `error: {…}`. */
const FIELD = /^(?:(?:id|event|retry):.*\s+)*(?:error|data):\s*(.*)/;

/** The object or array that a text is, or that its first event has. Undefined for any other text. */
function readJsonReport(text: string): unknown {
  const [, ofEvent] = FIELD.exec(text.trim()) ?? [];
  const json = ofEvent ?? text.trim();
  if (!/^[[{]/.test(json)) return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined; // text that begins like JSON
  }
}

const plainTextOf = (text: string): string =>
  isWebPage(text) ? titleOf(text.slice(0, MAX_PAGE_CHARS)) : text;

/** The title of a web page, such as "502 Bad Gateway"; the start of its text when it has none. */
function titleOf(html: string): string {
  const [, title] = /<title[^>]*>([^<]*)/i.exec(html) ?? [];
  const text = title ?? html.replaceAll(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_TITLE_CHARS);
}
