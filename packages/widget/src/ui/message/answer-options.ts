/** What a site decides about how its words are shown. */
import type { MarkdownOptions, MathOptions } from '../../markdown/index.ts';
import type { MessageOptions } from '../../shell/options.ts';
import { decorateCode } from './code-block.ts';
import type { Strings } from '../i18n/core/en.ts';

export interface AnswerOptions {
  /** Formulas between `$…$`, `$$…$$`, `\(…\)` and `\[…\]` are rendered. Default: they are text. */
  math?: boolean;
  /** Origins such as `https://images.example.com` whose images are loaded, `*` for any. Default: none. */
  imageOrigins?: readonly string[];
}

/** What the options of the site say about it. */
export const answerOptionsOf = ({ hasMath, imageOrigins }: MessageOptions): AnswerOptions => ({
  math: hasMath === true,
  imageOrigins: imageOrigins ?? [],
});

/** What a view is made of. */
export interface ViewParts {
  strings: Strings;
  options: AnswerOptions;
  math: MathOptions | undefined;
}

/** Where an answer may hold formulas, what reads them; nothing when that cannot be fetched. */
export async function loadMath({ math }: AnswerOptions): Promise<MathOptions | undefined> {
  return math === true
    ? import('../math/math.ts').then(
        ({ mathOptions }) => mathOptions,
        () => undefined,
      )
    : undefined;
}

/** Options for the Markdown view. */
export function markdownOptions({ strings, options, math }: ViewParts): MarkdownOptions {
  const { imageOrigins } = options;
  return {
    math,
    decorateCode: (pre, code) => {
      decorateCode(pre, code, strings);
    },
    labels: { table: strings.table, image: strings.image, task: strings.task },
    isImageAllowed: ({ origin }) => imageOrigins?.some((one) => one === '*' || one === origin) ?? false,
  };
}
