/** The people at the desk of the memory store. */
import type { ConversationId } from '@rivulet/protocol';
import type { DeskMember, DeskNote, DeskTeamStore } from './desk-team-store.ts';

/** Creates it. @param entries the conversations @param settle does the work as the store does: not when it is closed */
export function createMemoryDeskTeam(
  entries: ReadonlyMap<ConversationId, unknown>,
  settle: <Result>(work: () => Result) => Promise<Result>,
): DeskTeamStore {
  const members = new Map<string, DeskMember>();
  /** By conversation. Those of an erased one are dropped when they are next asked for. */
  const notes = new Map<ConversationId, DeskNote[]>();
  const change = (id: string, changes: Partial<DeskMember>) =>
    settle(() => {
      const member = members.get(id);
      if (member !== undefined) members.set(id, { ...member, ...changes });
    });
  return {
    touch: (seen) =>
      settle(() => {
        const { choice = 'auto', assignedMs = 0, activeMs = 0 } = members.get(seen.id) ?? {};
        members.set(seen.id, {
          ...structuredClone(seen),
          ...{ choice, assignedMs, activeMs: Math.max(activeMs, seen.activeMs) },
        });
      }),
    choose: (id, choice) => change(id, { choice }),
    assigned: (id, assignedMs) => change(id, { assignedMs }),
    members: () =>
      settle(() =>
        structuredClone(
          [...members.values()].sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, 1_000),
        ),
      ),
    addNote: (note) =>
      settle(() => {
        if (!entries.has(note.conversationId)) return false;
        notes.set(note.conversationId, [...(notes.get(note.conversationId) ?? []), { ...note }]);
        return true;
      }),
    notes: (id) =>
      settle(() => {
        if (!entries.has(id)) notes.delete(id);
        return structuredClone(notes.get(id) ?? []).slice(0, 1_000);
      }),
  };
}
