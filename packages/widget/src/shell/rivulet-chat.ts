/** `<rivulet-chat>`: the small element in every page. It loads the application when the visitor may want it. */
import type { MessageId } from '@rivulet/protocol';
import type { AppHost, AppModule, AppSettings } from './app-contract.ts';
import { emit } from './events.ts';
import { createLauncher } from './launcher.ts';
import { LazyApp } from './lazy-app.ts';
import {
  asksConsent,
  mergeOptions,
  type ChatOptions,
  type ClientTool,
  type Hook,
  type HookName,
  type HookTypes,
  type Mode,
  type OptionsChange,
  type Position,
  type Theme,
} from './options.ts';
import {
  ATTRIBUTES,
  DEFAULT_SITE,
  parseGateway,
  parseLocale,
  parseMode,
  parsePosition,
  parseTheme,
  reflect,
  reflectAll,
} from './settings.ts';
import { ShellError } from './shell-error.ts';
import { shellStyleSheet } from './shell-styles.ts';
import { whenIdle } from './when-idle.ts';

/** On a server there is no HTMLElement: the class can be imported there, and is registered in the browser. */
const ElementBase = globalThis.HTMLElement ?? class {}; // eslint-disable-line @typescript-eslint/no-unnecessary-condition, @typescript-eslint/no-extraneous-class

/**
 * A chat with an assistant. Nothing is stored and no connection is opened before the visitor acts; opening the panel counts.
 *
 * @fires rivulet-ready - the element can be used
 * @fires rivulet-open - the panel opened
 * @fires rivulet-close - the panel closed
 * @fires rivulet-message - a message was accepted, or an answer is complete
 * @fires rivulet-run-start - an answer begins
 * @fires rivulet-run-end - an answer ended, for whatever reason
 * @fires rivulet-owner-change - somebody else answers from now on
 * @fires rivulet-error - something failed that the visitor or the site should know
 * @fires rivulet-status - the connection status changed
 * @fires rivulet-first-delta - how long an answer took to begin
 * @fires rivulet-timing - how fast an answer reached the screen
 */
export class RivuletChat extends ElementBase {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  /** Imports the application; set by `define` (a relative import) and by the loader (a URL beside its own). */
  static loadApp: (gateway: string) => Promise<AppModule> = () =>
    Promise.reject(new ShellError('Import @rivulet/widget/define.'));

  /** The gateway's URL when the attribute is absent. The loader sets its own origin. Default: the page's origin. */
  static defaultGateway: string | undefined;

  /**
   * Adds what the gateway sets for the site to the options of the page; set by `applySite()`. Called before each use of the options.
   * Default: nothing is added.
   */
  static withSite: (chat: RivuletChat, own: ChatOptions) => ChatOptions = (_, own) => own;

