/** Identifies the visitor as a user of the site. Loaded on demand, because most visitors are anonymous. */
import type { TokenSource } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';
import { Renewal } from './renewal.ts';
import { identityKeyOf } from './identity-key.ts';

/**
 * Uses a token of the site, or the tokens of a function until it is replaced by a later call. Resolves when the gateway has
 * accepted the first token, or at once while there is no connection.
 * @param onUser called with the identity key when a token is of another user than before, before it is used
 * @throws {ChatError} the rejection of the gateway
 * @throws what the token function throws; it is called again later
 */
export async function identify(
  session: ChatSession,
  token: TokenSource,
  onUser: (identityKey: string) => void,
): Promise<void> {
  session.renewal?.close();
  session.renewal = undefined;
  const use = (fresh: string): Promise<void> => {
    const identityKey = identityKeyOf(fresh);
    // Not for each token: two tabs whose functions return different users would call each other's forever.
    if (identityKey !== session.identity.key) onUser(identityKey);
    return useToken(session, fresh, identityKey);
  };
  if (typeof token === 'string') return use(token);
  const renewal = new Renewal(session, token, use);
  session.renewal = renewal;
  return renewal.renew();
}

async function useToken(session: ChatSession, token: string, identityKey: string): Promise<void> {
  const { identity, storage, current, connection, welcome } = session;
  const { isIdentified: wasIdentified, siteToken, key } = identity;
  const isSame = identityKey === key;
  // Another tab may have stored the visitor's token, which this one needs for the merge, or the user's conversation.
  if (!isSame) storage.reload();
  storage.allowWrites();
  identity.identify(token, identityKey);
  const stored = identity.conversationId;
  // A conversation of the anonymous visitor stays on screen: the next hello names it, and the gateway merges it.
  if (!wasIdentified && session.isUntouched && stored !== undefined && stored !== current.id)
    current.switchTo({ id: stored, isStarted: true });
  const { state } = connection;
  if (state.kind === 'idle' || (state.kind === 'closed' && state.reason === 'asked')) return;
  const canRefreshAuth = welcome?.capabilities.includes('refresh-auth') === true;
  if (isSame && state.kind === 'open' && canRefreshAuth) return refreshAuth(session, token, siteToken);
  const welcomed = session.welcomeWaiters.wait();
  connection.restart();
  await welcomed;
}

/**
 * Passes a fresh token of the same user to the gateway on the open connection.
 * @throws {ChatError} the rejection; the session then continues with the former token
 */
async function refreshAuth(session: ChatSession, token: string, former: string | undefined): Promise<void> {
  const { identity, requests } = session;
  try {
    await requests.ask({ type: 'refresh-auth', id: session.mintCommandId(), token });
  } catch (error) {
    if (identity.siteToken === token && former !== undefined) identity.identify(former, identity.key);
    throw error;
  }
}
