/** The search of the console: the filters and positions of a request, and the page that answers it. */
import { ChatError, FINISH_REASONS } from '@rivulet/protocol';
import * as v from 'valibot';
import { checkSchema } from '../http/body.ts';
import {
  CONSOLE_RANKS,
  NEWEST,
  type ConsoleFilters,
  type ConsolePage,
  type ConsolePosition,
  type RankPosition,
} from '../stores/console-store.ts';
import type { Store } from '../stores/store.ts';
import type { ConsoleRequest } from './console-guard.ts';

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const time = v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number));
const limit = v.optional(
  v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
  '50',
);
const CursorSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,16}(\.\d{1,8})?~[\w-]{1,64}$/),
  v.transform((text): ConsolePosition => {
    const [atMs = '', id = ''] = text.split('~');
    return { atMs: Number(atMs), id };
  }),
);
/** A position in a list that is sorted by cost or rating: bad ratings, cost, id. */
const RankCursorSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}~(-1|\d{1,21})~[\w-]{1,64}$/),
  v.transform((text): RankPosition => {
    const [ratedDown = '', costPico = '', id = ''] = text.split('~');
    return { ratedDown: Number(ratedDown), costPico: Number(costPico), id };
  }),
);
/** The page of a list. */
export const PageSchema = v.object({ limit, after: v.optional(CursorSchema) });
/** Times are milliseconds since 1970: `from` is included, `to` is not. */
const SearchSchema = v.object({
  limit,
  after: v.optional(v.union([CursorSchema, RankCursorSchema])),
  sort: v.optional(v.picklist(['newest', ...CONSOLE_RANKS]), 'newest'),
  site: v.optional(short),
  visitor: v.optional(short),
  text: v.optional(short),
  rating: v.optional(v.picklist(['up', 'down'])),
  reason: v.optional(v.picklist(FINISH_REASONS)),
  tool: v.optional(short),
  model: v.optional(short),
  /** What a visitor was shown beside an error, and what log lines have: the beginning of a run's id. */
  ref: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/))),
  from: v.optional(time, '0'),
  to: v.optional(time),
});
type Search = v.InferOutput<typeof SearchSchema>;

/** A position as a client sends it back; null when there is no next page. */
export const cursorOf = (position: ConsolePosition | undefined): string | null =>
  position === undefined ? null : `${position.atMs}~${position.id}`;

const rankCursorOf = (position: RankPosition | undefined): string | null =>
  position === undefined ? null : `${position.ratedDown}~${position.costPico}~${position.id}`;

/** Answers a search. @throws {ChatError} bad-frame for a query that has no meaning */
export async function searchConversations(
  store: Store,
  { request, response, user, touch }: ConsoleRequest,
): Promise<void> {
  const query = checkSchema(SearchSchema, request.query, 'query');
  // Whoever has some sites searches one of them: the first, unless they name another one.
  const siteId = query.site ?? user.sites?.[0];
  if (query.visitor !== undefined && siteId === undefined) throw refused('visitor: name the site, too.');
  await touch({ target: '', siteId: siteId ?? '' });
  const { visitor: ownerId, text, rating, reason: finishReason, tool, model } = query;
  const filters = { siteId, ownerId, text, rating, finishReason, tool, model };
  const { conversations, next } = await pageOf(store, query, {
    ...filters,
    sinceMs: query.from,
    limit: query.limit,
  });
  response.json({ conversations, next });
}

async function pageOf(
  store: Store,
  { sort, ref, to, after }: Search,
  filters: ConsoleFilters,
): Promise<Pick<ConsolePage, 'conversations'> & { next: string | null }> {
  if (sort === 'newest') {
    if (after !== undefined && !('atMs' in after)) throw refused('after: it is of a list in another order.');
    const start = to === undefined ? NEWEST : { atMs: to, id: '' };
    const { next, ...page } = await store.console.search({ ...filters, ref, after: after ?? start });
    return { ...page, next: cursorOf(next) };
  }
  if (ref !== undefined) throw refused('ref: it is not sorted by cost or rating.');
  if (after !== undefined && 'atMs' in after) throw refused('after: it is of a list in another order.');
  const beforeMs = to ?? Number.MAX_VALUE;
  const { next, ...page } = await store.console.rank({ ...filters, sort, beforeMs, after });
  return { ...page, next: rankCursorOf(next) };
}

const refused = (message: string): ChatError => new ChatError('bad-frame', { message });
