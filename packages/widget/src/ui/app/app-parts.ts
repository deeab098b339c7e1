/** Dependencies of the application. Tests pass their own. */
import type { Chat } from '../../client/chat.ts';
import type { Clock } from '@rivulet/protocol';
import type { ChatOptions } from './create-chat.ts';

/** Dependencies of the application. */
export interface AppParts {
  /** Creates the chat client for a gateway and a site. */
  createChat: (options: ChatOptions) => Chat;
  /** Source of time and timers. */
  clock: Clock;
}
