/** Parses server-sent events from pieces of text that may be cut anywhere. */

/** Parses one stream. */
export class SseParser {
  // Bounded by the largest frame of a gateway: one page of a snapshot.
  #rest = '';

  /** Adds a piece. @returns the data of each block that is complete now; comments and other fields are skipped */
  push(text: string): string[] {
    // A line may end with CR LF; JSON holds neither.
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
