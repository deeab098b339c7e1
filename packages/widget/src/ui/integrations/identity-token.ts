/** Speaks as the person of the site's token, or of a function that fetches one; the chat asks it again. */
import { ChatError } from '@rivulet/protocol';
import type { Chat } from '../../client/chat.ts';
import type { IdentityOptions } from '../../shell/options.ts';

/** @param failed told of the function's own failure: a refusal is told by the chat */
export async function speakAs(
  chat: Chat,
  token: NonNullable<IdentityOptions['token']>,
  failed: (error: Error) => void,
): Promise<void> {
  try {
    await chat.identify(token);
  } catch (error) {
    if (error instanceof ChatError) return;
    failed(error instanceof Error ? error : new Error('No token was given.', { cause: error }));
  }
}
