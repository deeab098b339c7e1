/** The inbox of the desk: which conversations wait, since when, and until when somebody should have answered. */
import { ConversationIdSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { checkSchema } from '../http/body.ts';
import {
  DESK_STATUSES,
  NO_DESK,
  waitingOf,
  type DeskConversation,
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
  { desk, clock }: DeskRoutesOptions,
  { user }: Pick<ConsoleRequest, 'user'>,
  { view, status, limit, after, sites }: Omit<InboxQuery, 'site'> & { sites: readonly DeskSite[] },
) {
  const nowMs = clock.now();
  const { id: personId } = personOf(user);
  const of = view === 'mine' ? { personId } : view;
  const pages = await Promise.all(
    sites.map(async (site) => {
      if (status === 'open') await wake({ desk }, site.id, nowMs);
      const query = { siteId: site.id, of, status, limit };
      const found = await desk.list(after === undefined ? query : { ...query, after });
      return found.map((conversation) => ({ conversation, site }));
    }),
  );
  const sorted = pages.flat().sort((one, other) => comparePlaces(one.conversation, other.conversation));
  const page = sorted.slice(0, limit);
  const last = page.length < limit ? undefined : page.at(-1)?.conversation;
  return {
    conversations: page.map(({ conversation, site }) => entryOf(conversation, site, personId)),
    next: last === undefined ? null : `${last.desk?.waitingSinceMs ?? 'nobody'}~${last.id}`,
  };
}

/** Opens the conversations of a site whose time has come. */
async function wake({ desk }: Pick<DeskRoutesOptions, 'desk'>, siteId: string, nowMs: number): Promise<void> {
  const snoozed = await desk.list({ siteId, of: 'all', status: 'snoozed', limit: 1_000 });
  for (const { id, desk: { snoozedUntilMs } = NO_DESK } of snoozed)
    if (snoozedUntilMs !== undefined && snoozedUntilMs <= nowMs) await desk.wake(id, nowMs);
}

function comparePlaces(one: DeskConversation, other: DeskConversation): number {
  const [first, second] = [waitingOf(one.desk ?? NO_DESK), waitingOf(other.desk ?? NO_DESK)];
  return first - second || (one.id < other.id ? -1 : 1);
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
