/** Registers the element once, however often it is asked for. */
import type { AppModule } from './app-contract.ts';
import { RivuletChat } from './rivulet-chat.ts';

const TAG = 'rivulet-chat';

/** Whoever comes first wins: a second copy on the page (two script tags, hot reload) changes nothing. */
export function defineChat(loadApp: () => Promise<AppModule>): void {
  if (customElements.get(TAG) !== undefined) return;
  RivuletChat.loadApp = loadApp;
  customElements.define(TAG, RivuletChat);
}
