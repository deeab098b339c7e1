/** The people at the desk of the SQL stores: executes the statements, validates the rows and converts them. */
import { ConversationIdSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { settleAsync } from '../base/index.ts';
import type { ConsoleDatabase } from './console-rows.ts';
import {
  AVAILABILITY_CHOICES,
  type DeskMember,
  type DeskNote,
  type DeskTeamStore,
} from './desk-team-store.ts';

/** Creates it for an open database. */
export function createSqlDeskTeam({ read, write }: ConsoleDatabase): DeskTeamStore {
  return {
    touch: ({ id, seenMs, activeMs, ...person }) =>
      settleAsync(async () => {
        await write('touchDeskMember', [id, JSON.stringify(person), seenMs, activeMs]);
      }),
    choose: (id, choice) =>
      settleAsync(async () => {
        await write('chooseDeskMember', [choice, id]);
      }),
    assigned: (id, atMs) =>
      settleAsync(async () => {
        await write('assignedDeskMember', [atMs, id]);
      }),
    members: () => settleAsync(async () => (await read('listDeskMembers', [])).map(toMember)),
    addNote: ({ conversationId, id, atMs, userName, text }) =>
      settleAsync(
        async () =>
          (await write('addDeskNote', [conversationId, id, atMs, userName, JSON.stringify(text)])) > 0,
      ),
    notes: (id) => settleAsync(async () => (await read('listDeskNotes', [id])).map(toNote)),
  };
}

const MemberRowSchema = v.object({
  id: v.string(),
  person_json: v.pipe(
    v.string(),
    v.parseJson(),
    v.object({
      name: v.string(),
      userName: v.string(),
      sites: v.nullable(v.array(v.string())),
      pictureUrl: v.optional(v.string()),
    }),
  ),
  choice: v.picklist(AVAILABILITY_CHOICES),
  seen_ms: v.number(),
  active_ms: v.number(),
  assigned_ms: v.number(),
});

function toMember(row: unknown): DeskMember {
  const parsed = v.parse(MemberRowSchema, row);
  const { id, choice, seen_ms: seenMs, active_ms: activeMs, assigned_ms: assignedMs } = parsed;
  return { id, ...parsed.person_json, choice, seenMs, activeMs, assignedMs };
}

const NoteRowSchema = v.object({
  conversation_id: ConversationIdSchema,
  id: v.string(),
  at_ms: v.number(),
  user_name: v.string(),
  text_json: v.pipe(v.string(), v.parseJson(), v.string()),
});

function toNote(row: unknown): DeskNote {
  const {
    conversation_id: conversationId,
    at_ms: atMs,
    user_name: userName,
    text_json: text,
    id,
  } = v.parse(NoteRowSchema, row);
  return { id, conversationId, atMs, userName, text };
}
