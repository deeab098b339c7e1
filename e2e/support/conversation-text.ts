/** Two states with the same content have the same text; and what one of them has that the other does not. */
import type { Conversation } from '@rivulet/protocol';

/** What a tab shows that the store does not have, and the other way round. */
export interface Difference {
  shown: number;
  stored: number;
  only: string[];
  missing: string[];
  /** The ids as shown and as stored, when all messages are the same and only their order is not. */
  order: string[][];
}

export function differenceOf(shown: Conversation, stored: Conversation): Difference {
  const contents = ({ messages }: Conversation) =>
    new Map(messages.map((message) => [message.id, contentOf(message)]));
  const [one, other] = [contents(shown), contents(stored)];
  const only = [...one].filter(([id, text]) => other.get(id) !== text).map(([, text]) => text);
  const missing = [...other].filter(([id, text]) => one.get(id) !== text).map(([, text]) => text);
  const order = only.length + missing.length > 0 ? [] : [[...one.keys()], [...other.keys()]];
  return { shown: one.size, stored: other.size, only, missing, order };
}

export const contentOf = (value: unknown): string => JSON.stringify(sorted(value));

/** Keys in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}
