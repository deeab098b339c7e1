/** Contract between the panel and what is loaded when a person answers the conversation, or should. */
import type { Clock } from '@rivulet/protocol';
import type { Chat } from '../../client/chat.ts';
import type { AppSettings } from '../../shell/app-contract.ts';
import type { ReactiveControllerHost } from '../lit/reactive-element.ts';
import type { Strings } from '../i18n/core/en.ts';
import type { TranscriptItem } from '../transcript/transcript-items.ts';

/** The panel as the desk sees it. */
export interface DeskHost extends HTMLElement, ReactiveControllerHost {
  readonly chat: Chat;
  readonly clock: Clock;
  readonly settings: AppSettings;
  /** Texts in the locale of the visitor. */
  readonly strings: Strings;
  readonly isOpen: boolean;
  /** Resolves when the current state is rendered. */
  readonly updateComplete: Promise<unknown>;
  /** Announces a text to screen readers. */
  readonly onAnnounce: (text: string) => void;
}

/** What stands in the transcript. A new object when something of it changes. */
export interface DeskNotices {
  /** Renders what stands in place of the notice that an AI answers; undefined while one does. */
  renderTop(aiNotice: string): unknown;
  /** Renders what stands before a message: a change of who answers, and the picture of the person who wrote it. */
  renderBefore(item: TranscriptItem): unknown;
  /** Renders what stands below all messages. */
  renderEnd(): unknown;
}

/** What the panel shows of the people behind the chat. Once created it stays with its panel. */
export interface PanelDesk {
  readonly notices: DeskNotices;
  /** The status in place of that of the connection; undefined: that of the connection. */
  readonly status: string | undefined;
  /** Why no message can be edited; undefined: it can. */
  readonly whyNotEdit: string | undefined;
  /** Renders the picture of the person who answers; undefined while nobody does. */
  renderFace(): unknown;
  /** Asks for a person, and shows how far that is; then the composer has the focus. Resolves when the request is answered. */
  askForPerson(): Promise<void>;
}
