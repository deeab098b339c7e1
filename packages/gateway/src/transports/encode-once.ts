/** Encodes a frame once for all viewers that receive it. */
import { encodeFrame, isLogged, type ChatEvent } from '@rivulet/protocol';

/** Frames by their last event: viewers of a conversation at the same position are sent the same event objects. */
const frames = new WeakMap<ChatEvent, { first: ChatEvent; bytes: Buffer }>();

/** The JSON of a frame: one event, or an array of several. Frames of logged events are cached as long as the events live. */
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
