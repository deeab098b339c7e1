/** The bytes of a frame, encoded once however many viewers take it. */
import { encodeFrame, isLogged, type ChatEvent } from '@rivulet/protocol';

/** By the last event of a frame: viewers of one conversation at one position are sent the same objects. */
const frames = new WeakMap<ChatEvent, { first: ChatEvent; bytes: Buffer }>();

/** A frame of one event is that event, a frame of several their array. */
export function encodeOnce(item: ChatEvent | readonly ChatEvent[]): Buffer {
  const events = isArray(item) ? item : [item];
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined || !isLogged(first)) return Buffer.from(encodeFrame(item));
  const known = frames.get(last);
  if (known?.first === first) return known.bytes;
  const bytes = Buffer.from(encodeFrame(events.length === 1 ? first : events));
  frames.set(last, { first, bytes });
  return bytes;
}

const isArray = (item: ChatEvent | readonly ChatEvent[]): item is readonly ChatEvent[] => Array.isArray(item);
