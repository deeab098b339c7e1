/** Creates the chat client. The only file of the user interface that imports the client implementation. */
import type { Chat } from '../../client/chat.ts';
import { createChatClient } from '../../client/chat-client.ts';

/** Which gateway and site the chat connects to. */
export interface ChatOptions {
  /** URL of the gateway. */
  gateway: string;
  /** Id of the site at that gateway. */
  site: string;
}

/** Creates a chat client that is not connected yet. */
export const createChat = (options: ChatOptions): Chat => createChatClient(options);
