/**
 * Matches the approvals and outputs that clients send for tool calls with the runs that wait for them. A client may be connected
 * to any gateway, so its answer arrives as a broadcast message.
 */
import type { ConversationId } from '@rivulet/protocol';
import type {
  BroadcastMessage,
  ToolApprovalBroadcast,
  ToolOutputBroadcast,
} from '../../event-logs/event-log.ts';

type ToolAnswerBroadcast = ToolApprovalBroadcast | ToolOutputBroadcast;

/** One tool call that waits for a client's answer. */
export interface PendingAnswer<Answer> {
  /** Never rejects. Stays pending when no client answers: the caller applies a timeout of its own. */
  answer: Promise<Answer>;
  /** Stops waiting; later answers are ignored. May be called more than once. */
  close(): void;
}

/** The tool calls of this gateway's runs that wait for a client. */
export interface PendingToolCalls {
  /** Registers a call. Call it before the event that asks the client is logged, so that no answer comes too early. */
  waitFor<Kind extends ToolAnswerBroadcast['kind']>(
    kind: Kind,
    conversationId: ConversationId,
    callId: string,
  ): PendingAnswer<Extract<ToolAnswerBroadcast, { kind: Kind }>>;
  /** Resolves the call that the message answers. The first answer counts; one for which no run waits is ignored. */
  handle(broadcastMessage: BroadcastMessage): void;
}

/** Creates the registry of one gateway. It must be given every broadcast message. */
export function createPendingToolCalls(): PendingToolCalls {
  /** Bounded by the open calls of the running runs: each run closes its calls when it ends. */
  const resolvers = new Map<string, (answer: ToolAnswerBroadcast) => void>();
  return {
    waitFor(kind, conversationId, callId) {
      const key = keyOf(kind, conversationId, callId);
      const { promise, resolve } = Promise.withResolvers<ToolAnswerBroadcast>();
      resolvers.set(key, resolve);
      return {
        // The key contains the kind, so only a message of that kind resolves the promise.
        answer: promise as Promise<Extract<ToolAnswerBroadcast, { kind: typeof kind }>>,
        close: () => resolvers.delete(key),
      };
    },
    handle(broadcastMessage) {
      if (broadcastMessage.kind !== 'tool-approval' && broadcastMessage.kind !== 'tool-output') return;
      const key = keyOf(broadcastMessage.kind, broadcastMessage.conversationId, broadcastMessage.callId);
      resolvers.get(key)?.(broadcastMessage);
      resolvers.delete(key);
    },
  };
}

/** JSON keeps the fields apart whatever characters they contain. */
const keyOf = (...fields: [ToolAnswerBroadcast['kind'], ConversationId, string]): string =>
  JSON.stringify(fields);
