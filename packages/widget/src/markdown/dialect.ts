/** The two dialects of Markdown that the reader knows. */

/**
 * `commonmark`: CommonMark and the extensions of GFM. `chat`: the same, as people and models write it in a chat: a line
 * end is a line break, a line of dashes below text is a rule, two spaces of indentation nest in a list, and the address
 * of a link may contain spaces.
 */
export type Dialect = 'chat' | 'commonmark';
