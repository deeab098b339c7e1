/** Everybody who asks the console for something: the roles with all sites, their own or another one, and those who have no session any more. */
import { CONSOLE_ROLES, type ConsoleRole, type ConsoleTokenUser } from '../access/console-roles.ts';
import { sha256, tokenIdOf } from '../admin/console-users.ts';
import type { Store } from '../stores/store.ts';

/** Who asks. `session`: whether they have one that counts. `headers`: what their browser sends with a request that changes something. */
export interface ConsoleActor {
  name: string;
  /** Undefined: nobody, who has no session that counts. */
  user: ConsoleTokenUser | undefined;
  /** What is wrong with the session, if anything. */
  fault?: 'none' | 'unknown' | 'ended' | 'expired' | 'removed-user' | 'other-token' | 'by-oidc';
  headers: Record<string, string>;
  /** Whether a page of another origin may have sent it. */
  isForged?: true;
}

const SENT = { 'x-rivulet-console': '1' };
const userOf = (name: string, role: ConsoleRole, sites?: readonly string[]): ConsoleTokenUser => ({
  ...{ name, role, tokenHash: sha256(`the token of ${name}`) },
  ...(sites === undefined ? {} : { sites }),
});

/** The users: of all sites, of the one that everything in a test belongs to, and of another one. */
export const CONSOLE_USERS = CONSOLE_ROLES.flatMap((role) => [
  userOf(`${role}-of-all-sites`, role),
  userOf(`${role}-of-the-site`, role, ['shop']),
  userOf(`${role}-of-another-site`, role, ['blog']),
]);
const ADMIN = userOf('admin-of-all-sites', 'admin');

const FAULTS = ['none', 'unknown', 'ended', 'expired', 'removed-user', 'other-token', 'by-oidc'] as const;
const FORGERIES: Record<string, Record<string, string>> = {
  'without the header': {},
  'from a page of another origin': { ...SENT, origin: 'https://stranger.example' },
  'from a page without an origin': { ...SENT, origin: 'null' },
  'from another site, by its fetch metadata': { ...SENT, 'sec-fetch-site': 'cross-site' },
  'from a neighbour of the domain': { ...SENT, 'sec-fetch-site': 'same-site' },
};

/** All of them. */
export const CONSOLE_ACTORS: readonly ConsoleActor[] = [
  ...CONSOLE_USERS.map((user) => ({ name: user.name, user, headers: SENT })),
  ...FAULTS.map((fault) => ({ name: `session: ${fault}`, user: undefined, fault, headers: SENT })),
  ...Object.entries(FORGERIES).map(([how, headers]) => ({
    ...{ name: `admin, ${how}`, user: ADMIN, headers, isForged: true as const },
  })),
];

let sessions = 0;

/** Gives an actor a session in the store. @returns the cookie that their browser sends; empty for somebody without one */
export async function cookieOfActor(
  { user = ADMIN, fault }: ConsoleActor,
  { console }: Pick<Store, 'console'>,
): Promise<string> {
  if (fault === 'none') return '';
  sessions += 1;
  const secret = sha256(`session ${sessions}`);
  const cookie = `rivulet-console=${secret}`;
  if (fault === 'unknown') return cookie;
  const id = `session-${sessions}`;
  const nowMs = Date.now();
  await console.addSession({
    ...{ digest: sha256(secret), id, address: '203.0.113.7', createdAtMs: nowMs },
    userName: fault === 'removed-user' ? 'somebody' : user.name,
    tokenId:
      fault === 'other-token' ? 'former' : fault === 'by-oidc' ? 'oidc:0123456789abcdef:0' : tokenIdOf(user),
    expiresAtMs: fault === 'expired' ? nowMs - 1 : nowMs + 60_000,
  });
  if (fault === 'ended') await console.endSession(id);
  return cookie;
}
