/** Decides whether the model answers a conversation. */
import type { Conversation } from '@rivulet/protocol';

/** Whether the model answers: nobody has taken the conversation over, and it waits for nobody. */
export const isAnsweredByAi = ({ owner }: Pick<Conversation, 'owner'>): boolean =>
  owner === undefined || owner.kind === 'ai';
