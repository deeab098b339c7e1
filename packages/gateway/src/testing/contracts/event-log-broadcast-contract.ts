/** The part of an event log's contract by which one gateway is heard by all. */
import { mintConversationId, mintRunId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import type { AbortNote, EventLog, Note } from '../../event-logs/event-log.ts';
import { randomBytes } from '../../base/random.ts';

const abort = (): AbortNote => ({
  kind: 'abort',
  conversationId: mintConversationId(randomBytes),
  runId: mintRunId(randomBytes),
});

/** Called by `describeEventLog`. */
export function describeNotes(fixture: () => { eventLog: EventLog; cutNotes?: () => Promise<void> }): void {
  const log = () => fixture().eventLog;

  it('a note that is sent while the line of who listens is cut is heard all the same, and once', async () => {
    const [note, next] = [abort(), abort()];
    const heard: Note[] = [];
    const [one, both] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    await log().listen((each) => {
      if (each.kind !== 'abort' || ![note, next].some(({ runId }) => runId === each.runId)) return;
      heard.push(each);
      (heard.length === 1 ? one : both).resolve(undefined);
    });
    await fixture().cutNotes?.();
    await log().broadcast(note);
    await one.promise;
    await log().broadcast(next);
    await both.promise;
    expect(heard).toEqual([note, next]);
  });

  it('who begins to listen does not hear what was told before', async () => {
    const [early, late] = [abort(), abort()];
    await log().broadcast(early);
    const heard: Note[] = [];
    const done = Promise.withResolvers<undefined>();
    await log().listen((each) => {
      if (each.kind !== 'abort') return;
      if (each.runId === early.runId || each.runId === late.runId) heard.push(each);
      if (each.runId === late.runId) done.resolve(undefined);
    });
    await log().broadcast(late);
    await done.promise;
    expect(heard).toEqual([late]);
  });

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

  it('a word about a call is heard as it was said, its values included', async () => {
    const call = { conversationId: mintConversationId(randomBytes), callId: 'call-1' };
    const input = { text: 'ä\n"👋"', list: [null, 1.5, { deep: [] }] };
    const notes: Note[] = [
      { kind: 'tool-approval', ...call, decision: 'approve', input },
      { kind: 'tool-approval', ...call, decision: 'refuse' },
      { kind: 'tool-output', ...call, output: null },
      { kind: 'tool-output', ...call, error: 'no luck' },
    ];
    const all = Promise.withResolvers<undefined>();
    const got: Note[] = [];
    await log().listen((note) => {
      if ('conversationId' in note && note.conversationId === call.conversationId) got.push(note);
      if (got.length === notes.length) all.resolve(undefined);
    });
    for (const note of notes) await log().broadcast(note);
    await all.promise;
    expect(got).toEqual(notes);
  });

  it('notes are heard also when the last reader of a conversation has left', async () => {
    const note = abort();
    const heard = Promise.withResolvers<undefined>();
    await log().listen((one) => {
      if (one.kind === 'abort' && one.runId === note.runId) heard.resolve(undefined);
    });
    const end = new AbortController();
    const { head: after } = await log().read(note.conversationId);
    const reading = log().subscribe(note.conversationId, { after, signal: end.signal });
    const read = (async () => {
      for await (const _ of reading) end.abort();
    })();
    await log().append(note.conversationId, [{ type: 'conversation-updated', title: 'read' }]);
    await read;
    await log().check(); // whatever leaving took is over
    await log().broadcast(note);
    await heard.promise;
  });
}
