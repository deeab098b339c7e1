/**
 * The form in which stored texts and queries are compared, independently of the database's locale. Without imports, because the
 * worker of the SQLite store loads it.
 */

/** Normalises to NFC and lower case, and removes what databases refuse: NUL, and lone surrogates. */
export function searchText(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('\0', '')
    .replace(/\p{Cs}/gu, '\ufffd');
}
