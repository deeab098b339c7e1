/** The part of an event log's contract by which one gateway is heard by all. */
import { mintConversationId, mintRunId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import type { AbortNote, EventLog, Note } from '../event-logs/event-log.ts';
import { randomBytes } from '../random.ts';

const abort = (): AbortNote => ({
  kind: 'abort',
  conversationId: mintConversationId(randomBytes),
  runId: mintRunId(randomBytes),
});

/** Called by `describeEventLog`. */
export function describeNotes(log: () => EventLog): void {
  it('a note is heard by everyone who listens, its sender included, in the order of the calls', async () => {
    const notes = [abort(), abort()];
    const heard = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const got: Note[][] = [[], []];
    for (const [index, list] of got.entries()) {
      await log().listen((note) => {
        if (note.kind === 'abort' && notes.some(({ runId }) => runId === note.runId)) list.push(note);
        if (list.length === notes.length) heard[index]?.resolve(undefined);
      });
    }
    for (const note of notes) await log().broadcast(note);
    await Promise.all(heard.map(({ promise }) => promise));
    expect(got).toEqual([notes, notes]);
  });

  it('every kind of note is heard as it was told', async () => {
    const ownerId = `v_${Buffer.from(randomBytes(12)).toString('base64url')}`;
    const typing = {
      kind: 'typing' as const,
      conversationId: mintConversationId(randomBytes),
      isTyping: true,
    };
    const told: Note[] = [
      { kind: 'moved', siteId: 'site', ownerId },
      { ...typing, participantId: ownerId, sessionId: 'one' },
    ];
    const heard: Note[] = [];
    const all = Promise.withResolvers<undefined>();
    await log().listen((note) => {
      if (JSON.stringify(note).includes(ownerId)) heard.push(note);
      if (heard.length === told.length) all.resolve(undefined);
    });
    for (const note of told) await log().broadcast(note);
    await all.promise;
    expect(heard).toEqual(told);
  });

  it('who ended listening hears no more', async () => {
    const [early, late] = [abort(), abort()];
    const seen: Note[] = [];
    const end = await log().listen((note) => seen.push(note));
    end();
    end();
    const other = Promise.withResolvers<undefined>();
    await log().listen((note) => {
      if (note.kind === 'abort' && note.runId === late.runId) other.resolve(undefined);
    });
    await log().broadcast(early);
    await log().broadcast(late);
    await other.promise;
    expect(seen).toEqual([]);
  });
}
