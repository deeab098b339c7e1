/** Registers the element once. */
import type { AppModule } from './app-contract.ts';
import { RivuletChat } from './rivulet-chat.ts';

const TAG = 'rivulet-chat';

/**
 * Registers `<rivulet-chat>`. The first call wins: a second copy on the page (two script tags, hot reload) changes nothing.
 * @param loadApp imports the application
 */
export function defineChat(loadApp: () => Promise<AppModule>): void {
  if (customElements.get(TAG) !== undefined) return;
  RivuletChat.loadApp = loadApp;
  customElements.define(TAG, RivuletChat);
}
