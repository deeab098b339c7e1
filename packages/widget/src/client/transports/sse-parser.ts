/** Parses the text of server-sent events. */

/** Parses one stream, whose text arrives in pieces that may be cut anywhere. */
export class SseParser {
  // Bounded by the largest frame of a gateway: one page of a snapshot.
  #rest = '';

  /** Adds a piece of the text. @returns the data of each block that is now complete; comments and other fields are skipped */
  push(text: string): string[] {
    // A line may end with CR LF. JSON text contains no raw CR, so removing it is safe.
    const blocks = (this.#rest + text.replaceAll('\r', '')).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const lines = block.split('\n').flatMap((line) => {
        if (!line.startsWith('data:')) return [];
        return [line.slice(line.startsWith('data: ') ? 6 : 5)];
      });
      return lines.length === 0 ? [] : [lines.join('\n')];
    });
  }
}
