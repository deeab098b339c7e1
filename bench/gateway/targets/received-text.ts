/** The text that one client of the gateway has received, so that nothing counts twice that the gateway may repeat. */

/** What this needs of the events of a frame. */
interface Frame {
  type: string;
  /** Of a started part and of a delta, whose text begins at that place of the part, in characters. */
  partId?: string;
  at?: number;
  text?: string;
  /** Of a started part, which may begin with text. */
  value?: { text?: string };
  /** Of a snapshot. */
  conversation?: { messages: { id: string; parts: { text?: string }[] }[] };
}

/**
 * Reads the frames of one connection. A snapshot has the whole text of its messages, and the delta after it may begin before its
 * end: clients drop what they have. @see PROTOCOL.md §6
 */
export class ReceivedText {
  /** The number of characters, by part. */
  readonly #chars = new Map<string, number>();

  /** @returns the text in a frame that is new, of all its events */
  read(text: string): string {
    if (!text.includes('"text"')) return '';
    const frame = JSON.parse(text) as Frame | Frame[]; // as the protocol has it
    return [frame]
      .flat()
      .map((event) => this.#readEvent(event))
      .join('');
  }

  #readEvent({ type, partId = '', at = 0, text = '', value, conversation }: Frame): string {
    if (type === 'text-delta') return this.#add(partId, at, text);
    if (type === 'part-started') return this.#add(partId, 0, value?.text ?? '');
    if (type !== 'snapshot') return '';
    const parts = (conversation?.messages ?? []).flatMap(({ id, parts: all }) =>
      all.map((part, index) => this.#add(`${id}.${index}`, 0, part.text ?? '')),
    );
    return parts.join('');
  }

  #add(partId: string, at: number, text: string): string {
    const had = this.#chars.get(partId) ?? 0;
    this.#chars.set(partId, Math.max(had, at + text.length));
    return text.slice(Math.max(0, had - at));
  }
}
