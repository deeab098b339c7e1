/** `<rivulet-chat>`: the small element that every page gets; it loads the application when the visitor may want it. */
import type { MessageId } from '@rivulet/protocol';
import type { App, AppHost, AppModule, AppSettings, Mode, StringOverrides, Theme } from './app-contract.ts';
import { emit } from './events.ts';
import { launcherLabels } from './labels.ts';
import { createLauncher } from './launcher.ts';
import {
  ATTRIBUTES,
  DEFAULT_SITE,
  parseGateway,
  parseLocale,
  parseMode,
  parseTheme,
  type AttributeName,
} from './settings.ts';
import { shellStyleSheet } from './shell-styles.ts';
import { whenIdle } from './when-idle.ts';

/**
 * A chat with an assistant. Nothing is stored and no line is opened before the visitor acts; opening the panel counts.
 *
 * @fires rivulet-ready - the element can be used
 * @fires rivulet-open - the panel opened
 * @fires rivulet-close - the panel closed
 * @fires rivulet-message - a message was accepted or arrived whole
 * @fires rivulet-run-start - an answer begins
 * @fires rivulet-run-end - an answer is over, however it ended
 * @fires rivulet-error - something failed that the visitor or the site should know
 * @fires rivulet-status - the state of the line
 */
export class RivuletChat extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  /** Fetches the application; set by `define` (a relative import) and by the loader (a URL beside its own). */
  static loadApp: () => Promise<AppModule> = () =>
    Promise.reject(new Error('<rivulet-chat> has no application to load; import @rivulet/widget/define'));

  /** Where the gateway is when the attribute is absent: the loader sets its own origin, otherwise the page's. */
  static defaultGateway: string | undefined;

  readonly #launcher = createLauncher();
  readonly #root: ShadowRoot;
  #app: App | undefined;
  #loading: Promise<App> | undefined;
  #isOpen = false;
  #unread = 0;
  #wasReady = false;
  #strings: StringOverrides = {};
  #prompts: readonly string[] | undefined;
  #cancelIdle: () => void = () => undefined;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [shellStyleSheet()];
    const { button } = this.#launcher;
    button.addEventListener('click', () => {
      this.toggle();
    });
    for (const sign of ['pointerenter', 'pointerdown', 'focus'])
      button.addEventListener(sign, () => {
        this.#preload();
      });
  }

  /** Whether the panel is open. In the modes `inline` and `page` it always is. */
  get isOpen(): boolean {
    return this.#isOpen || this.mode !== 'floating';
  }

  get gateway(): string {
    return parseGateway(this.getAttribute('gateway'), RivuletChat.defaultGateway ?? location.origin);
  }
  set gateway(value: string | null) {
    this.#reflect('gateway', value);
  }

  get site(): string {
    return this.getAttribute('site') ?? DEFAULT_SITE;
  }
  set site(value: string | null) {
    this.#reflect('site', value);
  }

  get mode(): Mode {
    return parseMode(this.getAttribute('mode'));
  }
  set mode(value: Mode | null) {
    this.#reflect('mode', value);
  }

  get locale(): string {
    return parseLocale(this.getAttribute('locale'));
  }
  set locale(value: string | null) {
    this.#reflect('locale', value);
  }

  get theme(): Theme {
    return parseTheme(this.getAttribute('theme'));
  }
  set theme(value: Theme | null) {
    this.#reflect('theme', value);
  }

  /** Texts that replace the built-in ones, by key. */
  get strings(): StringOverrides {
    return this.#strings;
  }
  set strings(value: StringOverrides | null) {
    this.#strings = value ?? {};
    this.#refresh();
  }

  /** Up to four questions offered in an empty conversation; undefined: those of the strings. */
  get prompts(): readonly string[] | undefined {
    return this.#prompts;
  }
  set prompts(value: readonly string[] | undefined) {
    this.#prompts = value;
    this.#refresh();
  }

  connectedCallback(): void {
    if (this.#launcher.button.parentNode === null) this.#root.append(this.#launcher.button);
    this.#refresh();
    this.#cancelIdle = whenIdle(() => {
      this.#preload();
    });
    if (this.#wasReady) return;
    this.#wasReady = true;
    // After the caller's own turn, so that whoever created the element can still listen.
    queueMicrotask(() => {
      emit(this, 'rivulet-ready', null);
    });
  }

  disconnectedCallback(): void {
    this.#cancelIdle();
    // A move is a disconnect and a connect in one task; only what is still out of the document afterwards is over.
    setTimeout(() => {
      if (!this.isConnected) this.#dispose();
    });
  }

  attributeChangedCallback(): void {
    this.#refresh();
  }

  /** Opens the panel and puts the focus into the composer. */
  open(): void {
    if (this.isOpen) return;
    this.#isOpen = true;
    this.#unread = 0;
    this.#refresh();
    emit(this, 'rivulet-open', null);
    this.#preload();
    this.#app?.setOpen(true);
  }

  /** Closes the panel and gives the focus back to the launcher. An answer goes on being written. */
  close(): void {
    if (!this.#isOpen) return;
    const hadFocus = this.#root.activeElement !== null;
    this.#isOpen = false;
    this.#refresh();
    this.#app?.setOpen(false);
    if (hadFocus) this.#launcher.button.focus();
    emit(this, 'rivulet-close', null);
  }

  toggle(): void {
    if (this.#isOpen) this.close();
    else this.open();
  }

  /**
   * Sends as the visitor. Resolves when the gateway has accepted the message; while the line is down it waits.
   * @throws {ChatError} the rejection, e.g. busy or rate-limited
   */
  async sendMessage(text: string): Promise<{ messageId: MessageId }> {
    return (await this.#load()).sendMessage(text);
  }

  /** Ends the running answer; the text so far stays. */
  async stop(): Promise<void> {
    await (await this.#load()).stop();
  }

  /** Leaves this conversation and begins an empty one. */
  async newConversation(): Promise<void> {
    (await this.#load()).newConversation();
  }

  /** Speaks from now on as the person whom the token names. */
  async identify(token: string): Promise<void> {
    await (await this.#load()).identify(token);
  }

  /** Forgets the person, the conversation and all that was stored. */
  async logout(): Promise<void> {
    await (await this.#load()).logout();
  }

  #reflect(name: AttributeName, value: string | null): void {
    if (value === null) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  get #settings(): AppSettings {
    const { gateway, site, mode, locale } = this;
    return {
      gateway,
      site,
      mode,
      locale,
      strings: this.#strings,
      prompts: this.#prompts,
    };
  }

  #refresh(): void {
    const labels = launcherLabels(this.locale, this.#strings);
    this.#launcher.show({
      isOpen: this.#isOpen,
      isLoading: this.#isOpen && this.#app === undefined,
      unread: this.#unread,
      label: this.#isOpen ? labels.close : labels.open,
    });
    this.#app?.configure(this.#settings);
  }

  /** Loads without anybody waiting: what fails is reported as an event and tried again at the next sign of interest. */
  #preload(): void {
    if (this.isConnected) this.#load().catch(() => undefined);
  }

  #load(): Promise<App> {
    this.#loading ??= RivuletChat.loadApp().then(
      (module) => this.#mount(module),
      (reason: unknown) => {
        this.#loading = undefined;
        throw this.#failToLoad(reason);
      },
    );
    return this.#loading;
  }

  #failToLoad(reason: unknown): Error {
    const error = new Error(
      'The chat could not be loaded; check the network and the Content Security Policy.',
      {
        cause: reason,
      },
    );
    this.close();
    emit(this, 'rivulet-error', { error });
    return error;
  }

  #mount(module: AppModule): App {
    this.#cancelIdle();
    const app = module.mountApp(this.#host());
    this.#app = app;
    this.#refresh();
    app.setOpen(this.isOpen);
    return app;
  }

  #host(): AppHost {
    return {
      element: this,
      root: this.#root,
      settings: this.#settings,
      emit: (name, detail) => {
        emit(this, name, detail);
      },
      requestClose: () => {
        this.close();
      },
      setUnread: (count) => {
        this.#unread = count;
        this.#refresh();
      },
    };
  }

  #dispose(): void {
    this.#app?.destroy();
    this.#app = undefined;
    this.#loading = undefined;
    this.#isOpen = false;
    this.#unread = 0;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-chat': RivuletChat;
  }
}
