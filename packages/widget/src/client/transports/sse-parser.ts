/** Text of server-sent events, cut anywhere -> the data of its blocks. */

export class SseParser {
  // Bounded by the largest frame of a gateway, a page of a snapshot.
  #rest = '';

  /** @returns the data of each block that is whole now; comments and other fields are passed over. */
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
