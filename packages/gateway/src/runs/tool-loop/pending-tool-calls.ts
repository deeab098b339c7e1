/** Where runs wait for what people and pages say about their calls; the words come as notes, from any gateway. */
import type { ConversationId } from '@rivulet/protocol';
import type { Note, ToolApprovalNote, ToolOutputNote } from '../../event-logs/event-log.ts';

type Awaited = ToolApprovalNote | ToolOutputNote;

export interface Waiting<Word> {
  /** Never rejects. Stays open when nobody says anything: whoever waits has a limit of its own. */
  word: Promise<Word>;
  /** May be called twice. */
  end(): void;
}

export interface ToolDesk {
  /** To be called before the question is asked, so that no answer is too early. */
  await<Kind extends Awaited['kind']>(
    kind: Kind,
    conversationId: ConversationId,
    callId: string,
  ): Waiting<Extract<Awaited, { kind: Kind }>>;
  /** The first word counts; one that nobody waits for is passed over. */
  hear(note: Note): void;
}

export function createToolDesk(): ToolDesk {
  /** As many as runs have open calls; each ends with its run. */
  const waiting = new Map<string, (note: Awaited) => void>();
  return {
    await(kind, conversationId, callId) {
      const key = keyOf(kind, conversationId, callId);
      const word = Promise.withResolvers<Awaited>();
      waiting.set(key, word.resolve);
      return {
        // The key holds the kind, so only a note of that kind resolves it.
        word: word.promise as Promise<Extract<Awaited, { kind: typeof kind }>>,
        end: () => waiting.delete(key),
      };
    },
    hear(note) {
      if (note.kind !== 'tool-approval' && note.kind !== 'tool-output') return;
      const key = keyOf(note.kind, note.conversationId, note.callId);
      waiting.get(key)?.(note);
      waiting.delete(key);
    },
  };
}

const keyOf = (...words: [Awaited['kind'], ConversationId, string]): string => JSON.stringify(words);
