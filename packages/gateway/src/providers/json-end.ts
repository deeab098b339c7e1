/** Finds the end of a JSON object that arrives in pieces, in one pass over its characters. */

/** How far a text is as a JSON object. */
export interface JsonEnd {
  /** Reads the next piece. */
  push(piece: string): void;
  /** Whether the text so far is one complete object, apart from white space around it. Its inside is not validated. */
  isComplete(): boolean;
  /** Whether the next character is within a string. */
  isInString(): boolean;
}

/** Creates the state for one text. */
export function createJsonEnd(): JsonEnd {
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let state: 'before' | 'inside' | 'complete' | 'other' = 'before';
  const readCharacter = (character: string) => {
    if (isInString) {
      if (isEscaped) isEscaped = false;
      else if (character === '\\') isEscaped = true;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) state = 'complete';
  };
  const start = (character: string) => {
    if (character.trim() === '') return;
    if (state === 'before' && character === '{') {
      state = 'inside';
      depth = 1;
    } else state = 'other';
  };
  return {
    push(piece) {
      for (const character of piece) {
        if (state === 'other') return;
        if (state === 'inside') readCharacter(character);
        else start(character);
      }
    },
    isComplete: () => state === 'complete',
    isInString: () => state === 'inside' && isInString,
  };
}
