/** Registers the element once. */
import type { AppModule } from './app-contract.ts';
import { RivuletChat } from './rivulet-chat.ts';

const TAG = 'rivulet-chat';

/**
 * Registers `<rivulet-chat>`. The first call wins: a second copy on the page (two script tags, hot reload) changes nothing.
 * On a server it does nothing.
 * @param loadApp imports the application; it gets the gateway's URL
 */
export function defineChat(loadApp: (gateway: string) => Promise<AppModule>): void {
  const registry = globalThis.customElements as CustomElementRegistry | undefined; // a server has none
  if (registry === undefined || registry.get(TAG) !== undefined) return;
  RivuletChat.loadApp = loadApp;
  registry.define(TAG, RivuletChat);
}
