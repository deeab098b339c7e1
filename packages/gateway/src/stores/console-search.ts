/** What the searches of all stores share: how a condition is found in a stored message, and where a page ends. */
import { CONSOLE_SCAN, type ConsoleFilters, type ConsolePage } from './console-store.ts';
import { searchText } from './search-text.ts';

/** A query as the stores execute it. */
export interface PreparedQuery {
  /** The text in the form in which it is compared; empty: any. */
  text: string;
  /** Texts that the JSON of one message contains, those that are empty last. */
  marks: readonly [string, string, string];
  /** A text that the JSON of the facts of the same message contains; empty: any. */
  model: string;
  /** How many conversations are looked at. */
  scan: number;
}

/**
 * Prepares a query. A quotation mark within a text is escaped in JSON, so that no visitor can write a mark; the value of a tool
 * may contain one, and is found too.
 */
export function prepareQuery(filters: ConsoleFilters): PreparedQuery {
  const { text = '', rating, finishReason, tool, model = '', limit } = filters;
  const [first = '', second = '', third = ''] = [
    rating && `"feedback":{"value":"${rating}"`,
    finishReason && `"reason":"${finishReason}"`,
    tool && `"name":${JSON.stringify(tool)},"state":`,
  ].filter((mark) => mark !== undefined && mark !== '');
  const isFiltered = text !== '' || first !== '' || model !== '';
  return {
    text: searchText(text),
    marks: [first, second, third],
    model: model === '' ? '' : `"model":${JSON.stringify(model)}`,
    // One more than a page tells whether there is another.
    scan: isFiltered ? Math.max(CONSOLE_SCAN, limit + 1) : limit + 1,
  };
}

/** The ids of runs that begin with a ref: from the first one on, and before the second. `~` comes after all letters of an id. */
export const runIdsOf = (ref: string): readonly [string, string] => [`r_${ref}`, `r_${ref}~`];

/** A conversation that was looked at. */
export interface Scanned<Position> {
  position: Position;
  /** Undefined when it does not match. */
  found: ConsolePage['conversations'][number] | undefined;
}

/** The page that what was looked at makes. @param scan how many were asked for */
export function pageOf<Position>(
  scanned: readonly Scanned<Position>[],
  { limit }: Pick<ConsoleFilters, 'limit'>,
  scan: number,
): ConsolePage<Position> {
  const matching = scanned.filter(({ found }) => found !== undefined);
  const shown = matching.slice(0, limit);
  const end = matching.length > limit ? shown.at(-1) : scanned.length === scan ? scanned.at(-1) : undefined;
  return {
    conversations: shown.flatMap(({ found }) => found ?? []),
    next: end?.position,
  };
}
