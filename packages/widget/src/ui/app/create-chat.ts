/** Where the user interface gets its chat from: the only place of it that names the client. */
import type { Chat } from '../../client/chat.ts';
import { createChatClient } from '../../client/chat-client.ts';

export interface ChatOptions {
  gateway: string;
  site: string;
}

export const createChat = (options: ChatOptions): Chat => createChatClient(options);
