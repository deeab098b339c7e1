/** Every action that a client can ask for, with what it touches: the commands of the protocol, and what is done over HTTP only. */
import type { CommandType } from '@rivulet/protocol';

/**
 * What an action touches. `site`: the site as a whole. `session`: nothing but the connection itself. `own`: all that the principal owns,
 * looked up by the principal. `conversation`, `file`: one of them, named by the client. `gateway`: the process and its operation. `console`: what the users of the
 * operator's console see and do.
 */
export type Touched = 'site' | 'session' | 'own' | 'conversation' | 'file' | 'gateway' | 'console';

const COMMANDS = {
  hello: 'site',
  ping: 'session',
  unsubscribe: 'session',
  'refresh-auth': 'session',
  subscribe: 'conversation',
  'send-message': 'conversation',
  'edit-message': 'conversation',
  regenerate: 'conversation',
  'abort-run': 'conversation',
  'tool-approval': 'conversation',
  'tool-output': 'conversation',
  feedback: 'conversation',
  typing: 'conversation',
  read: 'conversation',
  'request-person': 'conversation',
  'leave-address': 'conversation',
} as const satisfies Record<CommandType, Touched>;

/** Every action, with what it touches. A new command does not compile without a row. */
export const ACTIONS = {
  ...COMMANDS,
  'list-conversations': 'own',
  export: 'own',
  'erase-everything': 'own',
  'rename-conversation': 'conversation',
  'erase-conversation': 'conversation',
  'upload-file': 'site',
  'read-file': 'file',
  'link-file': 'file',
  'remove-file': 'file',
  'read-metrics': 'gateway',
  'revoke-tokens': 'gateway',
  'list-holds': 'gateway',
  'hold-conversation': 'gateway',
  'lift-hold': 'gateway',
  'console-logout': 'console',
  'console-me': 'console',
  'console-list-conversations': 'console',
  'console-read-conversation': 'console',
  'console-read-live': 'console',
  'console-read-file': 'console',
  'console-export-conversation': 'console',
  'console-erase-conversation': 'console',
  'console-hold-conversation': 'console',
  'console-lift-hold': 'console',
  'console-list-sessions': 'console',
  'console-end-session': 'console',
  'console-read-audit': 'console',
  'console-list-webhooks': 'console',
  'console-redeliver-webhook': 'console',
  'list-dead-letters': 'gateway',
  'redeliver-webhooks': 'gateway',
  'console-read-overview': 'console',
  'console-list-sites': 'console',
  'console-read-site': 'console',
  'console-read-snippet': 'console',
  'console-edit-site': 'console',
  'console-desk-overview': 'console',
  'console-desk-list': 'console',
  'console-desk-read': 'console',
  'console-desk-take': 'console',
  'console-desk-release': 'console',
  'console-desk-assign': 'console',
  'console-desk-supervise': 'console',
  'console-desk-reply': 'console',
  'console-desk-draft': 'console',
  'console-desk-upload': 'console',
  'console-desk-file': 'console',
  'console-desk-status': 'console',
  'console-desk-note': 'console',
  'console-desk-typing': 'console',
  'console-desk-decide': 'console',
  'console-desk-availability': 'console',
  'console-desk-feed': 'console',
} as const satisfies Record<string, Touched>;

/** The name of an action. */
export type Action = keyof typeof ACTIONS;
/** The actions that touch this. */
export type ActionOn<Kind extends Touched> = {
  [Name in Action]: (typeof ACTIONS)[Name] extends Kind ? Name : never;
}[Action];
