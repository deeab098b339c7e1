/** Tells webhooks what people do with conversations. */
import type { ConversationId } from '@rivulet/protocol';
import { describeCause, type Logger } from '../base/index.ts';
import type { DeskRecord } from '../stores/desk-store.ts';
import type { Store } from '../stores/store.ts';
import type { ConversationEvent } from '../webhooks/events.ts';
import type { WebhookEmitter } from '../webhooks/webhooks.ts';
import type { DeskForRuns } from './desk.ts';

/** What telling needs. */
export interface TellDeskOptions {
  store: Pick<Store, 'readConversation'>;
  webhooks: WebhookEmitter;
  logger: Logger;
}

/** A command that changes nothing, such as a second request for a person, is not told again while so many others are. */
const REMEMBERED = 10_000;

/**
 * The same desk, which tells of each change after it was made. A gateway that dies in between has not told: the same command again
 * does, under the same id. What cannot be told is logged and does not fail the command.
 */
export function createTellingDesk(desk: DeskForRuns, options: TellDeskOptions): DeskForRuns {
  const told = new Set<string>();
  /** @param by who has given it back */
  const tellOwner = async (id: ConversationId, record: DeskRecord, by = ''): Promise<DeskRecord> => {
    const key = `${id} ${record.owner.number}`;
    if (told.has(key)) return record;
    told.add(key);
    if (told.size > REMEMBERED) for (const oldest of [...told].slice(0, REMEMBERED / 2)) told.delete(oldest);
    await tell(options, id, ownerEventOf(record, by));
    return record;
  };
  if (!options.webhooks.isOn) return desk;
  return {
    ...desk,
    takeOver: async (id, person) => tellOwner(id, await desk.takeOver(id, person)),
    assign: async (id, from, to) => tellOwner(id, await desk.assign(id, from, to)),
    transfer: async (id, from, to) => tellOwner(id, await desk.transfer(id, from, to)),
    release: async (id, person) => tellOwner(id, await desk.release(id, person), person.name),
    requestPerson: async (...asked) => tellOwner(asked[1], await desk.requestPerson(...asked)),
    requestInRun: async (run, staff) => tellOwner(run.conversationId, await desk.requestInRun(run, staff)),
    async announce(id) {
      const record = await desk.announce(id);
      return record.owner.kind === 'ai' ? record : tellOwner(id, record);
    },
    async leaveAddress(principal, id, contact) {
      const record = await desk.leaveAddress(principal, id, contact);
      await tell(options, id, {
        type: 'conversation.address-left',
        email: contact.email,
        name: contact.name,
      });
      return record;
    },
    async setStatus(id, ...status) {
      const changed = await desk.setStatus(id, ...status);
      const isClosed = changed.hasChanged && changed.desk.status === 'closed';
      if (isClosed) await tell(options, id, { type: 'conversation.closed' });
      return changed;
    },
  };
}

function ownerEventOf(
  { owner: { kind, number: ownerNumber, person, isAway } }: DeskRecord,
  by: string,
): ConversationEvent {
  if (kind === 'queue') return { type: 'conversation.queued', ownerNumber, isAway };
  if (kind === 'ai') return { type: 'conversation.released', ownerNumber, by };
  return { type: 'conversation.taken-over', ownerNumber, by: person?.name ?? '' };
}

async function tell(
  { store, webhooks, logger }: TellDeskOptions,
  conversationId: ConversationId,
  event: ConversationEvent,
): Promise<void> {
  try {
    const record = await store.readConversation(conversationId);
    if (record !== undefined) await webhooks.emit({ ...event, siteId: record.siteId, conversationId });
  } catch (error) {
    const facts = { conversationId, type: event.type, ...describeCause(error) };
    logger.error(facts, 'an event of the desk could not be told to webhooks, and is lost');
  }
}
