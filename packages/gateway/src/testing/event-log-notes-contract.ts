/** The part of an event log's contract by which one gateway is heard by all. */
import { mintConversationId, mintRunId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import type { EventLog, Note } from '../event-logs/event-log.ts';
import { randomBytes } from '../random.ts';

const abort = (): Note => ({
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
        if (notes.some((own) => 'runId' in note && own.runId === note.runId)) list.push(note);
        if (list.length === notes.length) heard[index]?.resolve(undefined);
      });
    }
    for (const note of notes) await log().broadcast(note);
    await Promise.all(heard.map(({ promise }) => promise));
    expect(got).toEqual([notes, notes]);
  });

  it('who ended listening hears no more', async () => {
    const [early, late] = [abort(), abort()];
    const seen: Note[] = [];
    const end = await log().listen((note) => seen.push(note));
    end();
    end();
    const other = Promise.withResolvers<undefined>();
    await log().listen((note) => {
      if (note.runId === late.runId) other.resolve(undefined);
    });
    await log().broadcast(early);
    await log().broadcast(late);
    await other.promise;
    expect(seen).toEqual([]);
  });
}
