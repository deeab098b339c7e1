/** Compares two copies of a conversation, independently of the order of object keys. */
import type { Conversation } from '@rivulet/protocol';

/** The differences between a tab's copy of a conversation and the store's. */
export interface Difference {
  /** The number of messages in the tab. */
  shown: number;
  /** The number of messages in the store. */
  stored: number;
  /** Messages in the tab that the store does not have with this content, as text. */
  only: string[];
  /** Messages in the store that the tab does not have with this content, as text. */
  missing: string[];
  /** The ids in the tab's order and in the store's; empty unless the order is the only difference. */
  order: string[][];
}

/** Lists the differences, for the message of a failed test. */
export function differenceOf(shown: Conversation, stored: Conversation): Difference {
  const contents = ({ messages }: Conversation) =>
    new Map(messages.map((message) => [message.id, contentOf(message)]));
  const [one, other] = [contents(shown), contents(stored)];
  const only = [...one].filter(([id, text]) => other.get(id) !== text).map(([, text]) => text);
  const missing = [...other].filter(([id, text]) => one.get(id) !== text).map(([, text]) => text);
  const order = only.length + missing.length > 0 ? [] : [[...one.keys()], [...other.keys()]];
  return { shown: one.size, stored: other.size, only, missing, order };
}

/** Serialises a JSON value with sorted keys: equal values have equal texts. */
export const contentOf = (value: unknown): string => JSON.stringify(sorted(value));

/** A copy of the value in which the keys of every object are sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}
