/** Follows the frames of a WebSocket connection as they arrive, to tell whether a message has begun and is not complete. */

const FINAL = 0x80;
/** RFC 6455, section 5.5: control frames have the high bit of the opcode, and may stand between the fragments of a message. */
const CONTROL = 0x08;
const MASK_BYTES = 4;

/** Reads only headers. It checks nothing: `ws`, which reads the same bytes, closes the connection on an invalid frame. */
export class MessageProgress {
  /** The bytes of a header that is not complete: at most 14. */
  readonly #header: number[] = [];
  #payloadBytesLeft = 0;
  #isFragmented = false;
  #endsMessage = false;
  #completed = 0;

  /** How many messages are complete. */
  get completed(): number {
    return this.#completed;
  }

  /** Whether the bytes that were read end within a message or a frame. */
  get isUnfinished(): boolean {
    return this.#isFragmented || this.#payloadBytesLeft > 0 || this.#header.length > 0;
  }

  /** Reads the next bytes of the connection, from the client. */
  read(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#payloadBytesLeft > 0) {
        const taken = Math.min(this.#payloadBytesLeft, chunk.length - at);
        this.#payloadBytesLeft -= taken;
        at += taken;
        if (this.#payloadBytesLeft === 0) this.#endFrame();
      } else {
        this.#header.push(chunk[at] ?? 0);
        at += 1;
        this.#readHeader();
      }
    }
  }

  #readHeader(): void {
    const [flags = 0, lengths = 0] = this.#header;
    if (this.#header.length < 2) return;
    const short = lengths & 0x7f;
    const extendedBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (this.#header.length < 2 + extendedBytes + (lengths & 0x80 ? MASK_BYTES : 0)) return;
    const extended = this.#header.slice(2, 2 + extendedBytes);
    this.#payloadBytesLeft =
      extendedBytes === 0 ? short : extended.reduce((length, byte) => length * 256 + byte, 0);
    const isControl = (flags & CONTROL) !== 0;
    if (!isControl) this.#isFragmented = (flags & FINAL) === 0;
    this.#endsMessage = !isControl && !this.#isFragmented;
    this.#header.length = 0;
    if (this.#payloadBytesLeft === 0) this.#endFrame();
  }

  #endFrame(): void {
    if (this.#endsMessage) this.#completed += 1;
  }
}
