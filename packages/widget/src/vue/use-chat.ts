/** The headless client in Vue. */
import { onScopeDispose, shallowReadonly, shallowRef, type ShallowRef } from 'vue';
import type { Chat, ChatSnapshot } from '../client/chat.ts';

/** Returns a ref of the chat's snapshot; it updates until the current scope is disposed. */
export function useChat(chat: Chat): Readonly<ShallowRef<ChatSnapshot>> {
  const snapshot = shallowRef(chat.snapshot);
  onScopeDispose(
    chat.subscribe((next) => {
      snapshot.value = next;
    }),
  );
  return shallowReadonly(snapshot);
}
