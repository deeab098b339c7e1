/** Speaks as the person whom the site names. Fetched where it names one: most visitors are anonymous. */
import type { TokenSource } from '../chat.ts';
import type { ChatSession } from '../chat-session.ts';
import { Renewal } from './renewal.ts';
import { identityKeyOf } from './identity-key.ts';

/**
 * In place of what an earlier call has begun.
 * @param tell called with each token that is used, before it is
 * @throws {ChatError} the gateway's refusal; or what a function throws, which is asked again by itself
 */
export async function identify(
  session: ChatSession,
  token: TokenSource,
  report: (token: string) => void,
): Promise<void> {
  session.renewal?.close();
  session.renewal = undefined;
  const use = (fresh: string): Promise<void> => {
    report(fresh);
    return useToken(session, fresh);
  };
  if (typeof token === 'string') return use(token);
  const renewal = new Renewal(session, token, use);
  session.renewal = renewal;
  return renewal.renew();
}

/** As another tab has, unless that person speaks here already: each tab of theirs has a token of its own. */
export async function identifyFromTab(session: ChatSession, token: string): Promise<void> {
  if (identityKeyOf(token) === session.identity.key) return;
  session.identityVersion += 1;
  await identify(session, token, () => {
    session.storage.reload();
  });
}

async function useToken(session: ChatSession, token: string): Promise<void> {
  const { identity, storage, current, connection, welcome } = session;
  const { isIdentified: wasIdentified, siteToken, key } = identity;
  const isSame = identityKeyOf(token) === key;
  storage.allowWrites();
  identity.identify(token, identityKeyOf(token));
  const stored = identity.conversationId;
  // What was said as a visitor stays on screen: the next hello takes it along.
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
 * Gives the session a fresh token of the same person, on the line that is there.
 * @throws {ChatError} the refusal; the session then goes on with the former one
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
