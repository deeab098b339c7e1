/** What the script tag does, independent of its URL: one widget and one global, however often it runs. */
import type { AppModule } from './app-contract.ts';
import { installCommands } from './command-queue.ts';
import { defineChat } from './define-chat.ts';
import { keepInPage } from './keep-in-page.ts';
import { RivuletChat } from './rivulet-chat.ts';
import { ATTRIBUTES } from './settings.ts';

/** Set on the global object by the first loader; later loaders, of any version, only bring back a removed widget. */
const MARK = Symbol.for('rivulet.installed');
const marked = globalThis as typeof globalThis & { [MARK]?: (() => void) | undefined }; // a symbol of ours on the global object

/** What `install` needs. */
export interface Installation {
  /** The script tag; null when it is not known, because the script is a module or a bundler included it elsewhere. */
  script: HTMLScriptElement | null;
  /** Imports the application. @param gateway the gateway's URL, for a script that does not know its own */
  loadApp: (gateway: string) => Promise<AppModule>;
}

let end: (() => void) | undefined;

/** Defines the element, adds one at the end of the body unless the page has its own, and keeps it there. */
export function install({ script, loadApp }: Installation): void {
  if (marked[MARK]) {
    marked[MARK]();
    return;
  }
  marked[MARK] = () => undefined;
  if (script?.src) RivuletChat.defaultGateway ??= new URL(script.src).origin;
  defineChat(loadApp);
  // The page's own element may follow the script tag.
  if (document.readyState === 'loading')
    document.addEventListener(
      'DOMContentLoaded',
      () => {
        place(script);
      },
      { once: true },
    );
  else place(script);
}

/** Resets the state, for tests. */
export function uninstall(): void {
  end?.();
  marked[MARK] = undefined;
}

function place(script: HTMLScriptElement | null): void {
  const own = document.querySelector('rivulet-chat');
  const kept = keepInPage(own ?? createChat(script), own === null ? 'ours' : 'of the page');
  end = kept.end;
  marked[MARK] = kept.restore;
  installCommands((command) => {
    if (command === 'open' || command === 'toggle') kept.restore();
    return kept.find();
  });
}

function createChat(script: HTMLScriptElement | null): RivuletChat {
  const chat = document.createElement('rivulet-chat');
  for (const name of ATTRIBUTES) {
    const value = script?.dataset[name];
    if (value !== undefined) chat.setAttribute(name, value);
  }
  return chat;
}
