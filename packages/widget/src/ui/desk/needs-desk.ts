/** Pure: when the panel needs the file about the people behind the chat. Part of the application. */
import type { Message } from '@rivulet/protocol';
import type { ChatSnapshot } from '../../client/chat.ts';
import { isAnsweredByAi } from '../../client/conversation/is-answered-by-ai.ts';

/** Whether the visitor can ask for a person: the site has people, and the model answers. */
export const canAskForPerson = ({ capabilities, conversation }: ChatSnapshot): boolean =>
  capabilities?.includes('request-person') === true && isAnsweredByAi(conversation);

/** Whether the gateway says that the answer has found nothing. @see PROTOCOL.md §7 */
export const saysNothingFound = ({ parts }: Pick<Message, 'parts'>): boolean =>
  parts.some((part) => part.type === 'data' && part.name === 'person-offer');

/** Whether a message is an answer that did not help: it failed, was rated as bad, or the gateway says that nothing was found. */
export const isUnhelpful = ({ run, feedback, parts }: Message): boolean =>
  run?.reason === 'error' || feedback?.value === 'down' || saysNothingFound({ parts });

/** Whether somebody else than the model has been asked for, or could be after the newest answer. */
export const needsDesk = (snapshot: ChatSnapshot): boolean => {
  const { owner, messages } = snapshot.conversation;
  const newest = messages.at(-1);
  return owner !== undefined || (newest !== undefined && isUnhelpful(newest) && canAskForPerson(snapshot));
};
