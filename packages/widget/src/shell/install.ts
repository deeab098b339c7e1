/** What the script tag does, independent of its URL: one widget and one global, however often it runs. */
import type { AppModule } from './app-contract.ts';
import { installCommands } from './command-queue.ts';
import { defineChat } from './define-chat.ts';
import { RivuletChat } from './rivulet-chat.ts';
import { ATTRIBUTES } from './settings.ts';

/** Set on the global object by the first loader; later loaders, of any version, do nothing. */
const MARK = Symbol.for('rivulet.installed');
const marked = globalThis as typeof globalThis & { [MARK]?: boolean }; // a symbol of ours on the global object

/** What `install` needs. */
export interface Installation {
  /** The script tag; null when a bundler included the loader elsewhere. */
  script: HTMLScriptElement | null;
  /** Imports the application. */
  loadApp: () => Promise<AppModule>;
}

let observer: MutationObserver | undefined;

/** Defines the element, adds one at the end of the body unless the page has its own, and keeps it there. */
export function install({ script, loadApp }: Installation): void {
  if (marked[MARK] === true) return;
  marked[MARK] = true;
  if (script?.src) RivuletChat.defaultGateway ??= new URL(script.src).origin;
  defineChat(loadApp);
  // The page's own element may follow the script tag.
  if (document.readyState === 'loading')
    document.addEventListener('DOMContentLoaded', () => {
      place(script);
    });
  else place(script);
}

/** Resets the state, for tests. */
export function uninstall(): void {
  observer?.disconnect();
  marked[MARK] = false;
}

function place(script: HTMLScriptElement | null): void {
  const own = document.querySelector('rivulet-chat');
  const chat = own ?? createChat(script);
  installCommands(chat);
  if (own === null) keepInBody(chat);
}

function createChat(script: HTMLScriptElement | null): RivuletChat {
  const chat = document.createElement('rivulet-chat');
  for (const name of ATTRIBUTES) {
    const value = script?.dataset[name];
    if (value !== undefined) chat.setAttribute(name, value);
  }
  return chat;
}

/**
 * Frameworks that replace the whole body (Turbo) remove the element with the old one; it moves to the new one, with its
 * conversation. An element that is removed by itself stays removed.
 */
function keepInBody(chat: RivuletChat): void {
  let body: HTMLElement | undefined;
  const attach = (): void => {
    // While a body is being replaced there may be none.
    if (document.body === body || !(document.body instanceof HTMLBodyElement)) return;
    const wasRemoved = body !== undefined && chat.parentNode !== body;
    body = document.body;
    if (!wasRemoved && document.querySelector('rivulet-chat') === null) body.append(chat);
  };
  attach();
  observer = new MutationObserver(attach);
  observer.observe(document.documentElement, { childList: true });
}
