/** Limits the size of a stream, whatever size its sender declared. */
import { ChatError } from '@rivulet/protocol';

/**
 * Passes the bytes on and counts them. @param onEnd called with the total after the last byte
 * @throws {ChatError} `too-large` at the first byte over the limit.
 */
export async function* boundedContent(
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onEnd: (sizeBytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const piece of content) {
    sizeBytes += piece.length;
    if (sizeBytes > maxBytes) {
      throw new ChatError('too-large', {
        message: `The file is larger than ${maxBytes} bytes; send a smaller one.`,
      });
    }
    yield piece;
  }
  onEnd(sizeBytes);
}
