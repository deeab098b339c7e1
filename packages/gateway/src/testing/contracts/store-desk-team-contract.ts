/** The part of the store's contract about the people at the desk: who is there, and their notes. */
import { expect, it } from 'vitest';
import { mintConversationId } from '@rivulet/protocol';
import { randomBytes } from '../../base/index.ts';
import type { Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted } from '../samples.ts';

const ADA = {
  id: 'p1',
  name: 'Ada \ud83d',
  userName: 'ada@shop.example',
  sites: ['shop'],
  seenMs: 5,
  activeMs: 5,
};

/** Adds the tests of the people at the desk. Called by `describeStore`. @param store that of the current test */
export function describeDeskTeam(store: () => Store): void {
  it('a person is kept with what they chose; being there changes neither that nor when they were given something', async () => {
    const { team } = store();
    await team.choose('p1', 'away');
    expect(await team.members()).toEqual([]);
    await team.touch(ADA);
    await team.choose('p1', 'away');
    await team.assigned('p1', 9);
    await team.touch({ ...ADA, name: 'Ada L.', seenMs: 8, activeMs: 4 });
    await team.touch({ ...ADA, id: 'p0', sites: null, pictureUrl: '/p0.png' });
    expect(await team.members()).toEqual([
      { ...ADA, id: 'p0', sites: null, pictureUrl: '/p0.png', choice: 'auto', assignedMs: 0 },
      { ...ADA, name: 'Ada L.', seenMs: 8, choice: 'away', assignedMs: 9 },
    ]);
  });

  it('notes are kept in order, in no message, and erased with their conversation', async () => {
    const { conversationId, owner } = await accepted(store());
    const note = { id: 'n2', conversationId, atMs: SAMPLE_MS, userName: 'ada', text: 'Angry. \u0000 \ud83d' };
    expect(await store().team.addNote(note)).toBe(true);
    expect(await store().team.addNote({ ...note, id: 'n1', atMs: SAMPLE_MS + 1 })).toBe(true);
    expect((await store().team.notes(conversationId)).map(({ id }) => id)).toEqual(['n2', 'n1']);
    expect((await store().team.notes(conversationId))[0]).toEqual(note);
    expect(JSON.stringify(await store().readMessages(conversationId))).not.toContain('Angry');
    await store().eraseOwner(owner);
    expect(await store().team.notes(conversationId)).toEqual([]);
  });

  it('a note for a conversation that does not exist is not kept', async () => {
    const conversationId = mintConversationId(randomBytes);
    const note = { id: 'n1', conversationId, atMs: 1, userName: 'ada', text: 'Gone.' };
    expect(await store().team.addNote(note)).toBe(false);
  });
}
