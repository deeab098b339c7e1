/** Entry of the lazily loaded application chunk: user interface, chat client and Markdown renderer. */
import type { App, AppHost } from '../shell/app-contract.ts';
import { browserClock } from '../client/environment/browser-clock.ts';
import { mountAppWith } from './app/mount-app.ts';
import { createChat } from './app/create-chat.ts';

/** Mounts the application into the host element. @see AppModule */
export const mountApp = (host: AppHost): App | Promise<App> =>
  mountAppWith(host, { createChat, clock: browserClock });
