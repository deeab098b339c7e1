/** Embeddings and isolates, which change the direction of the text up to their end. */

const CONTROL = /[\u202a\u202b\u202c\u2066-\u2069\n]/g;
const POP_EMBEDDING = '\u202c';
const POP_ISOLATE = '\u2069';

/**
 * Leaves out the embeddings and isolates of a line that have no end, and ends that have no beginning: they would take effect on
 * what follows. Those that are properly nested stay.
 */
export function withBalancedDirections(text: string): string {
  const kept = new Set<number>();
  let open: { at: number; end: string }[] = [];
  for (const { index, 0: control } of text.matchAll(CONTROL)) {
    if (control === '\n') open = [];
    else if (control === POP_EMBEDDING || control === POP_ISOLATE) {
      if (open.at(-1)?.end !== control) continue;
      kept.add(open.pop()?.at ?? index).add(index);
    } else open.push({ at: index, end: control >= '\u2066' ? POP_ISOLATE : POP_EMBEDDING });
  }
  return text.replace(CONTROL, (control, index: number) =>
    control === '\n' || kept.has(index) ? control : '',
  );
}
