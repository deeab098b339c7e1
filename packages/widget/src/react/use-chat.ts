/** The headless client in React. */
import { useSyncExternalStore } from 'react';
import type { Chat, ChatSnapshot } from '../client/chat.ts';

/** Returns the snapshot of a chat and renders again when it changes. */
export function useChat(chat: Chat): ChatSnapshot {
  return useSyncExternalStore(
    (changed) => chat.subscribe(changed),
    () => chat.snapshot,
    () => chat.snapshot,
  );
}
