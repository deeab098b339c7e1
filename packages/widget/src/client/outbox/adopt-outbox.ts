/** What other tabs had waiting goes from here: they may be closed, or dead. */
import type { Connection } from '../connection/connection.ts';
import type { CurrentConversation, Opening } from '../conversation/current-conversation.ts';
import type { Identity } from '../identity/identity.ts';
import type { Outbox } from './outbox.ts';
import type { SiteStorage } from '../environment/storage.ts';

/** The rooms of the chat that takes over. */
export interface OutboxAdopter {
  storage: SiteStorage;
  identity: Identity;
  outbox: Outbox;
  current: CurrentConversation;
  connection: Connection;
  /** Nothing was said yet: the conversation of what is taken over is shown. */
  isUntouched: boolean;
  openingOf(): Opening;
}

/** On a line that is open; does nothing when there is nothing. */
export function adoptOutbox(chat: OutboxAdopter): void {
  const { storage, identity, isUntouched } = chat;
  const { token } = identity;
  // The visitor has perhaps acted in another tab alone.
  if (!storage.mayWrite) storage.reload();
  // Without a shared line this one was welcomed as somebody else; the next one comes here again.
  if (identity.token !== token) chat.connection.restart();
  else if (chat.outbox.adopt() && isUntouched) chat.current.switchTo(chat.openingOf());
}
