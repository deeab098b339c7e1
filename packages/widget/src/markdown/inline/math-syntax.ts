/** Inline formulas, if the site enables math: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. */

import { continueMath, startMath } from '../blocks/math-block.ts';
import type { MathRead, MathSyntax } from '../math.ts';

/** Longer formulas stay text; the bound keeps thousands of unclosed openers linear. */
const MAX_MATH_CHARS = 2_000;
/**
 * Maximum number of characters that are hidden while a lone `$` could begin a formula, as it may be an amount of money.
 */
const MAX_HELD_CHARS = 80;
/** The same if a digit follows, which is most likely an amount of money. */
const MAX_HELD_DIGIT_CHARS = 8;

const CLOSERS: Readonly<Record<string, string>> = { $$: '$$', '\\(': '\\)', '\\[': '\\]' };

/** Reads a formula at `offset`, where a `$` or a backslash is. */
function readMath(text: string, offset: number, isGrowing: boolean): MathRead {
  const opener = text.slice(offset, offset + 2);
  const closer = CLOSERS[opener];
  if (closer === undefined) return text[offset] === '$' ? readDollars(text, offset, isGrowing) : undefined;
  const start = offset + 2;
  const end = text.slice(start, start + MAX_MATH_CHARS).indexOf(closer);
  if (end < 0) return isGrowing && text.length - start < MAX_MATH_CHARS ? 'held' : undefined;
  if (text.slice(start, start + end).trim() === '') return undefined;
  return found(text, { start, end: start + end, mark: 2, isDisplay: opener !== '\\(' });
}

/** “10$/20$”: after a digit a formula begins with a name, a command or an index. */
const AFTER_DIGIT = /[a-z\\^_{]/i;
/** “$5, or 10$”: an amount of money, and words. */
const AMOUNT_AND_WORDS = /^\d[^\\]*\s\p{L}{2,}\s/u;
/** “$HOME/$PATH”: the name of a variable, or what joins two of them. */
const VARIABLE = /^(?:[A-Z_]{2,}|[A-Za-z_{].*[^^_][/:=,.;&-])$/;

/**
 * No space inside the delimiters, no digit after them, no code between them, and all on one line: so "$5 and $10" stays
 * text, as do other amounts of money, and variables of a shell.
 */
function readDollars(text: string, offset: number, isGrowing: boolean): MathRead {
  const start = offset + 1;
  const newline = text.indexOf('\n', start);
  const limit = Math.min(newline < 0 ? text.length : newline, start + MAX_MATH_CHARS);
  if (start < text.length && /\s/.test(text.charAt(start))) return undefined;
  const isAfterDigit = /\d/.test(text.charAt(offset - 1));
  if (isAfterDigit && start < text.length && !AFTER_DIGIT.test(text.charAt(start))) return undefined;
  for (let end = start; end < limit; end++) {
    const character = text[end];
    if (character === '\\') end++;
    else if (character === '`') return undefined;
    else if (character === '$') {
      return isFormula(text.slice(start, end), text.charAt(end + 1))
        ? found(text, { start, end, mark: 1, isDisplay: false })
        : undefined;
    }
  }
  const maxHeld = /\d/.test(text.charAt(start)) ? MAX_HELD_DIGIT_CHARS : MAX_HELD_CHARS;
  return isGrowing && newline < 0 && text.length - start <= maxHeld ? 'held' : undefined;
}

function isFormula(content: string, after: string): boolean {
  if (content === '' || /\s$/.test(content) || /\d/.test(after) || AMOUNT_AND_WORDS.test(content))
    return false;
  return !(/[a-z_{]/i.test(after) && VARIABLE.test(content));
}

function found(
  text: string,
  { start, end, mark, isDisplay }: { start: number; end: number; mark: number; isDisplay: boolean },
): MathRead {
  const source = text.slice(start - mark, end + mark);
  return { formula: { tex: text.slice(start, end).trim(), source, isDisplay }, end: end + mark };
}

/** Syntax of formulas. Loaded only if the site enables math. */
export const mathSyntax: MathSyntax = {
  read: readMath,
  start: startMath,
  continue: continueMath,
  maxChars: MAX_MATH_CHARS,
};
