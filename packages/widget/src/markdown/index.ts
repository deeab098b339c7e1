/** Public interface of the Markdown renderer: text in, safe DOM nodes out. */
export { MarkdownView } from './view/markdown-view.ts';
export type { Dialect } from './dialect.ts';
export type { Progress } from './blocks/markdown-source.ts';
export { plainText, withPlainText } from './plain-text.ts';
export { loadRare } from './inline/rare.ts';
export { mathWith } from './view/math-view.ts';
export { isUnusual } from './unusual.ts';
export type { Formula, MathOptions } from './math.ts';
export type { CodeInfo, MarkdownLabels, MarkdownOptions } from './options.ts';
