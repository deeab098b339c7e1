/** What a schema says, as data. */

/**
 * A word for a simple value (see read-shape.ts), `=word` for that word itself, `^…` for text that fits the pattern; a list for one
 * around another: `a` an array, `?` optional, `0` nullable, `|` one of the words after the fallback, null where there is none;
 * an object for an object.
 */
export type Shape = string | readonly (Shape | null)[] | { readonly [key: string]: Shape };
