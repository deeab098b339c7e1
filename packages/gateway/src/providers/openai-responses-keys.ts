/** Tells which events of one response are about the same item. */
import { record, textOf } from './json-fields.ts';
import type { ItemKey } from './openai-responses-texts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The key of the item that an event is about. */
export type ItemKeys = (event: Fields) => ItemKey;

/**
 * Creates the keys of one answer. The place in the answer counts, because some upstreams give an item another id in each event. Others,
 * such as llama.cpp, give no places, or give them in some events only; their items have ids, and their calls only a `call_id`. An event
 * without any of these is about the same item as the one before it.
 */
export function createItemKeys(): ItemKeys {
  const byPlace = new Map<number, ItemKey>();
  const byId = new Map<string, ItemKey>();
  let last: ItemKey = '';
  return (event) => {
    const { output_index: place } = event;
    if (typeof place !== 'number') {
      const id = idOf(event);
      if (id === '') return last;
      last = byId.get(id) ?? id;
      byId.set(id, last);
      return last;
    }
    const known = byPlace.get(place);
    if (known !== undefined) {
      last = known;
      return known;
    }
    const id = idOf(event);
    last = byId.get(id) ?? place;
    byPlace.set(place, last);
    if (id !== '') byId.set(id, last);
    return last;
  };
}

function idOf({ item_id: ofItem, item }: Fields): string {
  const { id, call_id: ofCall } = record(item);
  return textOf(ofItem) || textOf(id) || textOf(ofCall);
}
