/** How the site wants Markdown to be rendered. */
import type { Dialect, MarkdownOptions, MathOptions } from '../../markdown/index.ts';
import type { MessageOptions } from '../../shell/options.ts';
import { decorateCode } from './code-block.ts';
import { siteLink } from './site-link.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Options for the Markdown of an answer. */
export interface AnswerOptions {
  /** Renders formulas between `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. Default: they stay text. */
  math?: boolean;
  /** Origins such as `https://images.example.com` whose images are loaded; `*` allows any. Default: none. */
  imageOrigins?: readonly string[];
  /** Dialect of Markdown. Default: chat. */
  markdown?: Dialect;
  /** URL against which relative links are resolved. Default: the page. */
  linkBase?: string | undefined;
}

/** Derives the options from the message options of the site. */
export const answerOptionsOf = ({
  hasMath,
  imageOrigins = [],
  markdown = 'chat',
  linkBase,
}: MessageOptions): AnswerOptions => ({
  math: hasMath === true,
  imageOrigins,
  markdown,
  linkBase,
});

/** Inputs of a Markdown view. */
export interface ViewParts {
  /** Texts in the locale of the visitor. */
  strings: Strings;
  /** Options of the site. */
  options: AnswerOptions;
  /** The formula renderer, once loaded. */
  math: MathOptions | undefined;
}

/** Loads the formula renderer if the site enables math. Undefined if it does not, or if loading fails. */
export async function loadMath({ math }: AnswerOptions): Promise<MathOptions | undefined> {
  return math === true
    ? import('../math/math.ts').then(
        ({ mathOptions }) => mathOptions,
        () => undefined,
      )
    : undefined;
}

/** Builds the options of the Markdown view. */
export function markdownOptions({ strings, options, math }: ViewParts): MarkdownOptions {
  const { imageOrigins, markdown = 'chat', linkBase } = options;
  return {
    math,
    dialect: markdown,
    resolveLink: (destination) => siteLink(destination, linkBase),
    decorateCode: (pre, code) => {
      decorateCode(pre, code, strings);
    },
    labels: { table: strings.table, image: strings.image, task: strings.task },
    isImageAllowed: ({ origin }) => imageOrigins?.some((one) => one === '*' || one === origin) ?? false,
  };
}
