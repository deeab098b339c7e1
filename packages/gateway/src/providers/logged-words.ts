/** Makes an upstream's error text safe to log: removes keys, and what it quotes of the request. */

/** What an error text may quote and a log must not show. */
export interface Secrets {
  /** The keys of the upstream. */
  keys?: readonly string[];
  /** The texts of the request: prompts, messages, outputs of tools. Called only when something is logged. */
  texts?: () => readonly string[];
}

/** Enough for the sentence that says what is wrong; the rest is often a stack trace or the request. */
const LOGGED_MAX_CHARACTERS = 500;
/** A placeholder for a local upstream, such as "none", is no secret, and an ordinary word. */
export const MIN_KEY_CHARS = 8;
/** A text of the request is looked for in steps of this length, so that each quote of twice this length is found. */
const STEP = 12;
/** Shorter matches are ordinary words, which both texts have. */
const QUOTE_MIN_CHARACTERS = 20;
/** The places of a step in one text that are looked at: a text that repeats itself would cost much time otherwise. */
const MAX_PLACES = 8;

/** Keys in their usual forms, also half masked by the upstream, contents of files, and long random strings. */
const KEY_LIKE =
  /\b(?:sk|pk|rk|gsk|xai|key|hf|nvapi|fw|csk|pplx)[-_][\w*.…-]{6,}|\bBearer [\w*.…-]+|\bAIza[\w*-]{10,}|data:[\w/+.;-]+,[\w+/=]*|\b(?=[\w+/=*-]*\d)(?=[\w+/=*-]*[a-z])[\w+/=*-]{32,}/gi;

/** The text for the log, in one line. */
export function hideSecrets(
  words: string,
  { keys = [], texts = () => [] }: Secrets,
  maxCharacters = LOGGED_MAX_CHARACTERS,
): string {
  const line = words.replaceAll(/\s+/g, ' ').trim();
  // More than is logged, so that a quote is not recognised only because its rest was cut.
  const start = line.slice(0, 2 * maxCharacters);
  const secretKeys = keys.filter((key) => key.length >= MIN_KEY_CHARS);
  const withoutKey = secretKeys.reduce((text, key) => text.replaceAll(key, '[key]'), start);
  const oneLineTexts = texts().map((text) => text.replaceAll(/\s+/g, ' '));
  const safe = withoutQuotes(withoutKey.replaceAll(KEY_LIKE, '[key]'), oneLineTexts);
  return safe.length > maxCharacters ? `${safe.slice(0, maxCharacters)}…` : safe;
}

function withoutQuotes(words: string, texts: readonly string[]): string {
  let result = '';
  let done = 0;
  for (let at = 0; at + STEP <= words.length; at += STEP) {
    if (at < done) continue;
    const quote = longestQuote(words, at, texts);
    if (quote === undefined) continue;
    result += `${words.slice(done, Math.max(done, quote.from))}[request]`;
    done = quote.to;
  }
  return result + words.slice(done);
}

interface Quote {
  from: number;
  to: number;
}

/** The longest quote of one of the texts around the step at `at`. */
function longestQuote(words: string, at: number, texts: readonly string[]): Quote | undefined {
  const step = words.slice(at, at + STEP);
  let best: Quote | undefined;
  for (const text of texts) {
    let place = text.indexOf(step);
    for (let count = 0; place !== -1 && count < MAX_PLACES; count += 1) {
      const quote = around(words, at, { text, place });
      if (quote.to - quote.from > (best === undefined ? 0 : best.to - best.from)) best = quote;
      place = text.indexOf(step, place + 1);
    }
  }
  return best !== undefined && best.to - best.from >= QUOTE_MIN_CHARACTERS ? best : undefined;
}

function around(words: string, at: number, { text, place }: { text: string; place: number }): Quote {
  let before = 0;
  while (before < Math.min(at, place) && words[at - before - 1] === text[place - before - 1]) before += 1;
  let length = STEP;
  while (at + length < words.length && words[at + length] === text[place + length]) length += 1;
  return { from: at - before, to: at + length };
}

/** Every text within a JSON value, except files. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('data:') ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
