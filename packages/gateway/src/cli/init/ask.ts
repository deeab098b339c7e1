/** Asks questions in a terminal, one after the other. */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { StartError } from '../start-error.ts';

/** Where questions are asked. */
export interface Terminal {
  input: Readable;
  output: Writable;
}

/** One question with a default. */
export interface AskedQuestion {
  text: string;
  /** What an empty answer means. */
  fallback: string;
  /** Why an answer is not accepted; undefined: it is. */
  problemOf: (answer: string) => string | undefined;
}

/** Asks one question, again until the answer is accepted. @throws {StartError} when the terminal was closed, or Ctrl+C was pressed */
export type Ask = (question: AskedQuestion) => Promise<string>;

/** Whether there is somebody to ask: questions go to standard error, so that standard output can be sent elsewhere. */
export const isTerminal = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Runs `work` with a function that asks. @param aborted what to say when the terminal is closed, or Ctrl+C pressed */
export async function asking<Result>(
  { input, output }: Terminal,
  aborted: string,
  work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  const lines = createInterface({ input, output });
  // And not `question`, which loses what was typed or pasted before it is called.
  const typed = lines[Symbol.asyncIterator]();
  let isOpen = true; // what was typed before the end is still answered
  lines.once('close', () => {
    isOpen = false;
  });
  try {
    return await work(async ({ text, fallback, problemOf }) => {
      for (;;) {
        lines.setPrompt(`${text}${fallback === '' ? '' : ` [${fallback}]`}: `);
        if (isOpen) lines.prompt();
        const line = await typed.next();
        if (line.done === true) throw new StartError(aborted);
        const answer = line.value.trim() || fallback;
        const problem = problemOf(answer);
        if (problem === undefined) return answer;
        output.write(`  ${problem}\n`);
      }
    });
  } finally {
    lines.close();
  }
}
