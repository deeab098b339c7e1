/** Which of several things a searched text means. Pure. */

/** Those whose texts have all words, in any case, in the order that they had. */
export function matching<Item extends { label: string; hint?: string }>(
  items: readonly Item[],
  search: string,
): readonly Item[] {
  const words = search
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return items.filter(({ label, hint = '' }) => {
    const text = `${label} ${hint}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}
