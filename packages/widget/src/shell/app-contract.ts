/** The interface between the small element and the application that it loads on demand. */
import type { MessageId } from '@rivulet/protocol';
import type { RivuletEventDetails, RivuletEventName } from './events.ts';
import type { ChatOptions, Hook, Mode } from './options.ts';

/** The attributes and options, read once and passed on as a whole after each change. */
export interface AppSettings {
  /** An absolute URL without a trailing slash; it may have a base path. */
  gateway: string;
  /** The id of the site at the gateway. */
  site: string;
  /** How the chat is placed in the page. */
  mode: Mode;
  /** A BCP 47 tag. */
  locale: string;
  /** The merged arguments of all `configure()` calls. */
  options: ChatOptions;
  /** The registered hooks, in the order of registration. */
  hooks: readonly Hook[];
}

/** What the element provides to the application. */
export interface AppHost {
  /** The element, as the target of events. */
  readonly element: HTMLElement & { readonly isOpen: boolean; open(): void };
  /** The shadow root. The application adds its nodes and style sheets, and removes them in `destroy()`. */
  readonly root: ShadowRoot;
  /** The built-in button. The application adds the badge. */
  readonly launcher: HTMLButtonElement;
  /** The settings when the application is mounted; later ones come through `configure()`. */
  readonly settings: AppSettings;
  /** Dispatches an event of the element. */
  emit<Name extends RivuletEventName>(name: Name, detail: RivuletEventDetails[Name]): void;
  /** The visitor asked to close the panel. */
  requestClose(): void;
  /** Sets the launcher's labels in the visitor's language. */
  setLabels(labels: { open: string; close: string }): void;
}

/** What the application provides to the element. */
export interface App {
  /** Shows or hides the panel; without effect in the modes `inline` and `page`, where it is always visible. */
  setOpen(isOpen: boolean): void;
  /** Applies new settings. */
  configure(settings: AppSettings): void;
  /** As `Chat.sendMessage`, with the text of the page's code. */
  sendMessage(text: string): Promise<{ messageId: MessageId }>;
  /** As `Chat.stop`. */
  stop(): Promise<void>;
  /** As `ChatDesk.requestPerson`. */
  requestPerson(): Promise<void>;
  /** As `Chat.newConversation`. */
  newConversation(): void;
  /** As `Chat.identify`. */
  identify(token: string): Promise<void>;
  /** As `Chat.logout`. */
  logout(): Promise<void>;
  /** Closes the connection and removes every node, style sheet and listener. May be called twice. */
  destroy(): void;
}

/** The module of the application. */
export interface AppModule {
  /** Mounts the application in `host`. Returned synchronously when everything is loaded. */
  mountApp(host: AppHost): App | Promise<App>;
}
