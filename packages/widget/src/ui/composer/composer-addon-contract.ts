/** What passes between a composer and what is fetched for it. */
import type { ChatSnapshot } from '../../client/chat.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import type { ReactiveController } from '../lit/lit.ts';
import type { Strings } from '../i18n/core/en.ts';

/** The composer, as what is fetched for it sees it. */
export interface ComposerHost extends HTMLElement {
  text: string;
  readonly settings: AppSettings;
  /** What the gateway takes. */
  readonly files: ChatSnapshot['files'];
  readonly strings: Strings;
  requestUpdate(): void;
  addController(controller: ReactiveController): void;
}

/** What a site may want beside the text; fetched for those that do. */
export interface ComposerAddon {
  canSend(text: string): boolean;
  /** @returns whether it was on its way */
  send(text: string): boolean;
  renderAbove(): unknown;
  renderStart(): unknown;
  renderBelow(text: string): unknown;
}
