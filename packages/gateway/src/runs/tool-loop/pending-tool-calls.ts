/** Where runs wait for what people and pages say about their calls; the words come as notes, from any gateway. */
import type { ConversationId } from '@rivulet/protocol';
import type {
  BroadcastMessage,
  ToolApprovalBroadcast,
  ToolOutputBroadcast,
} from '../../event-logs/event-log.ts';

type Awaited = ToolApprovalBroadcast | ToolOutputBroadcast;

export interface Waiting<Word> {
  /** Never rejects. Stays open when nobody says anything: whoever waits has a limit of its own. */
  word: Promise<Word>;
  /** May be called twice. */
  end(): void;
}

export interface PendingToolCalls {
  /** To be called before the question is asked, so that no answer is too early. */
  await<Kind extends Awaited['kind']>(
    kind: Kind,
    conversationId: ConversationId,
    callId: string,
  ): Waiting<Extract<Awaited, { kind: Kind }>>;
  /** The first word counts; one that nobody waits for is passed over. */
  handle(broadcastMessage: BroadcastMessage): void;
}

export function createPendingToolCalls(): PendingToolCalls {
  /** As many as runs have open calls; each ends with its run. */
  const waiting = new Map<string, (broadcastMessage: Awaited) => void>();
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
    handle(broadcastMessage) {
      if (broadcastMessage.kind !== 'tool-approval' && broadcastMessage.kind !== 'tool-output') return;
      const key = keyOf(broadcastMessage.kind, broadcastMessage.conversationId, broadcastMessage.callId);
      waiting.get(key)?.(broadcastMessage);
      waiting.delete(key);
    },
  };
}

const keyOf = (...words: [Awaited['kind'], ConversationId, string]): string => JSON.stringify(words);
