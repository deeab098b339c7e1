/** What the application is built on; tests give their own. */
import type { Chat } from '../../client/chat.ts';
import type { Clock } from '../../client/environment/clock.ts';
import type { ChatOptions } from './create-chat.ts';

export interface AppParts {
  createChat: (options: ChatOptions) => Chat;
  clock: Clock;
}
