/** Who may do what in the operator's console: its users, their roles, and the least role for each action. */
import { ChatError } from '@rivulet/protocol';
import type { ActionOn } from './actions.ts';

/** The roles, each with all rights of those before it. `viewer` reads, `agent` talks to visitors, `admin` erases, exports and supervises. */
export const CONSOLE_ROLES = ['viewer', 'agent', 'admin'] as const;
/** One of `CONSOLE_ROLES`. */
export type ConsoleRole = (typeof CONSOLE_ROLES)[number];

/** A user of the console. */
export interface ConsoleUser {
  /** Unique among the users; it is in the audit log. */
  name: string;
  role: ConsoleRole;
  /** The name that visitors see when the user answers them. Absent: `name`. */
  displayName?: string | undefined;
  /** Where the picture is that visitors see: an https URL, or a path of the gateway. */
  pictureUrl?: string | undefined;
  /** The sites whose conversations the user sees. Absent: all. */
  sites?: readonly string[] | undefined;
}

/** A user of the configuration, who signs in with a token. */
export interface ConsoleTokenUser extends ConsoleUser {
  /** The SHA-256 of the token, in hex. */
  tokenHash: string;
}

/** The least role for each action. A new action does not compile without a row. */
const LEAST: Readonly<Record<ActionOn<'console'>, ConsoleRole>> = {
  'console-logout': 'viewer',
  'console-me': 'viewer',
  'console-list-conversations': 'viewer',
  'console-read-conversation': 'viewer',
  'console-read-live': 'viewer',
  'console-read-file': 'viewer',
  'console-export-conversation': 'admin',
  'console-erase-conversation': 'admin',
  'console-hold-conversation': 'admin',
  'console-lift-hold': 'admin',
  'console-list-sessions': 'admin',
  'console-end-session': 'admin',
  'console-read-audit': 'admin',
  'console-read-overview': 'viewer',
  'console-list-webhooks': 'admin',
  'console-redeliver-webhook': 'admin',
  'console-list-sites': 'viewer',
  'console-read-site': 'viewer',
  'console-read-snippet': 'viewer',
  'console-edit-site': 'admin',
  'console-desk-overview': 'agent',
  'console-desk-list': 'agent',
  'console-desk-read': 'agent',
  'console-desk-take': 'agent',
  'console-desk-release': 'agent',
  'console-desk-assign': 'agent',
  'console-desk-supervise': 'admin',
  'console-desk-reply': 'agent',
  'console-desk-draft': 'agent',
  'console-desk-upload': 'agent',
  'console-desk-file': 'agent',
  'console-desk-status': 'agent',
  'console-desk-note': 'agent',
  'console-desk-typing': 'agent',
  'console-desk-decide': 'agent',
  'console-desk-availability': 'agent',
  'console-desk-feed': 'agent',
};
/** What shows or ends what concerns every site: a user who has some of them may not. */
const OF_ALL_SITES: ReadonlySet<ActionOn<'console'>> = new Set<ActionOn<'console'>>([
  'console-list-sessions',
  'console-end-session',
  'console-read-audit',
  'console-list-webhooks',
  'console-redeliver-webhook',
]);

/** Whether the role may do it. */
export const mayInConsole = (role: ConsoleRole, action: ActionOn<'console'>): boolean =>
  CONSOLE_ROLES.indexOf(role) >= CONSOLE_ROLES.indexOf(LEAST[action]);

/**
 * The decision for the console. @see authorize
 * @param site absent `siteId`: what is asked for concerns no site yet, or all of them
 */
export function decideConsole(
  user: ConsoleUser | undefined,
  action: ActionOn<'console'>,
  { siteId }: { siteId?: string | undefined },
): ChatError | undefined {
  if (user === undefined) return new ChatError('unauthenticated', { message: 'Sign in to the console.' });
  const isLimited = user.sites !== undefined;
  if (!mayInConsole(user.role, action) || (isLimited && OF_ALL_SITES.has(action)))
    return new ChatError('forbidden', { message: 'Your role does not allow this.' });
  // In the words for what does not exist: whoever has no right to a site learns nothing of it.
  if (siteId !== undefined && user.sites?.includes(siteId) === false) return new ChatError('not-found');
  return undefined;
}
