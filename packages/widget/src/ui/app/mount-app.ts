/** Mounts the application into the shadow root of the host element and connects chat, panel and page. */
import { textOf, type MessageId, type Timer, type UserPart } from '@rivulet/protocol';
import type { Chat, ChatEvents } from '../../client/chat.ts';
import type { App, AppHost, AppSettings } from '../../shell/app-contract.ts';
import { asksConsent, type SendSource } from '../../shell/options.ts';
import { Announcer } from './announcer.ts';
import { defineElements } from './define-elements.ts';
import { MessageStoppedError } from './message-stopped-error.ts';
import { endOfRun, endText } from '../message/message-end.ts';
import { focusPanel } from './focus-panel.ts';
import { forwardEvents } from '../integrations/forward-events.ts';
import { PageIntegrations } from '../integrations/page-integrations.ts';
import { PanelMemory } from './panel-memory.ts';
import { LazyPhoneSheet } from './lazy-phone-sheet.ts';
import type { RivuletApp } from './rivulet-app.ts';
import type { AppParts } from './app-parts.ts';
import { adoptStyles, dropStyles } from '../styles/styles.ts';
import { withPlainText } from '../../markdown/index.ts';
import { screenReaderText } from './screen-reader-text.ts';
import { en, type Strings } from '../i18n/core/en.ts';
import { errorText, loadErrorTexts } from '../i18n/error-texts.ts';
import { languageOf } from '../i18n/language-of.ts';
import { loadStrings, mergeStrings } from '../i18n/strings.ts';

/** By then the answer is read, and what it needed is loaded. */
const ERROR_TEXTS_AFTER_MS = 3_000;

type Announcement = 'announceStarted' | 'announceReady' | 'announceStopped';

/**
 * Mounts the application. If the site asks for consent, the chat is replaced by one that queues commands until the
 * visitor accepts.
 */
export function mountAppWith(host: AppHost, parts: AppParts): App | Promise<App> {
  defineElements();
  const { locale, options } = host.settings;
  const mountIn = (strings: Strings): App | Promise<App> => {
    const mount = (built: AppParts): WidgetApp => new WidgetApp(host, built, strings);
    return asksConsent(options)
      ? import('../menu/consent-gate.ts').then(({ mountGated }) => mountGated(host, parts, mount))
      : mount(parts);
  };
  // Nothing is rendered before its texts are available in the visitor's language.
  return languageOf(locale) === 'en' ? mountIn(en) : loadStrings(locale).then(mountIn);
}

