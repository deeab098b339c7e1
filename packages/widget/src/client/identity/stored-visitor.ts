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
 * Call it when the visitor acts, in this tab or in another one. Stores the token of this tab's connection, which the other tabs may
 * be using, or continues as the visitor whose token is stored already.
 */
export function allowStorage({ identity, storage, connection }: VisitorSharer): void {
  const { token } = identity;
  // Before the writes: a tab whose visitor has not acted must not replace a visitor who has.
  if (!storage.mayWrite || token === undefined) storage.reload();
  storage.allowWrites();
  // A tab without a token shares the connection of the tab that stored it, and needs no other one.
  if (token !== undefined && identity.token !== token) connection.restart();
}
