/** What passes between the small element and the application that it loads lazily. */
import type { MessageId } from '@rivulet/protocol';
import type { RivuletEventDetails, RivuletEventName } from './events.ts';
import type { ChatOptions, Hook, Mode } from './options.ts';

/** What the attributes and properties say, read once and passed on whole at every change. */
export interface AppSettings {
  /** An origin, or a URL that the gateway is mounted under; no slash at the end. */
  gateway: string;
  site: string;
  mode: Mode;
  /** A BCP 47 tag. */
  locale: string;
  /** Everything that `configure()` was given. */
  options: ChatOptions;
  hooks: readonly Hook[];
}

/** What the element offers to the application. */
export interface AppHost {
  readonly element: HTMLElement & { readonly isOpen: boolean; open(): void };
  /** The application puts its nodes and style sheets here, and takes them away in `destroy()`. */
  readonly root: ShadowRoot;
  readonly settings: AppSettings;
  emit<Name extends RivuletEventName>(name: Name, detail: RivuletEventDetails[Name]): void;
  /** The visitor asked to close the panel. */
  requestClose(): void;
  /** Answers that arrived while the panel was closed. */
  setUnread(count: number): void;
  /** The launcher's words in the visitor's language. */
  setLabels(labels: { open: string; close: string }): void;
}

/** What the application offers to the element. */
export interface App {
  /** The panel appears or goes; in the modes without a launcher it is always there. */
  setOpen(isOpen: boolean): void;
  configure(settings: AppSettings): void;
  sendMessage(text: string): Promise<{ messageId: MessageId }>;
  stop(): Promise<void>;
  newConversation(): void;
  identify(token: string): Promise<void>;
  logout(): Promise<void>;
  /** Closes the line and removes every node, sheet and listener; may be called twice. */
  destroy(): void;
}

export interface AppModule {
  mountApp(host: AppHost): App | Promise<App>;
}
