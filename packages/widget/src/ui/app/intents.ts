/** What a visitor asks for: one event that goes up to the panel and never leaves the shadow root. */
import type { MessageId, UserPart } from '@rivulet/protocol';
import type { Chat } from '../../client/chat.ts';
import type { SideView } from '../menu/side-view.ts';
import type { SendSource } from '../../shell/options.ts';

export type Intent =
  | {
      type: 'send';
      content: string | readonly UserPart[];
      source: SendSource;
      /** Whether it was sent, or the page has stopped it. */
      settled?: (isSent: boolean) => void;
    }
  /** For what is fetched later: it knows what to ask the chat. */
  | { type: 'ask'; ask: (chat: Chat) => Promise<void> }
  | { type: 'stop' }
  | { type: 'retry'; messageId: MessageId }
  | { type: 'regenerate'; messageId: MessageId }
  | { type: 'edit'; messageId: MessageId; text: string; settled: (error?: unknown) => void }
  /** Turns to another version of a message. */
  | { type: 'show'; messageId: MessageId }
  /** Tells what eyes can see to those who listen. */
  | { type: 'say'; text: string }
  | { type: 'discard'; messageId: MessageId }
  | { type: 'new-conversation' }
  /** The menu, a view in place of the conversation, or neither; `back`: the keyboard goes where the visitor came from. */
  | { type: 'side'; view: SideView; focus: 'back' | 'stays' }
  | { type: 'close' };

export const INTENT = 'rivulet-intent';

export function raise(from: EventTarget, intent: Intent): void {
  from.dispatchEvent(new CustomEvent<Intent>(INTENT, { detail: intent, bubbles: true }));
}
