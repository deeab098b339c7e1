/** `<rivulet-chat>`: the small element that every page gets; it loads the application when the visitor may want it. */
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
 * @fires rivulet-first-delta - how long an answer took to begin
 * @fires rivulet-timing - how fast an answer reached the screen
 */
export class RivuletChat extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  /** Fetches the application; set by `define` (a relative import) and by the loader (a URL beside its own). */
  static loadApp: () => Promise<AppModule> = () =>
    Promise.reject(
      new ShellError('<rivulet-chat> has no application to load; import @rivulet/widget/define'),
    );

  /** Where the gateway is when the attribute is absent: the loader sets its own origin, otherwise the page's. */
  static defaultGateway: string | undefined;

  readonly #launcher = createLauncher(() => {
    this.toggle();
  });
  readonly #root: ShadowRoot;
  readonly #lazy: LazyApp;
  #options: ChatOptions = {};
  #hooks: readonly Hook[] = [];
  #isOpen = false;
  #unread = 0;
  /** Until the strings of the locale are here. */
  #labels = { open: 'Open chat', close: 'Close chat' };
  #wasReady = false;
  #cancelIdle: () => void = () => undefined;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [shellStyleSheet()];
    this.#lazy = new LazyApp({
      load: () => RivuletChat.loadApp(),
      host: () => this.#host(),
      mounted: (app) => {
        this.#cancelIdle();
        this.#refresh();
        app.setOpen(this.isOpen);
      },
      failed: (error) => {
        this.close();
        emit(this, 'rivulet-error', { error });
      },
    });
    for (const sign of ['pointerenter', 'pointerdown', 'focus'])
      this.#launcher.button.addEventListener(sign, () => {
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
    reflect(this, 'gateway', value);
  }

  get site(): string {
    return this.getAttribute('site') ?? DEFAULT_SITE;
  }
  set site(value: string | null) {
    reflect(this, 'site', value);
  }

  get mode(): Mode {
    return parseMode(this.getAttribute('mode'));
  }
  set mode(value: Mode | null) {
    reflect(this, 'mode', value);
  }

  get locale(): string {
    return parseLocale(this.getAttribute('locale'));
  }
  set locale(value: string | null) {
    reflect(this, 'locale', value);
  }

  get theme(): Theme {
    return parseTheme(this.getAttribute('theme'));
  }
  set theme(value: Theme | null) {
    reflect(this, 'theme', value);
  }

  get position(): Position {
    return parsePosition(this.getAttribute('position'));
  }
  set position(value: Position | null) {
    reflect(this, 'position', value);
  }

  /** Everything but the attributes. Set as a whole; `configure()` changes some of it. */
  get options(): ChatOptions {
    return this.#options;
  }
  set options(options: ChatOptions) {
    this.#options = {};
    this.configure(options);
  }

  /** Changes some options and leaves the others. What is also an attribute is set there. Undefined gives a default back. */
  configure(change: OptionsChange): void {
    const wasAsked = asksConsent(this.#options);
    this.#options = mergeOptions(this.#options, change);
    reflectAll(this, change);
    // What is there already has not asked: one that asks comes in its place.
    if (!wasAsked && asksConsent(this.#options)) this.#lazy.renew();
    this.#refresh();
  }

  /** Adds a function that may wait, change or stop what is about to happen. @returns the way to take it out again. */
  hook<Name extends HookName>(name: Name, handler: HookTypes[Name]): () => void {
    // The two belong together, which the union cannot be told for each name.
    this.#hooks = [...this.#hooks, { name, handler } as Hook];
    this.#refresh();
    return () => {
      this.#hooks = this.#hooks.filter((one) => one.name !== name || one.handler !== handler);
      this.#refresh();
    };
  }

  /** Offers a function of the page to the model, in place of an earlier one of that name. */
  tool(tool: ClientTool): void {
    const others = (this.#options.tools ?? []).filter(({ name }) => name !== tool.name);
    this.configure({ tools: [...others, tool] });
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
    this.#lazy.app?.setOpen(true);
  }

  /** Closes the panel and gives the focus back to the launcher. An answer goes on being written. */
  close(): void {
    if (!this.#isOpen) return;
    const hadFocus = this.#root.activeElement !== null;
    this.#isOpen = false;
    this.#refresh();
    this.#lazy.app?.setOpen(false);
    if (hadFocus) this.#launcher.focus();
    emit(this, 'rivulet-close', null);
  }

  toggle(): void {
    if (this.#isOpen) this.close();
    else this.open();
  }

  /**
   * Sends as the visitor. Resolves when the gateway has accepted the message; while the line is down it waits.
   * @throws {ChatError} the rejection, e.g. busy or rate-limited; forbidden: the visitor does not agree to what they are asked
   */
  async sendMessage(text: string): Promise<{ messageId: MessageId }> {
    return (await this.#lazy.load()).sendMessage(text);
  }

  /** Ends the running answer; the text so far stays. */
  async stop(): Promise<void> {
    await (await this.#lazy.load()).stop();
  }

  /** Leaves this conversation and begins an empty one. */
  async newConversation(): Promise<void> {
    (await this.#lazy.load()).newConversation();
  }

  /** Speaks from now on as the person whom the token names. */
  async identify(token: string): Promise<void> {
    await (await this.#lazy.load()).identify(token);
  }

  /** Forgets the person, the conversation and all that was stored. */
  async logout(): Promise<void> {
    await (await this.#lazy.load()).logout();
  }

  get #settings(): AppSettings {
    const { gateway, site, mode, locale, options } = this;
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
      unread: this.#unread,
      label: this.#labels[this.#isOpen ? 'close' : 'open'],
      ...this.#options.launcher,
    });
  }

  #preload(): void {
    if (this.isConnected) this.#lazy.preload();
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
        this.#draw();
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
    this.#unread = 0;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-chat': RivuletChat;
  }
}
