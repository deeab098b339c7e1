/** What a site sets for its widget: the options of the widget, as far as they are data and do not depend on the page. */
import * as v from 'valibot';
import { yesOrNo } from '../base/setting-values.ts';

/** A text for visitors. It is data: the widget shows it as text and never reads it as HTML. */
const words = (maxChars: number) => {
  const problem = `expected text of 1 to ${maxChars} characters`;
  return v.pipe(v.string(problem), v.minLength(1, problem), v.maxLength(maxChars, problem));
};
const wordOf = <const Words extends readonly string[]>(all: Words) =>
  v.picklist(all, `expected one of ${all.join(', ')}`);

const MAX_URL_CHARS = 2_048;
const URL_PROBLEM = `expected an https URL of at most ${MAX_URL_CHARS} characters (http only for localhost)`;
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;
/** Also the parser of browsers skips tabs and line ends, so they are refused: `java\nscript:` is read as it is meant here. */
const isPublicUrl = (text: string): boolean => {
  const url = /[\0-\x20]/.test(text) ? null : URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
};
const publicUrl = v.pipe(
  v.string(URL_PROBLEM),
  v.maxLength(MAX_URL_CHARS, URL_PROBLEM),
  v.check(isPublicUrl, URL_PROBLEM),
);
const ORIGIN_PROBLEM = 'expected an origin such as https://images.example (http only for localhost), or *';
const imageOrigin = v.pipe(
  v.string(ORIGIN_PROBLEM),
  v.check((text) => text === '*' || (isPublicUrl(text) && URL.parse(text)?.origin === text), ORIGIN_PROBLEM),
);

