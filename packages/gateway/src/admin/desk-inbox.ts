/** The inbox of the desk: which conversations wait, since when, and until when somebody should have answered. */
import { ConversationIdSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { checkSchema } from '../http/body.ts';
import {
  DESK_STATUSES,
  NO_DESK,
  placeOf,
  waitingOf,
  type DeskConversation,
  type DeskPage,
  type DeskPlace,
  type DeskRecord,
} from '../stores/desk-store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { personOf } from './desk-person.ts';
import { chosenSites, deskSitesOf, type DeskRoutesOptions, type DeskSite } from './desk-scope.ts';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const QuerySchema = v.object({
  view: v.optional(v.picklist(['mine', 'unassigned', 'all']), 'all'),
  status: v.optional(v.picklist(DESK_STATUSES), 'open'),
  site: v.optional(text),
  /** In the title or in a message. */
  q: v.optional(text),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    '50',
  ),
  after: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(\d{1,16}|nobody)~[\w-]{1,64}$/),
      v.transform((place): unknown => {
        const [since, conversationId] = place.split('~');
        return { conversationId, ...(since === 'nobody' ? {} : { waitingSinceMs: Number(since) }) };
      }),
      v.object({ conversationId: ConversationIdSchema, waitingSinceMs: v.optional(v.number()) }),
    ),
  ),
});
/** Which conversations are asked for. */
export type InboxQuery = v.InferOutput<typeof QuerySchema>;

const MINUTE_MS = 60_000;

/** Answers `GET /admin/api/desk/conversations`. */
export async function listInbox(options: DeskRoutesOptions, asked: ConsoleRequest): Promise<void> {
  const query = checkSchema(QuerySchema, asked.request.query, 'query');
  const sites = chosenSites(options, asked, query.site);
  await asked.touch({ target: '', siteId: query.site ?? '' });
  asked.response.json(await readInbox(options, asked, { ...query, sites }));
}

/** A page of the inbox over several sites, those whose visitor has waited longest first. */
export async function readInbox(
  options: DeskRoutesOptions,
  { user }: Pick<ConsoleRequest, 'user'>,
  { limit, sites, ...query }: Omit<InboxQuery, 'site'> & { sites: readonly DeskSite[] },
) {
  const { id: personId } = personOf(user);
  if (query.status === 'open') await Promise.all(sites.map((site) => wakeSnoozed(options, site.id)));
  const pages = await Promise.all(
    sites.map(async (site) => ({
      ...(await readSite(options, site, { ...query, limit, personId })),
      site,
    })),
  );
  return joinPages(pages, { limit, personId });
}

/** A page of one site. */
export interface SitePage extends DeskPage {
  site: DeskSite;
}

/** The page over several sites, as a person sees it. */
export function joinPages(
  pages: readonly SitePage[],
  { limit, personId }: { limit: number; personId: string },
) {
  // What a site has beyond the place where its search has stopped is not known, so that the page ends at the first of these places.
  const [stop] = pages.flatMap(({ next }) => next ?? []).sort(comparePlaces);
  const all = pages
    .flatMap(({ conversations, site }) =>
      conversations.map((conversation) => ({ conversation, site, place: placeOf(conversation) })),
    )
    .filter(({ place }) => stop === undefined || comparePlaces(place, stop) <= 0)
    .sort((one, other) => comparePlaces(one.place, other.place));
  const page = all.slice(0, limit);
  const end = all.length > limit ? page.at(-1)?.place : stop;
  return {
    conversations: page.map(({ conversation, site }) => entryOf(conversation, site, personId)),
    next: end === undefined ? null : `${end.waitingSinceMs ?? 'nobody'}~${end.conversationId}`,
  };
}

/** A page of one site, and where it ends when there may be more. */
async function readSite(
  { desk }: DeskRoutesOptions,
  { id: siteId }: DeskSite,
  { view, status, limit, after, q, personId }: Omit<InboxQuery, 'site'> & { personId: string },
): Promise<DeskPage> {
  const of = view === 'mine' ? { personId } : view;
  const query = { siteId, of, status, limit, ...(after === undefined ? {} : { after }) };
  if (q !== undefined) return desk.search({ ...query, text: q });
  return pageOfList(await desk.list(query), limit);
}

/** The page that a list makes: when it is full there may be more. */
export function pageOfList(conversations: DeskConversation[], limit: number): DeskPage {
  const last = conversations.length < limit ? undefined : conversations.at(-1);
  return last === undefined ? { conversations } : { conversations, next: placeOf(last) };
}

/** Opens the conversations of a site whose time has come. */
export async function wakeSnoozed(
  { desk, clock }: Pick<DeskRoutesOptions, 'desk' | 'clock'>,
  siteId: string,
): Promise<void> {
  const nowMs = clock.now();
  const snoozed = await desk.list({ siteId, of: 'all', status: 'snoozed', limit: 1_000 });
  for (const { id, desk: { snoozedUntilMs } = NO_DESK } of snoozed)
    if (snoozedUntilMs !== undefined && snoozedUntilMs <= nowMs) await desk.wake(id, nowMs);
}

function comparePlaces(one: DeskPlace, other: DeskPlace): number {
  const [first, second] = [one.conversationId, other.conversationId];
  return waitingOf(one) - waitingOf(other) || (first === second ? 0 : first < second ? -1 : 1);
}

/** A conversation as the inbox shows it. */
export function entryOf(
  { id, siteId, title, createdAtMs, updatedAtMs, desk = NO_DESK }: DeskConversation,
  { desk: settings }: DeskSite,
  personId: string,
) {
  const { revision: _revision, seenMs = {}, ...shown } = desk;
  return {
    ...{ id, siteId, title, createdAtMs, updatedAtMs },
    desk: {
      ...shown,
      isUnread: (desk.visitorMs ?? 0) > (seenMs[personId] ?? 0),
      ...dueOf(desk, settings),
    },
  };
}

/** Until when somebody should answer. The first answer counts from the request, whatever was logged or assigned since. */
export function dueOf(
  { requestedMs, firstResponseMs, waitingSinceMs }: DeskRecord,
  { firstResponseMinutes: first, nextResponseMinutes: next }: DeskSite['desk'],
): { dueMs?: number } {
  const isFirst = requestedMs !== undefined && (firstResponseMs ?? 0) < requestedMs;
  if (isFirst) return first === undefined ? {} : { dueMs: requestedMs + first * MINUTE_MS };
  if (waitingSinceMs === undefined || next === undefined) return {};
  return { dueMs: waitingSinceMs + next * MINUTE_MS };
}

/** Answers `GET /admin/api/desk`: the sites of the user with what they are set to, and who is there. */
export async function readDesk(options: DeskRoutesOptions, asked: ConsoleRequest): Promise<void> {
  const sites = deskSitesOf(options, asked);
  const shown = sites.map(async ({ id, desk: { cannedReplies = [], ...settings } }) => ({
    ...{ id, settings, cannedReplies },
    team: await options.team.list(id),
  }));
  asked.response.json({ me: personOf(asked.user), sites: await Promise.all(shown) });
}
