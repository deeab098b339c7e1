/** The application that the element loads lazily: interface, client and Markdown together. */
import type { App, AppHost } from '../shell/app-contract.ts';
import { browserClock } from './app/browser-clock.ts';
import { mountAppWith } from './app/mount-app.ts';
import { createChat } from './app/create-chat.ts';

/** @see AppModule */
export const mountApp = (host: AppHost): App | Promise<App> =>
  mountAppWith(host, { createChat, clock: browserClock });
