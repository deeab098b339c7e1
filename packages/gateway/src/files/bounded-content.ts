/** Bytes that are counted on their way, so that no sender can bring more than it may. */
import { ChatError } from '@rivulet/protocol';

/** Ends with `too-large` at the first byte over the limit. @param onEnd is told how many there were */
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
