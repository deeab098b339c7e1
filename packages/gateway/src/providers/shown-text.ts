/** Removes from a text what no reader can see and some readers obey: control characters and halves of characters. */

/** C0 except tab and line feed, DELETE, and C1: the escape sequences of terminals begin with one of them, and Postgres refuses NUL. */
// eslint-disable-next-line no-control-regex -- these are the characters to find
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
// eslint-disable-next-line no-control-regex -- as above
const ALL_CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** In Unicode mode a pair is one character, so this matches lone surrogates only. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** The text without control characters, except tabs and line feeds. Two scans, and a copy only when there is one. */
export const withoutControls = (text: string): string =>
  CONTROLS.test(text) ? text.replace(ALL_CONTROLS, '') : text;

/** A whole text without control characters and lone surrogates. */
export function cleanText(text: string): string {
  const plain = withoutControls(text);
  return plain.isWellFormed() ? plain : plain.replace(LONE_SURROGATES, '');
}
