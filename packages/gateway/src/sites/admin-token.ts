/** The token by which operators prove themselves. */
import * as v from 'valibot';

const MESSAGE = 'expected at least 16 characters without spaces';

/** A token that can be sent as `Authorization: Bearer …` and that nobody guesses. */
export const AdminTokenSchema = v.pipe(v.string(MESSAGE), v.regex(/^[!-~]{16,512}$/, MESSAGE));
