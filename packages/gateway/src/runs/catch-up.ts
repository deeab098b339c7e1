/**
 * A reply that is read again from its beginning, because its upstream went on with it: viewers have the first part of it already, and
 * are sent what they have not.
 */
import { isDeepStrictEqual } from 'node:util';
import type { FinishReason, LoggedEventBody, Message, Part } from '@rivulet/protocol';

/** What one reply has to catch up with. */
export interface CatchUp {
  /**
   * What viewers lack after these events. While the reply has less than they have, that is nothing of its parts; when it has more for
   * the first time, all parts at once, because the pieces need not end where they did.
   * @param events are in the reply already
   */
  missing(events: readonly LoggedEventBody[]): readonly LoggedEventBody[];
  /**
   * What makes the reply and its viewers equal at its end, or before tools are called. An answer that is complete counts; one that ended
   * on the way keeps what viewers have.
   */
  rest(reason: FinishReason): LoggedEventBody[];
}

const NOTHING: CatchUp = { missing: (events) => events, rest: () => [] };

/** @param read gives the reply so far. @param known the reply as viewers have it; undefined when they have nothing of it */
export function createCatchUp(read: () => Message, known: Message | undefined): CatchUp {
  if (known === undefined || known.parts.length === 0) return NOTHING;
  const knownLength = lengthOf(known.parts);
  let length = 0;
  let isEqual = false;
  const all = (): LoggedEventBody => ({ type: 'message-updated', messageId: known.id, parts: read().parts });
  return {
    missing(events) {
      if (isEqual) return events;
      length = events.reduce(lengthAfter, length);
      const others = events.filter((event) => !changesParts(event));
      if (length < knownLength) return others;
      isEqual = true;
      return isDeepStrictEqual(read().parts, known.parts) ? others : [...others, all()];
    },
    rest(reason) {
      if (isEqual) return [];
      isEqual = true;
      const isCut = reason === 'aborted' || reason === 'interrupted' || reason === 'error';
      return isCut ? [{ type: 'message-updated', messageId: known.id, parts: known.parts }] : [all()];
    },
  };
}

/** The length of the parts, which is compared before they are: a reply may be read again in many small pieces. */
const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + lengthOfPart(part), 0);
const lengthOfPart = (part: Part): number =>
  part.type === 'text' || part.type === 'reasoning' ? part.text.length : 1;

function lengthAfter(length: number, event: LoggedEventBody): number {
  switch (event.type) {
    case 'part-started':
      return length + lengthOfPart(event.value);
    case 'text-delta':
    case 'reasoning-delta':
      return length + event.text.length;
    case 'message-updated':
      return lengthOf(event.parts);
    default:
      return length;
  }
}

/** Whether the event says something about the content of the reply. Nothing but content is written before a reply is equal. */
function changesParts({ type }: LoggedEventBody): boolean {
  return (
    type === 'part-started' ||
    type === 'part-finished' ||
    type === 'message-updated' ||
    type.endsWith('-delta')
  );
}
