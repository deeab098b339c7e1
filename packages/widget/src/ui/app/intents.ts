/** Intents of the visitor: one typed event that bubbles up to `<rivulet-app>` and stays inside the shadow root. */
import type { MessageId, UserPart } from '@rivulet/protocol';
import type { Chat } from '../../client/chat.ts';
import type { SideView } from '../menu/side-view.ts';
import type { SendSource } from '../../shell/options.ts';

/** One action that the visitor asked for. `<rivulet-app>` turns it into a call of the chat. */
export type Intent =
  | {
      type: 'send';
      content: string | readonly UserPart[];
      source: SendSource;
      /** Called with true once the message was sent, and with false if a hook of the page stopped it. */
      settled?: (isSent: boolean) => void;
    }
  /** Runs a callback with the chat. For parts that are loaded lazily and need a call of their own. */
  | { type: 'ask'; ask: (chat: Chat) => void | Promise<void> }
  | { type: 'stop' }
  | { type: 'retry'; messageId: MessageId }
  | { type: 'regenerate'; messageId: MessageId }
  | { type: 'edit'; messageId: MessageId; text: string; settled: (error?: unknown) => void }
  /** Shows another version of a message. */
  | { type: 'show'; messageId: MessageId }
  /** Announces to screen readers what is otherwise only visible. */
  | { type: 'announce'; text: string }
  | { type: 'discard'; messageId: MessageId }
  | { type: 'new-conversation' }
  /** Opens the menu or a side view, or closes both. `back` returns the focus to where the visitor came from. */
  | { type: 'side'; view: SideView; focus: 'back' | 'stays' }
  /** Makes the floating panel larger, or restores its size. */
  | { type: 'enlarge' }
  | { type: 'close' };

/** Type of the DOM event that carries an `Intent` in `detail`. */
export const INTENT = 'rivulet-intent';

/** Dispatches an intent from an element. It bubbles but is not composed. */
export function raise(from: EventTarget, intent: Intent): void {
  from.dispatchEvent(new CustomEvent<Intent>(INTENT, { detail: intent, bubbles: true }));
}
