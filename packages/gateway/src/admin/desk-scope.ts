/** What the handlers of the desk share: who asks, which sites they see, and the conversation that they name. */
import { ChatError, ConversationIdSchema, type Participant, type RandomBytes } from '@rivulet/protocol';
import * as v from 'valibot';
import type { Clock, Logger } from '../base/index.ts';
import type { Desk } from '../conversations/desk.ts';
import type { DeskTeam } from '../conversations/desk-team.ts';
import type { Uploads } from '../conversations/uploads.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { checkSchema, jsonBodyOf } from '../http/body.ts';
import type { Drafts } from '../runs/drafts.ts';
import type { Site, Sites } from '../sites/sites.ts';
import type { ConversationRecord, Store } from '../stores/store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { memberOf, personOf } from './desk-person.ts';

/** What the desk in the console needs. */
export interface DeskRoutesOptions {
  store: Store;
  eventLog: EventLog;
  clock: Clock;
  random: RandomBytes;
  sites: Pick<Sites, 'list'>;
  desk: Desk;
  team: DeskTeam;
  uploads: Pick<Uploads, 'put' | 'open'>;
  drafts: Drafts;
  logger: Logger;
  /** Calls the function when the gateway closes, unless it was taken back by what is returned. */
  lifecycle: { onClose(close: () => void): () => void };
}

/** A site that has a desk. */
export type DeskSite = Site & { desk: NonNullable<Site['desk']> };

const hasDesk = (site: Site): site is DeskSite => site.desk !== undefined;

/** The sites with a desk that the user may see. */
export const deskSitesOf = (
  { sites }: Pick<DeskRoutesOptions, 'sites'>,
  { user }: Pick<ConsoleRequest, 'user'>,
): DeskSite[] =>
  sites
    .list()
    .filter(hasDesk)
    .filter(({ id }) => user.sites?.includes(id) !== false);

/** The sites that are meant: the one with this id, or all that the user sees. @throws {ChatError} not-found */
export function chosenSites(
  options: Pick<DeskRoutesOptions, 'sites'>,
  asked: Pick<ConsoleRequest, 'user'>,
  siteId: string | undefined,
): DeskSite[] {
  const all = deskSitesOf(options, asked);
  const chosen = siteId === undefined ? all : all.filter(({ id }) => id === siteId);
  if (siteId !== undefined && chosen.length === 0) throw new ChatError('not-found');
  return chosen;
}

/** A conversation of a site with a desk, and who asks for it. */
export interface AskedConversation {
  record: ConversationRecord;
  site: DeskSite;
  person: Participant;
}

/**
 * The conversation in the path. It is recorded in the audit log before anything of it is shown or changed.
 * @throws {ChatError} not-found, also for a site without a desk and for one that the user does not see
 */
export async function askedConversation(
  options: DeskRoutesOptions,
  asked: ConsoleRequest,
): Promise<AskedConversation> {
  const id = v.safeParse(ConversationIdSchema, asked.request.params.id);
  const record = id.success ? await options.store.readConversation(id.output) : undefined;
  const site = deskSitesOf(options, asked).find((each) => each.id === record?.siteId);
  if (record === undefined || site === undefined) throw new ChatError('not-found');
  await asked.touch({ target: record.id, siteId: record.siteId });
  await options.team.touch(memberOf(asked.user), true);
  return { record, site, person: personOf(asked.user) };
}

/** The body of a request by its schema. @throws {ChatError} bad-frame */
export const bodyOf = <Schema extends v.GenericSchema>(
  schema: Schema,
  { request }: Pick<ConsoleRequest, 'request'>,
): v.InferOutput<Schema> => checkSchema(schema, jsonBodyOf(request), 'body');
