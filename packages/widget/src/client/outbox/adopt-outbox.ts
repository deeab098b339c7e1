/** Sends the messages that other tabs stored and did not send: those tabs may be closed or dead. */
import type { CurrentConversation, Opening } from '../conversation/current-conversation.ts';
import { readOtherVisitor, type VisitorSharer } from '../identity/stored-visitor.ts';
import type { OutboxEntry } from './outbox-entry.ts';
import type { Outbox } from './outbox.ts';

/** The parts of the chat that adopts the messages. */
export interface OutboxAdopter extends VisitorSharer {
  outbox: Outbox;
  current: CurrentConversation;
  /** The visitor has not sent anything yet: the conversation of the adopted message is shown. */
  isUntouched: boolean;
  /** The conversation to show, according to the outbox and the storage. */
  openingOf(): Opening;
}

/**
 * Adds the stored messages to this tab's outbox. Call it when a connection has opened. Does nothing when nothing is stored.
 * @param told what another tab has just queued
 */
export function adoptOutbox(chat: OutboxAdopter, told?: OutboxEntry[]): void {
  const { isUntouched } = chat;
  // The stored token is not the token of this connection: reconnect first, and adopt on the new connection.
  if (readOtherVisitor(chat)) chat.connection.restart();
  else if (chat.outbox.adopt(told) && isUntouched) chat.current.switchTo(chat.openingOf());
}
