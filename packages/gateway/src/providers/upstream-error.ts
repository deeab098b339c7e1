/** Maps a failed upstream call to a ChatError for the visitor, with facts for the operator's log in its cause. */
import { ChatError } from '@rivulet/protocol';
import { hideSecrets, MIN_KEY_CHARS, type Secrets } from './logged-words.ts';
import { ERROR_CLASSES, type ErrorClass, type UpstreamReason } from './upstream-error-classes.ts';

/** What is known about a failed call. Everything except host and model comes from the upstream and is not trusted. */
export interface UpstreamFacts {
  host: string;
  model: string;
  /** The HTTP status; absent without a response, or when the stream failed after its headers. */
  status?: number | undefined;
  /** A code of the upstream or of the system: `invalid_api_key`, `ECONNREFUSED`. */
  code?: string | undefined;
  /** All codes of the report: types, statuses, and those of the service behind a relay. */
  codes?: readonly string[] | undefined;
  requestId?: string | undefined;
  /** The upstream's error text: it may quote the prompt or a part of the key. */
  words?: string | undefined;
  /** What is removed from the error text before it is logged. */
  secrets?: Secrets | undefined;
  /** The gateway's own description of what went wrong, after "upstream <host>". */
  what?: string | undefined;
  cause?: unknown;
}

/**
 * The cause of a ChatError of a provider. Its message and its enumerable properties are safe to log: they contain no prompt, no
 * key and no body of the upstream.
 */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly host: string;
  readonly model: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  /** Undefined when the report tells too little. */
  readonly reason: UpstreamReason | undefined;
  /** What the operator can do. */
  readonly advice: string | undefined;
  readonly #words: string | undefined;
  readonly #secrets: Secrets;

  constructor(facts: UpstreamFacts, kind: ErrorClass | undefined = classOf(facts)) {
    const code = identifier(facts.code, facts.secrets);
    super(describe(facts, code));
    this.host = facts.host;
    this.model = facts.model;
    this.status = facts.status;
    this.code = code;
    this.requestId = identifier(facts.requestId, facts.secrets);
    this.reason = kind?.reason;
    this.advice = kind?.advice;
    // Cloned, because V8 keeps the whole text, which may be megabytes, for as long as a slice of it is used.
    this.#words = structuredClone(facts.words?.slice(0, WORDS_MAX_CHARACTERS));
    this.#secrets = facts.secrets ?? {};
  }

  /** As `safeWords`, but with 2,000 characters. For the trace level only; a method, so that loggers do not print it. */
  words(): string | undefined {
    return this.#words === undefined
      ? undefined
      : hideSecrets(this.#words, this.#secrets, WORDS_MAX_CHARACTERS);
  }

  /** The error text for every level of the log: short, without keys and without what it quotes of the request. */
  safeWords(): string | undefined {
    return this.#words === undefined ? undefined : hideSecrets(this.#words, this.#secrets);
  }
}

/** Whether an error of a provider says that the model takes no images, or not one of those that it was sent. */
export function isImageRefusal(error: unknown): boolean {
  return reasonOf(error) === 'image-refused';
}

/** Why the upstream failed; undefined for other errors, and when the upstream did not tell. */
export function reasonOf(error: unknown): UpstreamReason | undefined {
  const cause = error instanceof ChatError ? error.cause : error;
  return cause instanceof UpstreamError ? cause.reason : undefined;
}

const WORDS_MAX_CHARACTERS = 2_000;

/** An upstream may put any text into a code, also the key; only what looks like an identifier is logged. */
export function identifier(value: string | undefined, { keys = [] }: Secrets = {}): string | undefined {
  if (value === undefined || !/^[\w.:-]{1,80}$/.test(value)) return undefined;
  return keys.some((key) => key.length >= MIN_KEY_CHARS && value.includes(key)) ? undefined : value;
}

function describe({ host, model, status, what }: UpstreamFacts, code: string | undefined): string {
  const answer = what ?? (status === undefined ? 'failed' : `answered ${status}`);
  return `upstream ${host} ${answer}${code === undefined ? '' : ` (${code})`} for model ${JSON.stringify(model)}`;
}

/** Creates the ChatError for a failed call, with an UpstreamError as its cause. */
export function upstreamError(facts: UpstreamFacts, retryAfterMs?: number): ChatError {
  const kind = classOf(facts);
  return new ChatError(kind?.code ?? 'upstream-failed', {
    cause: new UpstreamError(facts, kind),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The class of each code. A Map, because the upstream chooses the key: an object would find `constructor`. */
const CLASS_OF_CODE = new Map(
  ERROR_CLASSES.flatMap((one) => (one.codes ?? []).map((code) => [keyOf(code), one] as const)),
);
const CLASS_OF_STATUS = new Map(
  ERROR_CLASSES.flatMap((one) => (one.statuses ?? []).map((status) => [status, one] as const)),
);
const TOO_LONG = ERROR_CLASSES.find(({ reason }) => reason === 'context-length');

/** Groq and OpenAI: one request alone has more tokens than a minute may have. Waiting does not help, a shorter request does. */
const SAYS_LARGER_THAN_THE_RATE = /request too large .{0,200}tokens per min/is;
/** These statuses have one meaning, whatever the text says. */
const CLEAR_STATUSES = new Set([401, 402]);

/** `com.example#ThrottlingException`, `ThrottlingException:http://…` and `throttling_exception` are the same code. */
function keyOf(code: string): string {
  return code
    .replace(/^.*#|:.*$/g, '')
    .replaceAll(/[^a-z\d]/gi, '')
    .toLowerCase();
}

function classOf({ status, code, codes = [], words = '' }: UpstreamFacts): ErrorClass | undefined {
  if (SAYS_LARGER_THAN_THE_RATE.test(words)) return TOO_LONG;
  const all = code === undefined ? codes : [code, ...codes];
  const known = all.map((one) => CLASS_OF_CODE.get(keyOf(one))).find((one) => one !== undefined);
  if (known !== undefined) return known;
  // An error within a stream carries the status as its code: `{"error":{"code":502}}`.
  const statuses = [status, ...all.map(Number).filter((one) => one >= 400)];
  const ofStatus = statuses.map((one) => CLASS_OF_STATUS.get(one ?? 0)).find((one) => one !== undefined);
  if (statuses.some((one) => CLEAR_STATUSES.has(one ?? 0))) return ofStatus;
  return ERROR_CLASSES.find((one) => one.words?.some((phrase) => phrase.test(words))) ?? ofStatus;
}
