/** Shares an anonymous visitor among the tabs through the storage, because no token is posted on a channel. */
import type { Connection } from '../connection/connection.ts';
import type { SiteStorage } from '../environment/storage.ts';
import type { Identity } from './identity.ts';

/** The parts of the chat that take part. */
export interface VisitorSharer {
  storage: SiteStorage;
  identity: Identity;
  connection: Connection;
}

/**
 * Reads the storage, as long as the visitor may have acted in another tab only.
 * @returns whether it has the token of another visitor than this tab's connection
 */
export function readOtherVisitor({ identity, storage }: Omit<VisitorSharer, 'connection'>): boolean {
  const { token } = identity;
  if (!storage.mayWrite) storage.reload();
  return identity.token !== token;
}

/**
 * Call it when the visitor acts, in this tab or in another one. Stores the token of this tab's connection, which the other tabs may
 * be using, or continues as the visitor who is stored already.
 */
export function allowStorage(chat: VisitorSharer): void {
  // Before the writes: a tab whose visitor has not acted must not replace a visitor who has.
  const isOther = readOtherVisitor(chat);
  chat.storage.allowWrites();
  if (isOther) chat.connection.restart();
}
