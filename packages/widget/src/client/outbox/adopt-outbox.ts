/** Sends the messages that other tabs stored and did not send: those tabs may be closed or dead. */
import type { Connection } from '../connection/connection.ts';
import type { CurrentConversation, Opening } from '../conversation/current-conversation.ts';
import type { Identity } from '../identity/identity.ts';
import type { Outbox } from './outbox.ts';
import type { SiteStorage } from '../environment/storage.ts';

/** The parts of the chat that adopts the messages. */
export interface OutboxAdopter {
  storage: SiteStorage;
  identity: Identity;
  outbox: Outbox;
  current: CurrentConversation;
  connection: Connection;
  /** The visitor has not sent anything yet: the conversation of the adopted message is shown. */
  isUntouched: boolean;
  openingOf(): Opening;
}

/** Call it when a connection has opened. Does nothing when nothing is stored. */
export function adoptOutbox(chat: OutboxAdopter): void {
  const { storage, identity, isUntouched } = chat;
  const { token } = identity;
  // The visitor may have acted in another tab only.
  if (!storage.mayWrite) storage.reload();
  // The stored token is another one than that of this connection: reconnect, and adopt then.
  if (identity.token !== token) chat.connection.restart();
  else if (chat.outbox.adopt() && isUntouched) chat.current.switchTo(chat.openingOf());
}
