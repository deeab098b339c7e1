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
  /**
   * What may be shown now. An end with the first four or more characters of a secret is held back. Fewer are shown at once: a text
   * that pauses on the letter that a secret begins with would lack it until it goes on. The rest of the secret is hidden all the same.
   */
  push(piece: string): string;
  /** What is held back. */
  end(): string;
}

/** A shorter text, such as the `lm-studio` that a local upstream is given for a key, is a word that answers have. */
const MIN_CHARS = 16;
/** A text of at least this length is a secret also without a digit. */
const MIN_CHARS_WITHOUT_DIGIT = 32;
/** So many characters of a secret at the end of a text are held back. */
const MIN_CHARS_HELD = 4;

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
    const last = text.length - MIN_CHARS_HELD;
    let found = text.length;
    for (const first of firsts) {
      // Almost always the first search finds nothing, or one or two places that the next characters rule out.
      let at = text.indexOf(first, Math.max(0, text.length - longest + 1));
      while (at >= 0 && at <= last && at < found) {
        const end = text.slice(at);
        if (secrets.some((secret) => secret.length > end.length && secret.startsWith(end))) found = at;
        at = text.indexOf(first, at + 1);
      }
    }
    return found;
  };
}

function createMaskedText(hide: (text: string) => string, beginsSecret: PrefixFinder): MaskedText {
  /** The last characters that were shown: a secret may begin in them, shorter than what is held back. */
  let before = '';
  let held = '';
  return {
    push(piece) {
      const text = before + held + piece;
      const masked = hide(text);
      // When a secret began in what was shown, only the rest of it can be hidden.
      const from = masked === text ? before.length : commonLength(before, masked);
      const end = Math.max(from, beginsSecret(masked));
      held = masked.slice(end);
      before = masked.slice(Math.max(0, end - MIN_CHARS_HELD + 1), end);
      return masked.slice(from, end);
    },
    end() {
      const rest = held;
      [before, held] = ['', ''];
      return rest;
    },
  };
}

/** How many characters two texts begin with alike. */
function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
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
