/** Hides the gateway's secrets where a model or an upstream repeats them: keys, and what signs and verifies tokens. */

/** Stands in the place of a secret. */
export const HIDDEN = '[hidden]';

/** Hides a fixed set of secrets. */
export interface SecretMask {
  /** The text without secrets: the same text when it has none. */
  hide(text: string): string;
  /** The JSON value without secrets in its texts and names: the same value when it has none. */
  hideIn(value: unknown): unknown;
  /** Hides secrets in a text that arrives in pieces. */
  stream(): MaskedText;
  /** A mask that hides these as well: the same mask when there is nothing more to hide. */
  and(more: readonly string[]): SecretMask;
}

/** A text that arrives in pieces. */
export interface MaskedText {
  /** What may be shown now. An end that could be the beginning of a secret is held back. */
  push(piece: string): string;
  /** What is held back. */
  end(): string;
}

/** A shorter text, such as the `lm-studio` that a local upstream is given for a key, is a word that answers have. */
const MIN_CHARS = 16;
/** A text of at least this length is a secret also without a digit. */
const MIN_CHARS_WITHOUT_DIGIT = 32;

const NOTHING_TO_HIDE: SecretMask = {
  hide: (text) => text,
  hideIn: (value) => value,
  stream: () => ({ push: (piece) => piece, end: () => '' }),
  and: createSecretMask,
};

/** Whether a text is long and mixed enough to be hidden wherever it occurs. */
export const isHideable = (secret: string): boolean =>
  secret.length >= MIN_CHARS_WITHOUT_DIGIT || (secret.length >= MIN_CHARS && /\d/.test(secret));

/** Creates a mask. Texts that are too short to be told from ordinary words are not hidden. */
export function createSecretMask(given: Iterable<string>): SecretMask {
  // The longest first: one secret may begin with another.
  const secrets = [...new Set(given)].filter(isHideable).sort((one, other) => other.length - one.length);
  if (secrets.length === 0) return NOTHING_TO_HIDE;
  const shortest = secrets.at(-1)?.length ?? 0;
  const hide = (text: string): string => {
    if (text.length < shortest) return text;
    return secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
  };
  const hideIn = (value: unknown): unknown => {
    const json = JSON.stringify(value) as string | undefined;
    // Written as JSON a secret may have escapes, so that the texts are searched, and only when there is room for one.
    return json === undefined || json.length < shortest ? value : mapTexts(value, hide);
  };
  const beginsSecret = createPrefixFinder(secrets);
  const mask: SecretMask = {
    hide,
    hideIn,
    stream: () => createMaskedText(hide, beginsSecret),
    and: (more) => (more.some(isHideable) ? createSecretMask([...secrets, ...more]) : mask),
  };
  return mask;
}

/** Where the end of a text begins that could be the beginning of a secret; the length of the text when there is none. */
type PrefixFinder = (text: string) => number;

function createPrefixFinder(secrets: readonly string[]): PrefixFinder {
  const firsts = [...new Set(secrets.map((secret) => secret.charAt(0)))];
  const longest = secrets[0]?.length ?? 0;
  return (text) => {
    let found = text.length;
    for (const first of firsts) {
      // Almost always the first search finds nothing, or one or two places that the next character rules out.
      let at = text.indexOf(first, Math.max(0, text.length - longest + 1));
      while (at >= 0 && at < found) {
        const end = text.slice(at);
        if (secrets.some((secret) => secret.length > end.length && secret.startsWith(end))) found = at;
        at = text.indexOf(first, at + 1);
      }
    }
    return found;
  };
}

function createMaskedText(hide: (text: string) => string, beginsSecret: PrefixFinder): MaskedText {
  let held = '';
  return {
    push(piece) {
      const text = hide(held === '' ? piece : held + piece);
      const end = beginsSecret(text);
      held = text.slice(end);
      return end === text.length ? text : text.slice(0, end);
    },
    end() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

/** A copy of a JSON value with other texts. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change)]),
  );
}