class WidgetApp implements App {
  readonly #host: AppHost;
  readonly #parts: AppParts;
  readonly #panel: RivuletApp;
  readonly #announcer: Announcer;
  readonly #sheet = new LazyPhoneSheet(
    () => this.#panel.querySelector('.panel'),
    () => this.#isOpen && !this.#isDestroyed && this.#settings.mode === 'floating',
  );
  #settings: AppSettings;
  #chat: Chat;
  #unsubscribe: (() => void)[] = [];
  #builtIn: Strings;
  #memory: PanelMemory;
  readonly #integrations: PageIntegrations;
  #unread = 0;
  #isOpen = false;
  /** The panel is being restored from the previous page: it must not take the focus. */
  #isRestoring = false;
  #isDestroyed = false;
  /** Runs once, after the first answer. */
  #prefetch: Timer | undefined;
  /** Consent gate of this mount, if the site asks for consent. It is closed together with the application. */
  gate: { close: () => void; forget: () => void } | undefined;

  constructor(host: AppHost, parts: AppParts, strings: Strings) {
    this.#builtIn = strings;
    this.#host = host;
    this.#parts = parts;
    this.#settings = host.settings;
    this.#announcer = new Announcer(host.element, parts.clock);
    this.#chat = this.#createChat();
    this.#panel = this.#createPanel();
    this.#integrations = new PageIntegrations(this.#host, this.#panel);
    this.#memory = new PanelMemory(this.#chat, host.settings.mode, this.#showUnread);
    adoptStyles(host.root);
    host.root.append(this.#panel);
    this.#integrations.follow(this.#settings.hooks);
    if (this.#memory.wasOpen && !host.element.isOpen) {
      this.#isRestoring = true;
      host.element.open();
    }
  }

  setOpen(isOpen: boolean): void {
    const wasOpen = this.#isOpen;
    this.#isOpen = isOpen;
    this.#panel.isOpen = isOpen;
    this.#sheet.show();
    if (isOpen !== wasOpen) this.#memory.isOpen = isOpen;
    this.#showIntegrations();
    if (!isOpen || wasOpen) return;
    // An inline panel is always open, so being open is no request of the visitor. It connects on first use.
    if (this.#settings.mode !== 'inline') this.#chat.connect();
    if (this.#settings.mode === 'floating' && !this.#isRestoring) void focusPanel(this.#panel);
    this.#isRestoring = false;
  }

  configure(settings: AppSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#panel.settings = settings;
    if (settings.locale !== before.locale) void this.#loadStrings();
    else this.#useStrings();
    this.#integrations.follow(settings.hooks);
    if (settings.gateway !== before.gateway || settings.site !== before.site) this.renewChat();
    this.#showIntegrations();
  }

  sendMessage(text: unknown): Promise<{ messageId: MessageId }> {
    return this.#send(String(text), 'api');
  }

  stop(): Promise<void> {
    return this.#chat.stop();
  }

  async requestPerson(): Promise<void> {
    await (await this.#chat.desk()).requestPerson();
  }

  newConversation(): void {
    this.#chat.newConversation();
  }

  identify(token: string): Promise<void> {
    return this.#chat.identify(token);
  }

  async logout(): Promise<void> {
    await this.#chat.logout();
    this.gate?.forget();
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#closeChat();
    this.#prefetch?.cancel();
    this.gate?.close();
    this.#sheet.close();
    this.#announcer.close();
    this.#panel.remove();
    this.#integrations.close();
    dropStyles(this.#host.root);
  }

  #createPanel(): RivuletApp {
    const panel = document.createElement('rivulet-app');
    panel.chat = this.#chat;
    panel.clock = this.#parts.clock;
    panel.settings = this.#settings;
    panel.strings = mergeStrings(this.#builtIn, this.#settings.options);
    panel.isOpen = false;
    panel.onClose = () => {
      this.#host.requestClose();
    };
    panel.onSend = (content, source) =>
      this.#send(content, source).then(
        () => true,
        // Other errors are shown on the message and dispatched as `rivulet-error`.
        (error: unknown) => !(error instanceof MessageStoppedError),
      );
    panel.onAnnounce = (text) => {
      this.#announcer.say(text);
    };
    panel.onUse = () => {
      this.#chat.connect();
    };
    return panel;
  }

  async #send(content: string | readonly UserPart[], source: SendSource): Promise<{ messageId: MessageId }> {
    this.#chat.connect();
    const { hooks } = this.#settings;
    // Without hooks there is no `await`, so the message appears in the same frame.
    const parts =
      hooks.length === 0
        ? content
        : await (await import('../integrations/before-send.ts')).beforeSend(hooks, content, source);
    if (parts === false)
      throw new MessageStoppedError('content-blocked', { message: 'The page has stopped this message.' });
    return this.#chat.sendMessage(parts, this.#panel.sendOptions(source));
  }

  #createChat(): Chat {
    const chat = this.#parts.createChat(this.#settings);
    this.#listen(chat);
    return chat;
  }

  /** Replaces the chat after the gateway, the site or the consent has changed. */
  renewChat(): void {
    this.#closeChat();
    this.#chat = this.#createChat();
    this.#memory = new PanelMemory(this.#chat, this.#host.settings.mode, this.#showUnread);
    this.#memory.isOpen = this.#isOpen;
    this.#panel.chat = this.#chat;
    this.#showIntegrations();
    if (this.#isOpen && this.#settings.mode !== 'inline') this.#chat.connect();
  }

  #closeChat(): void {
    for (const end of this.#unsubscribe.splice(0)) end();
    this.#memory.close();
    this.#chat.close();
  }

  #listen(chat: Chat): void {
    const strings = (): Strings => this.#panel.strings;
    this.#unsubscribe = [
      ...forwardEvents(chat, this.#host),
      chat.on('status', ({ status }) => {
        if (status === 'unreachable') this.#announceProblem(() => strings().lineUnreachable);
      }),
      chat.on('run-start', () => {
        this.#announce('announceStarted');
      }),
      chat.on('run-end', this.#onRunEnd),
      chat.on('message', ({ message }) => {
        if (message.author === undefined) return;
        this.#announceAnswer(`${message.author.name}: ${textOf(message)}`);
        this.#memory.countAnswer();
      }),
      chat.on('error', ({ error }) => {
        this.#announceProblem((changed) => errorText(error.code, strings(), changed));
      }),
    ];
  }

  readonly #onRunEnd = ({ text, ...run }: ChatEvents['run-end']): void => {
    const end = endOfRun(run);
    if (run.reason === 'aborted') this.#announce('announceStopped');
    else if (end?.tone === 'problem')
      this.#announceProblem((changed) => endText(end, this.#panel.strings, changed));
    else if (run.reason !== 'tool') this.#announceAnswer(text);
    this.#memory.countAnswer();
    // The next error may be that there is no connection to load its text with.
    this.#prefetch ??= this.#parts.clock.after(
      ERROR_TEXTS_AFTER_MS,
      () => void loadErrorTexts(this.#panel.strings),
    );
  };

  readonly #showUnread = (count: number): void => {
    this.#unread = count;
    this.#showIntegrations();
  };

  #announceAnswer(markdown: string): void {
    withPlainText(markdown, (text) => {
      const words = screenReaderText(text, this.#settings.options.messages?.readOut);
      if (words === null) this.#announce('announceReady');
      else if (this.#isOpen) this.#announcer.say(words);
    });
  }

  /** While the panel is closed, only its badge changes. */
  #announce(key: Announcement): void {
    if (this.#isOpen) this.#announcer.say(this.#panel.strings[key]);
  }

  /** Says a text once it is loaded. */
  #announceProblem(textOf: (changed: () => void) => string | undefined): void {
    const text = textOf(() => {
      this.#announceProblem(textOf);
    });
    if (this.#isOpen && text !== undefined) this.#announcer.say(text, 'assertive');
  }

  async #loadStrings(): Promise<void> {
    const { locale } = this.#settings;
    const strings = await loadStrings(locale);
    // The locale has changed while the strings were loading: drop the late result.
    if (this.#settings.locale !== locale) return;
    this.#builtIn = strings;
    this.#useStrings();
  }

  #useStrings(): void {
    this.#panel.strings = mergeStrings(this.#builtIn, this.#settings.options);
    this.#showIntegrations();
  }

  #showIntegrations(): void {
    const [settings, chat, { strings }] = [this.#settings, this.#chat, this.#panel];
    this.#integrations.show({ settings, chat, strings, isOpen: this.#isOpen, unread: this.#unread });
  }
}
