/** The headless client in Vue: `useChat(chat)` is a ref of the chat's snapshot, kept while its scope lives. */
import { onScopeDispose, shallowReadonly, shallowRef, type ShallowRef } from 'vue';
import type { Chat, ChatSnapshot } from '../client/chat.ts';

export function useChat(chat: Chat): Readonly<ShallowRef<ChatSnapshot>> {
  const snapshot = shallowRef(chat.snapshot);
  onScopeDispose(
    chat.subscribe((next) => {
      snapshot.value = next;
    }),
  );
  return shallowReadonly(snapshot);
}
