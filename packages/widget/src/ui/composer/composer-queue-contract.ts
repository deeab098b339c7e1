/** Contract between the composer and its lazily loaded list of queued messages. */

import type { ChatSnapshot } from '../../client/chat.ts';
import type { ComposerAddon, ComposerHost } from './composer-addon-contract.ts';

/** The composer as the list sees it. */
export interface QueueHost extends ComposerHost {
  /** Whether an answer is being written. */
  readonly isAnswering: boolean;
  /** Messages that wait until the answer is finished. */
  readonly queued: ChatSnapshot['queued'];
  /** Takes the files of a message back. */
  readonly addon: ComposerAddon | undefined;
  /** Stores the text as the draft. */
  readonly onDraft: (text: string) => void;
  /** Sends the text in the field. */
  send(): void;
}

/** What is shown of the messages that wait until the answer is finished. Once created it stays with its composer. */
export interface ComposerQueue {
  /** Whether no more messages may wait. */
  readonly isFull: boolean;
  /** Renders the queued messages above the text field. */
  renderAbove(): unknown;
  /** Renders the button that queues the text, in the row of the text field. @param canSend whether the text may be sent */
  renderButton(canSend: boolean): unknown;
}
