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
  /** The conversation to show, according to the outbox and the storage. */
  openingOf(): Opening;
}

/** Adds the stored messages to this tab's outbox. Call it when a connection has opened. Does nothing when nothing is stored. */
export function adoptOutbox(chat: OutboxAdopter): void {
  const { storage, identity, isUntouched } = chat;
  const { token } = identity;
  // The visitor may have acted in another tab only, so the storage is read again.
  if (!storage.mayWrite) storage.reload();
  // The stored token is not the token of this connection: reconnect first, and adopt on the new connection.
  if (identity.token !== token) chat.connection.restart();
  else if (chat.outbox.adopt() && isUntouched) chat.current.switchTo(chat.openingOf());
}
