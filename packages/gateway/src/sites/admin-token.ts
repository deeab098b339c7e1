/** The token by which operators prove themselves. */
import * as v from 'valibot';

const MESSAGE = 'expected at least 16 characters without spaces';

const CONSOLE_MESSAGE = 'expected at least 32 characters without spaces';

/** A token that opens the console to its owner: it shows what visitors wrote, so that it is longer. */
export const ConsoleTokenSchema = v.pipe(
  v.string(CONSOLE_MESSAGE),
  v.regex(/^[!-~]{32,512}$/, CONSOLE_MESSAGE),
);

/** A token that can be sent as `Authorization: Bearer …` and that nobody guesses. */
export const AdminTokenSchema = v.pipe(v.string(MESSAGE), v.regex(/^[!-~]{16,512}$/, MESSAGE));
