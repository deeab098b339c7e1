/** What people do with one conversation of the desk. */
import { ChatError, MessageIdSchema, UserPartSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { mayInConsole } from '../access/console-roles.ts';
import { takenError } from '../conversations/desk-record.ts';
import { NO_DESK } from '../stores/desk-store.ts';
import type { ConsoleRequest } from './console-guard.ts';
import { entryOf } from './desk-inbox.ts';
import { askedConversation, bodyOf, type AskedConversation, type DeskRoutesOptions } from './desk-scope.ts';

const time = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const ReplySchema = v.strictObject({
  messageId: MessageIdSchema,
  parts: v.pipe(v.array(UserPartSchema), v.minLength(1), v.maxLength(32)),
});
const AssignSchema = v.strictObject({ personId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)) });
const StatusSchema = v.strictObject({
  status: v.picklist(['open', 'snoozed', 'closed']),
  untilMs: v.optional(time),
});
const NoteSchema = v.strictObject({ text: v.pipe(v.string(), v.minLength(1), v.maxLength(4_000)) });
const TypingSchema = v.strictObject({ isTyping: v.boolean() });
const ApprovalSchema = v.strictObject({
  callId: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  decision: v.picklist(['approve', 'refuse']),
});

type Handle = (conversation: AskedConversation, asked: ConsoleRequest) => Promise<object | undefined>;

/** Does it, and answers with the conversation as the inbox shows it then, and with what the handler returns. */
const answering =
  (options: DeskRoutesOptions, handle: Handle) =>
  async (asked: ConsoleRequest): Promise<void> => {
    const conversation = await askedConversation(options, asked);
    const more = await handle(conversation, asked);
    const { record, site, person } = conversation;
    const now = await options.store.readConversation(record.id);
    if (now === undefined) throw new ChatError('not-found');
    asked.response.json({ conversation: entryOf(now, site, person.id), ...more });
  };

/** Creates the handlers about who has a conversation. */
export function createOwnerHandlers(options: DeskRoutesOptions) {
  const { desk } = options;
  const on = (handle: (conversation: AskedConversation, asked: ConsoleRequest) => Promise<unknown>) =>
    answering(options, async (conversation, asked) => {
      await handle(conversation, asked);
      return undefined;
    });
  return {
    take: on(({ record: { id }, person }) => desk.takeOver(id, person)),
    release: on(({ record: { id }, person }) => desk.release(id, person)),
    assign: on(async ({ record: { id, desk: before = NO_DESK }, site, person }, asked) => {
      const { personId } = bodyOf(AssignSchema, asked);
      const to = (await options.team.list(site.id)).find((each) => each.id === personId);
      if (to === undefined) throw new ChatError('not-found', { message: 'There is no such person.' });
      const { name, pictureUrl } = to;
      const given = { id: to.id, name, ...(pictureUrl === undefined ? {} : { pictureUrl }) };
      const { person: other } = before.owner;
      // Whoever supervises may take a conversation from somebody else.
      const may = mayInConsole(asked.user.role, 'console-desk-supervise');
      if (other !== undefined && other.id !== person.id && !may) throw takenError(other);
      await desk.assign(id, other, given);
    }),
    setStatus: on(({ record: { id } }, asked) => {
      const { status, untilMs } = bodyOf(StatusSchema, asked);
      return desk.setStatus(id, status, untilMs);
    }),
    setTyping: on(({ record: { id }, person }, asked) => {
      const { isTyping } = bodyOf(TypingSchema, asked);
      const place = { conversationId: id, participantId: person.id, sessionId: '' };
      return options.eventLog.broadcast({ kind: 'typing', isTyping, ...place });
    }),
    /** Decides about a tool call that waits for approval, in the visitor's place. */
    decideCall: on(({ record: { id } }, asked) => desk.decideCall(id, bodyOf(ApprovalSchema, asked))),
  };
}

/** Creates the handlers about what is written in a conversation. */
export function createWritingHandlers(options: DeskRoutesOptions) {
  const { desk, store, clock } = options;
  return {
    /** With its messages, the notes, and the address that the visitor has left. */
    read: answering(options, async ({ record: { id }, person }) => {
      const [messages, notes] = await Promise.all([store.readMessages(id), store.team.notes(id)]);
      await desk.markSeen(id, person.id);
      return { messages, notes };
    }),
    reply: answering(options, async ({ record: { id }, person }, asked) => ({
      message: await desk.reply(id, person, bodyOf(ReplySchema, asked)),
    })),
    addNote: answering(options, async ({ record: { id: conversationId } }, asked) => {
      const { text } = bodyOf(NoteSchema, asked);
      const id = Buffer.from(options.random(9)).toString('base64url');
      const note = { id, conversationId, atMs: clock.now(), userName: asked.user.name, text };
      if (!(await store.team.addNote(note))) throw new ChatError('not-found');
      return { note };
    }),
  };
}
