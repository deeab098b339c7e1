/** What `rivulet check` says of mail: the server, who is told, and of what. */
import {
  DEFAULT_MAX_PER_HOUR,
  portOf,
  recipientsBy,
  securityOf,
  type MailSettings,
  type NotifySettings,
} from '../mail/settings.ts';

type Row = readonly [name: string, value: string | undefined];

const SECURITY_TEXTS = { starttls: 'STARTTLS', tls: 'TLS', none: 'not encrypted' } as const;

/** The rows of the server. The password is not in them. */
export function mailRows(mail: MailSettings): Row[] {
  const { host, user, from, to, maxPerHour = DEFAULT_MAX_PER_HOUR } = mail;
  const signIn = user === undefined ? 'without signing in' : `signs in as ${user}, with a password`;
  return [
    ['server', `${host}, port ${portOf(mail)}, ${SECURITY_TEXTS[securityOf(mail)]}; ${signIn}`],
    ['from', from],
    ['to', to === undefined ? 'whom each site names' : notifyText(mail, undefined)],
    ['for each site', `at most ${maxPerHour} mails an hour, then one for all that comes`],
  ];
}

/** Whom a site tells; undefined where there is no mail. */
export function notifyText(
  mail: MailSettings | undefined,
  own: NotifySettings | 'off' | undefined,
): string | undefined {
  if (mail === undefined) return undefined;
  const { to, events, whenQueued } = recipientsBy(mail, own);
  if (to.length === 0 || events.length === 0) return 'nobody';
  const queued = whenQueued === 'away' ? 'when nobody is there' : 'always';
  const named = events.map((type) => (type === 'conversation.queued' ? `${type} (${queued})` : type));
  return `${to.join(', ')}: ${named.join(', ')}`;
}