  readonly #launcher = createLauncher(() => {
    this.toggle();
  });
  readonly #root: ShadowRoot;
  readonly #lazy: LazyApp;
  #options: ChatOptions = {};
  #hooks: readonly Hook[] = [];
  #isOpen = false;
  /** Used until the strings of the locale are loaded. */
  #labels = { open: 'Open chat', close: 'Close chat' };
  #wasReady = false;
  /** Whether `remove()` was called since the element was last in the page: the page does not want it back. */
  isDismissed = false;
  #cancelIdle: () => void = () => undefined;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [shellStyleSheet()];
    this.#lazy = new LazyApp({
      load: () => RivuletChat.loadApp(this.gateway),
      host: () => this.#host(),
      mounted: (app) => {
        this.#cancelIdle();
        this.#refresh();
        app.setOpen(this.isOpen);
      },
      failed: (error) => {
        this.close();
        console.error(error); // eslint-disable-line no-console -- a page that has no listener must learn why no chat opens
        emit(this, 'rivulet-error', { error });
      },
    });
    for (const sign of ['pointerenter', 'pointerdown', 'focus'])
      this.#launcher.button.addEventListener(sign, this.#preload);
  }

  /** Whether the panel is open. In the modes `inline` and `page` it always is. */
  get isOpen(): boolean {
    return this.#isOpen || this.mode !== 'floating';
  }

  /** The absolute URL of the gateway; reflects the attribute. */
  get gateway(): string {
    return parseGateway(this.getAttribute('gateway'), RivuletChat.defaultGateway ?? location.origin);
  }
  set gateway(value: string | null) {
    reflect(this, 'gateway', value);
  }

  /** The id of the site; reflects the attribute. Default: `demo`. */
  get site(): string {
    return this.getAttribute('site') ?? DEFAULT_SITE;
  }
  set site(value: string | null) {
    reflect(this, 'site', value);
  }

  /** How the chat is placed; reflects the attribute. Default: floating. */
  get mode(): Mode {
    return parseMode(this.getAttribute('mode'));
  }
  set mode(value: Mode | null) {
    reflect(this, 'mode', value);
  }

  /** The BCP 47 tag of the texts; reflects the attribute. */
  get locale(): string {
    return parseLocale(this.getAttribute('locale'));
  }
  set locale(value: string | null) {
    reflect(this, 'locale', value);
  }

  /** The colour scheme; reflects the attribute. Default: auto. */
  get theme(): Theme {
    return parseTheme(this.getAttribute('theme'));
  }
  set theme(value: Theme | null) {
    reflect(this, 'theme', value);
  }

  /** The launcher's side; reflects the attribute. Default: end. */
  get position(): Position {
    return parsePosition(this.getAttribute('position'));
  }
  set position(value: Position | null) {
    reflect(this, 'position', value);
  }

  /** Everything but the attributes. Setting it replaces all options; `configure()` merges. */
  get options(): ChatOptions {
    return this.#options;
  }
  set options(options: ChatOptions) {
    this.#options = {};
    this.configure(options);
  }

  /** Merges some options into the current ones. Those that are also attributes are reflected. undefined restores a default. */
  configure(change: OptionsChange = {}): void {
    const wasAsked = asksConsent(this.#settings.options);
    this.#options = mergeOptions(this.#options, change);
    reflectAll(this, change);
    // A mounted application did not ask for consent: replace it by one that does.
    if (!wasAsked && asksConsent(this.#settings.options)) this.#lazy.renew();
    this.#refresh();
  }

  /** Adds a function that may delay, change or stop an action. @returns a function that removes it */
  hook<Name extends HookName>(name: Name, handler: HookTypes[Name]): () => void {
    // Name and handler belong together, which the union cannot express per name.
    this.#hooks = [...this.#hooks, { name, handler } as Hook];
    this.#refresh();
    return () => {
      this.#hooks = this.#hooks.filter((one) => one.name !== name || one.handler !== handler);
      this.#refresh();
    };
  }

  /** Offers a function of the page to the model; it replaces an earlier one of the same name. */
  tool(tool: ClientTool): void {
    const others = (this.#options.tools ?? []).filter(({ name }) => name !== tool.name);
    this.configure({ tools: [...others, tool] });
  }

  connectedCallback(): void {
    this.isDismissed = false;
    if (this.#launcher.button.parentNode === null) this.#root.append(this.#launcher.button);
    this.#refresh();
    this.#cancelIdle = whenIdle(this.#preload);
    if (this.#wasReady) return;
    this.#wasReady = true;
    // In a microtask, so that the code that created the element can add listeners first.
    queueMicrotask(() => {
      emit(this, 'rivulet-ready', null);
    });
  }

  override remove(): void {
    this.isDismissed = true;
    super.remove();
  }

  disconnectedCallback(): void {
    this.#cancelIdle();
    // Moving the element disconnects and connects it within one task: dispose only if it is still disconnected afterwards.
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
    this.#refresh();
    emit(this, 'rivulet-open', null);
    this.#preload();
    this.#lazy.app?.setOpen(true);
  }

  /** Closes the panel and returns the focus to the launcher. A running answer continues. */
  close(): void {
    if (!this.#isOpen) return;
    const hadFocus = this.#root.activeElement !== null;
    this.#isOpen = false;
    this.#refresh();
    this.#lazy.app?.setOpen(false);
    if (hadFocus) this.#launcher.focus();
    emit(this, 'rivulet-close', null);
  }

  /** Opens the panel, or closes it. */
  toggle(): void {
    if (this.#isOpen) this.close();
    else this.open();
  }

  /**
   * Sends a message of the visitor. Resolves when the gateway has accepted it; without a connection it waits in the outbox.
   * @throws {ChatError} the rejection, e.g. busy or rate-limited; forbidden: the visitor declined the consent
   */
  async sendMessage(text: string): Promise<{ messageId: MessageId }> {
    return (await this.#lazy.load()).sendMessage(text);
  }

  /** Stops the running answer and keeps its text so far. */
  async stop(): Promise<void> {
    await (await this.#lazy.load()).stop();
  }

  /**
   * Asks for a person in the conversation on screen, where the site has people. Resolves when the gateway has accepted it.
   * @throws {ChatError} not-found: nothing was written yet; unsupported: the site has no people
   */
  async requestPerson(): Promise<void> {
    await (await this.#lazy.load()).requestPerson();
  }

  /** Shows an empty conversation; the former one is kept. */
  async newConversation(): Promise<void> {
    (await this.#lazy.load()).newConversation();
  }

  /**
   * Identifies the visitor by a signed token of the site.
   * @throws {ChatError} the rejection
   */
  async identify(token: string): Promise<void> {
    await (await this.#lazy.load()).identify(token);
  }

  /** Removes the identity, the conversation and everything stored. */
  async logout(): Promise<void> {
    await (await this.#lazy.load()).logout();
  }

  get #settings(): AppSettings {
    const options = RivuletChat.withSite(this, this.#options); // first, because it may set attributes
    const { gateway, site, mode, locale } = this;
    return { gateway, site, mode, locale, options, hooks: this.#hooks };
  }

  #refresh(): void {
    this.#draw();
    this.#lazy.app?.configure(this.#settings);
  }

  #draw(): void {
    this.#launcher.show({
      isOpen: this.#isOpen,
      isLoading: this.#isOpen && this.#lazy.app === undefined,
      label: this.#labels[this.#isOpen ? 'close' : 'open'],
      ...this.#settings.options.launcher,
    });
  }

  readonly #preload = (): void => {
    if (this.isConnected) this.#lazy.preload();
  };

  #host(): AppHost {
    return {
      element: this,
      root: this.#root,
      launcher: this.#launcher.button,
      settings: this.#settings,
      emit: (name, detail) => {
        emit(this, name, detail);
      },
      requestClose: () => {
        this.close();
      },
      setLabels: (labels) => {
        this.#labels = labels;
        this.#draw();
      },
    };
  }

  #dispose(): void {
    this.#lazy.dispose();
    this.#launcher.release();
    this.#isOpen = false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-chat': RivuletChat;
  }
}
