/** Title badge, sound, teaser and timing, loaded if the site enables one of them; the badge on the launcher, loaded with the first news. */
import { needsConsent } from '../menu/consent.ts';
import type { Chat } from '../../client/chat.ts';
import type { AppHost, AppSettings } from '../../shell/app-contract.ts';
import type { Strings } from '../i18n/core/en.ts';
import { badgeStyles } from '../styles/badge-styles.ts';
import { adoptStyles } from '../styles/styles.ts';
import { teaserStyles } from '../styles/teaser-styles.ts';
import { identifyWith } from './identity-token.ts';
import { LauncherBadge } from './launcher-badge.ts';
import { playSound } from './sound.ts';
import { Teaser } from './teaser.ts';
import { reportTiming } from './timing.ts';
import { showTitleBadge } from './title-badge.ts';

/** What the extras depend on. */
export interface ExtrasState {
  /** Settings of the widget. */
  settings: AppSettings;
  /** The current chat. */
  chat: Chat;
  /** Texts in the locale of the visitor. */
  strings: Strings;
  /** Whether the panel is open. */
  isOpen: boolean;
  /** Number of unread answers. */
  unread: number;
}

/** Starts, updates and ends the extras that the settings enable. */
export class SiteExtras {
  readonly #host: AppHost;
  readonly #teaser: Teaser;
  readonly #badge: LauncherBadge;
  #state: ExtrasState | undefined;
  #endSound: () => void = () => undefined;
  #endTiming: () => void = () => undefined;

  constructor(host: AppHost) {
    this.#host = host;
    adoptStyles(host.root, [teaserStyles, badgeStyles]);
    this.#badge = new LauncherBadge(host);
    this.#teaser = new Teaser(host.root);
  }

  /** Applies the current state. */
  show(state: ExtrasState): void {
    const before = this.#state;
    this.#state = state;
    const { chat, settings, strings, isOpen, unread } = state;
    const { launcher = {}, connection = {} } = settings.options;
    const { token } = settings.options.identity ?? {};
    const isOther = chat !== before?.chat || token !== before.settings.options.identity?.token;
    if (isOther && token !== undefined && !needsConsent(settings))
      void identifyWith(chat, token, this.#failed);
    this.#badge.show(strings, isOpen ? 0 : unread);
    showTitleBadge(launcher.hasTitleBadge === true ? unread : 0);
    this.#teaser.show({
      text: settings.mode === 'floating' ? launcher.teaser : undefined,
      isOpen,
      strings,
      open: () => {
        this.#host.element.open();
      },
    });
    if (chat !== before?.chat) this.#listen(chat);
    const isTimed = connection.hasTiming === true;
    if (chat !== before?.chat || isTimed !== (before.settings.options.connection?.hasTiming === true)) {
      this.#endTiming();
      this.#endTiming = isTimed ? reportTiming(chat, this.#emit) : () => undefined;
    }
  }

  readonly #emit: AppHost['emit'] = (name, detail) => {
    this.#host.emit(name, detail);
  };

  /** Ends all extras. */
  close(): void {
    this.#endSound();
    this.#endTiming();
    this.#teaser.close();
    this.#badge.remove();
    showTitleBadge(0);
  }

  readonly #failed = (error: Error): void => {
    this.#emit('rivulet-error', { error });
  };

  #listen(chat: Chat): void {
    this.#endSound();
    this.#endSound = chat.on('run-end', () => {
      const isSeen = this.#state?.isOpen === true && !document.hidden;
      if (this.#state?.settings.options.launcher?.hasSound === true && !isSeen) playSound();
    });
  }
}
