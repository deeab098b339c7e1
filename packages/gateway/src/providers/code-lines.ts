/** Follows a streamed Markdown text line by line, to know whether its end is within code. */

/** What is known of a text that was read piece by piece. */
export interface CodeLines {
  /** Reads the next piece. */
  push(piece: string): void;
  /** Whether the text ends where a block may begin: at the start of a line, after at most three spaces, outside of fenced code. */
  isAtLineStart(): boolean;
  /** Whether the text ends within fenced code or within a code span of the current line. */
  isInCode(): boolean;
  /** The last UTF-16 code unit; a line feed before the first one. */
  lastCode(): number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const BACKTICK = 0x60;
const TILDE = 0x7e;
/** A line that is indented further is code. */
const MAX_INDENT = 3;
const MIN_FENCE = 3;

/** Creates the state for one text. Each character is looked at once. */
export function createCodeLines(): CodeLines {
  let last = LINE_FEED;
  /** The character and the length of the open fence; 0 outside of fenced code. */
  let fence = 0;
  let fenceLength = 0;
  // Of the current line: its indentation, the run of marks that begins it, and what follows.
  let indent = 0;
  let mark = 0;
  let marks = 0;
  let rest: 'none' | 'spaces' | 'text' = 'none';
  let backticks = 0;
  const endLine = () => {
    const isFence = marks >= MIN_FENCE;
    if (fence === 0) {
      // "```code```" on one line is a code span.
      if (isFence && (mark === TILDE || backticks === marks)) [fence, fenceLength] = [mark, marks];
    } else if (isFence && mark === fence && marks >= fenceLength && rest !== 'text') fence = 0;
    [indent, mark, marks, rest, backticks] = [0, 0, 0, 'none', 0];
  };
  const read = (code: number) => {
    if (code === BACKTICK) backticks += 1;
    if (rest === 'none') {
      if (marks === 0 && code === SPACE) indent += 1;
      else if (isMark(code) && indent <= MAX_INDENT && (marks === 0 || code === mark)) {
        mark = code;
        marks += 1;
      } else rest = isSpace(code) && marks > 0 ? 'spaces' : 'text';
    } else if (!isSpace(code)) rest = 'text';
  };
  return {
    push(piece) {
      for (let at = 0; at < piece.length; at += 1) {
        const code = piece.charCodeAt(at);
        if (code === LINE_FEED || code === CARRIAGE_RETURN) endLine();
        else if (rest !== 'text') read(code);
        else if (code === BACKTICK) backticks += 1;
      }
      if (piece !== '') last = piece.charCodeAt(piece.length - 1);
    },
    isAtLineStart: () => fence === 0 && marks === 0 && rest === 'none' && indent <= MAX_INDENT,
    isInCode: () => fence !== 0 || backticks % 2 === 1,
    lastCode: () => last,
  };
}

const isMark = (code: number): boolean => code === BACKTICK || code === TILDE;
const isSpace = (code: number): boolean => code === SPACE || code === TAB;
