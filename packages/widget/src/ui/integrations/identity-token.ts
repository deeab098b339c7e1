/**
 * Identifies the visitor with a token of the site, or with a function that fetches one. The chat calls the function
 * again when it needs a new token.
 */
import { ChatError } from '@rivulet/protocol';
import type { Chat } from '../../client/chat.ts';
import type { IdentityOptions } from '../../shell/options.ts';

/**
 * Identifies the visitor with the token source.
 * @param failed called when the function itself fails; the chat reports refused tokens
 */
export async function identifyWith(
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