/** The custom properties of the widget, without their prefix. */
export const WIDGET_TOKENS = [
  ...['accent', 'accent-text', 'background', 'surface', 'bubble', 'border', 'text', 'muted'],
  ...['code-comment', 'code-keyword', 'code-string', 'code-number', 'code-title', 'code-type'],
  ...['code-attribute', 'code-deletion', 'font', 'text-scale', 'radius', 'shadow', 'width', 'height'],
  ...['offset', 'offset-inline', 'launcher-size', 'z-index'],
];
const TOKEN_PROBLEM = 'expected a CSS value of at most 200 characters, without url(), braces and semicolons';
const token = v.pipe(
  v.string(TOKEN_PROBLEM),
  v.regex(/^[^;{}<>\\@]{1,200}$/, TOKEN_PROBLEM),
  // What loads something: a colour must not tell a stranger who reads the page.
  v.check((value) => !/\b(url|src|image|image-set|attr|env)\s*\(|\/\*/i.test(value), TOKEN_PROBLEM),
);

const MAX_STRINGS = 300;
const STRINGS_PROBLEM = `expected texts by the widget's keys, at most ${MAX_STRINGS}`;
const stringKey = v.pipe(v.string(), v.regex(/^[a-zA-Z][\w-]{0,63}$/, 'expected a key of the texts'));
const string = words(2_000);
const strings = v.pipe(
  v.record(
    stringKey,
    v.union(
      [string, v.pipe(v.array(string), v.maxLength(20)), v.record(stringKey, string)],
      'expected text of 1 to 2000 characters, a list or an object of texts',
    ),
  ),
  v.check((all) => Object.keys(all).length <= MAX_STRINGS, STRINGS_PROBLEM),
);

const PROMPTS_PROBLEM = 'expected at most 4 questions';
const TEXTS = {
  strings: v.optional(strings),
  start: v.optional(
    v.strictObject({
      greeting: v.optional(words(200)),
      detail: v.optional(words(1_000)),
      aiNotice: v.optional(
        v.union([words(1_000), v.literal(false)], 'expected text of 1 to 1000 characters, or false'),
      ),
      prompts: v.optional(v.pipe(v.array(words(500), PROMPTS_PROBLEM), v.maxLength(4, PROMPTS_PROBLEM))),
    }),
  ),
};
const TITLE = { title: v.optional(words(100)) };
const PLACEHOLDER = { placeholder: v.optional(words(200)) };
const TEASER = { teaser: v.optional(words(300)) };
const consent = v.optional(v.strictObject({ text: v.optional(words(4_000)), url: v.optional(publicUrl) }));

/** The texts of one language. */
const LocaleSchema = v.strictObject({
  ...TEXTS,
  header: v.optional(v.strictObject(TITLE)),
  composer: v.optional(v.strictObject(PLACEHOLDER)),
  launcher: v.optional(v.strictObject(TEASER)),
  privacy: v.optional(v.strictObject({ consent })),
});

const LOCALE_PROBLEM = 'expected language tags such as de or pt-BR';
const isLocale = (tag: string): boolean => {
  try {
    return tag.length <= 35 && Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
};
const locale = v.pipe(v.string(LOCALE_PROBLEM), v.check(isLocale, LOCALE_PROBLEM));
const MAX_LOCALES_PROBLEM = 'expected texts for at most 40 languages';
const count = v.pipe(
  v.number('expected a number'),
  v.integer('expected a whole number'),
  v.minValue(1, 'expected at least 1'),
);

/** Each page that shows the widget downloads it, compressed. */
const MAX_BYTES = 32_768;
const SIZE_PROBLEM = `expected at most ${MAX_BYTES} bytes as JSON, because each page downloads it`;

/**
 * The options of the widget that a site sets in the gateway, by the names that they have in the page. Options that are code, or
 * that depend on the page (its element, its user, where the chat is placed), are the page's alone.
 */
export const WidgetSettingsSchema = v.pipe(
  v.strictObject({
    ...TEXTS,
    locale: v.optional(locale),
    theme: v.optional(
      v.strictObject({
        scheme: v.optional(wordOf(['auto', 'light', 'dark'])),
        tokens: v.optional(
          v.record(v.picklist(WIDGET_TOKENS, `expected one of ${WIDGET_TOKENS.join(', ')}`), token),
        ),
      }),
    ),
    launcher: v.optional(
      v.strictObject({
        ...TEASER,
        position: v.optional(wordOf(['end', 'start'])),
        isHidden: v.optional(yesOrNo),
        hasTitleBadge: v.optional(yesOrNo),
        hasSound: v.optional(yesOrNo),
      }),
    ),
    header: v.optional(v.strictObject({ ...TITLE, imageUrl: v.optional(publicUrl) })),
    composer: v.optional(v.strictObject({ ...PLACEHOLDER, maxChars: v.optional(count) })),
    messages: v.optional(
      v.strictObject({
        scrolling: v.optional(wordOf(['anchor', 'follow', 'none'])),
        actions: v.optional(v.array(wordOf(['copy', 'regenerate', 'edit', 'feedback']))),
        hasMath: v.optional(yesOrNo),
        markdown: v.optional(wordOf(['chat', 'commonmark'])),
        linkBase: v.optional(publicUrl),
        imageOrigins: v.optional(
          v.pipe(v.array(imageOrigin), v.maxLength(50, 'expected at most 50 origins')),
        ),
        readOut: v.optional(wordOf(['text', 'ready'])),
      }),
    ),
    attachments: v.optional(
      v.strictObject({
        isEnabled: v.optional(yesOrNo),
        accept: v.optional(words(500)),
        maxBytes: v.optional(count),
        maxFiles: v.optional(count),
      }),
    ),
    history: v.optional(v.strictObject({ isEnabled: v.optional(yesOrNo) })),
    privacy: v.optional(
      v.strictObject({ consent, canExport: v.optional(yesOrNo), canErase: v.optional(yesOrNo) }),
    ),
    /** Texts by language, which count more than those above for visitors of that language. */
    locales: v.optional(
      v.pipe(
        v.record(locale, LocaleSchema),
        v.check((all) => Object.keys(all).length <= 40, MAX_LOCALES_PROBLEM),
      ),
    ),
  }),
  v.check((settings) => Buffer.byteLength(JSON.stringify(settings)) <= MAX_BYTES, SIZE_PROBLEM),
);
/** What a site sets for its widget. */
export type WidgetSettings = v.InferOutput<typeof WidgetSettingsSchema>;
/** The texts of a site in one language. */
export type WidgetTexts = v.InferOutput<typeof LocaleSchema>;
