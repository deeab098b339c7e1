/** Contract between the composer and its lazily loaded add-on. */
import type { FilePart } from '@rivulet/protocol';
import type { ChatSnapshot } from '../../client/chat.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import type { ReactiveController } from '../lit/reactive-element.ts';
import type { Strings } from '../i18n/core/en.ts';

/** The composer as the add-on sees it. */
export interface ComposerHost extends HTMLElement {
  /** Text in the field. */
  text: string;
  /** Settings of the widget. */
  readonly settings: AppSettings;
  /** File limits of the gateway. */
  readonly files: ChatSnapshot['files'];
  /** Texts in the locale of the visitor. */
  readonly strings: Strings;
  /** Requests a new render of the composer. */
  requestUpdate(): void;
  /** Registers a reactive controller with the composer. */
  addController(controller: ReactiveController): void;
}

/** Optional features beside the text field. Loaded only for sites that enable some. */
export interface ComposerAddon {
  /** Whether the text, together with the attachments, can be sent. */
  canSend(text: string): boolean;
  /**
   * Sends the text with the attachments.
   * @returns whether it was sent
   */
  send(text: string): boolean;
  /** Attaches the files of a message that was taken back. */
  takeBack(files: readonly FilePart[]): void;
  /** Renders above the text field. */
  renderAbove(): unknown;
  /** Renders before the text field, in the same row. */
  renderStart(): unknown;
  /** Renders below the text field. */
  renderBelow(text: string): unknown;
}
