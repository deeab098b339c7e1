/** Recognises the tags that models write around their reasoning when no parser of the upstream has removed them. */

/** A complete tag in a text. */
export interface ThinkTag {
  kind: 'open' | 'close' | 'marker';
  /** A closing tag ends the reasoning that a tag of the same family opened. */
  family: string;
  /** The index after the tag. */
  end: number;
}

/** Names of elements, in lower case, with their family: some models open with one name of a family and close with another. */
const ELEMENTS = new Map([
  ['think', 'think'],
  ['thinking', 'think'],
  ['seed:think', 'think'],
  ['mm:think', 'think'],
  ['antthinking', 'think'],
  ['antml:thinking', 'think'],
  ['thought', 'thought'],
  ['thoughts', 'thought'],
  ['reason', 'reasoning'],
  ['reasoning', 'reasoning'],
]);
const NAMES = [...ELEMENTS.keys()];

/** Special tokens of model families: Magistral, Kimi, Sky and OpenThinker, Command A, gpt-oss (the Harmony format), Gemma. */
const PAIRS = [
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|channel|>analysis<|message|>', '<|end|>'],
  ['<|channel>thought', '<channel|>'],
] as const;
/** Tokens of the same families around the answer itself. */
const MARKERS = [
  ['<|begin_of_solution|>', '<|end_of_solution|>'],
  ['<|START_RESPONSE|>', '<|END_RESPONSE|>'],
  ['<|start|>assistant', '<|channel|>final<|message|>', '<|return|>'],
].flat();

const TOKENS: readonly (readonly [string, Omit<ThinkTag, 'end'>])[] = [
  ...PAIRS.flatMap(([open, close]) => [
    [open, { kind: 'open', family: open }] as const,
    [close, { kind: 'close', family: open }] as const,
  ]),
  ...MARKERS.map((marker) => [marker, { kind: 'marker', family: marker }] as const),
];

/** With attributes, line breaks between them, and in any case. Without a limit, `<think ` would hold back a whole answer. */
const ELEMENT = /<(\/?)([a-z]+(?::[a-z]+)?)(?:\s[^<>]{0,200})?>/iy;
/** The beginning of an element up to the end of the text. The second group is not empty when the name is complete. */
const CUT_ELEMENT = /<\/?([a-z:]*)(\s[^<>]{0,200})?$/iy;

const LESS_THAN = 0x3c;
const BRACKET = 0x5b;
const TRIANGLE = 0x25c1;

/** The index of the next character that could begin a tag, from `from` on; -1 when there is none. */
export function nextTagStart(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LESS_THAN || code === BRACKET || code === TRIANGLE) return at;
  }
  return -1;
}

/** The tag that begins at `at`; `cut` when the text ends within what could be one. */
export function thinkTagAt(text: string, at: number): ThinkTag | 'cut' | undefined {
  ELEMENT.lastIndex = at;
  const [whole = '', slash = '', name = ''] = ELEMENT.exec(text) ?? [];
  const family = ELEMENTS.get(name.toLowerCase());
  if (family !== undefined) return { kind: slash === '' ? 'open' : 'close', family, end: at + whole.length };
  let isCut = isCutElement(text, at);
  for (const [token, tag] of TOKENS) {
    if (text.startsWith(token, at)) return { ...tag, end: at + token.length };
    isCut ||= text.length - at < token.length && token.startsWith(text.slice(at));
  }
  return isCut ? 'cut' : undefined;
}

function isCutElement(text: string, at: number): boolean {
  CUT_ELEMENT.lastIndex = at;
  const match = CUT_ELEMENT.exec(text);
  if (match === null) return false;
  const name = (match[1] ?? '').toLowerCase();
  return match[2] === undefined ? NAMES.some((known) => known.startsWith(name)) : ELEMENTS.has(name);
}
