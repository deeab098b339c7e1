/** The headless client in React: `useChat(chat)` is the chat's snapshot, and renders again when it changes. */
import { useSyncExternalStore } from 'react';
import type { Chat, ChatSnapshot } from '../client/chat.ts';

export function useChat(chat: Chat): ChatSnapshot {
  return useSyncExternalStore(
    (changed) => chat.subscribe(changed),
    () => chat.snapshot,
    () => chat.snapshot,
  );
}
