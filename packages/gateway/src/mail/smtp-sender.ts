/** Sends mails by SMTP, with nodemailer, which is loaded when mail is configured. */
import { createHash } from 'node:crypto';
import type * as Nodemailer from 'nodemailer';
import { requireOptional } from '../base/index.ts';
import type { SendOutcome } from '../webhooks/delivery-target.ts';
import type { MailText } from './mail-text.ts';
import { portOf, securityOf, type MailSettings } from './settings.ts';

/** One mail to one address. */
export interface Mail extends MailText {
  to: string;
  /** The same for each repetition, so that it can be recognised: letters, digits, dashes and underscores. */
  id: string;
}

/** Sends mails. */
export interface MailSender {
  /** Never rejects. */
  send(mail: Mail, signal: AbortSignal): Promise<SendOutcome>;
  /** Connects and signs in as for a mail, and sends none. @returns the problem, undefined when there is none */
  verify(signal: AbortSignal): Promise<string | undefined>;
}

/** A relay answers within seconds; a check of the content may take some more. */
const CONNECT_MS = 10_000;
const SILENCE_MS = 15_000;
/** Answers of the server that are about its user, and not about a mail. */
const AUTH_CODES = new Set([530, 534, 535, 538]);

/** Creates the sender. @throws {MissingPackageError} when nodemailer is not installed */
export function createSmtpSender(settings: MailSettings): MailSender {
  const { createTransport } = requireOptional('nodemailer', 'Mail') as typeof Nodemailer;
  const transport = createTransport(transportOptions(settings), {
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const domain = settings.from.slice(settings.from.lastIndexOf('@') + 1);
  return {
    async send({ to, id, subject, text, replyTo }, signal) {
      const headers = { 'Auto-Submitted': 'auto-generated' };
      const message = { from: settings.from, to, subject, text, headers, messageId: `<${id}@${domain}>` };
      try {
        await transport.sendMail({ ...message, signal, ...(replyTo === undefined ? {} : { replyTo }) });
        return { kind: 'delivered' };
      } catch (error) {
        return outcomeOf(error as SmtpError); // nodemailer rejects with its own errors
      }
    },
    async verify(signal) {
      const stop = () => {
        transport.close();
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        await transport.verify();
        return undefined;
      } catch (error) {
        return outcomeOf(error as SmtpError).problem; // see `send`
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

function transportOptions(settings: MailSettings): Nodemailer.SMTPTransportOptions {
  const { host, user, password } = settings;
  const security = securityOf(settings);
  return {
    host,
    port: portOf(settings),
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    // Not as NODE_TLS_REJECT_UNAUTHORIZED says: a password would go to whoever is in between.
    tls: { rejectUnauthorized: true },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
  };
}

/** What is used of an error of nodemailer. */
interface SmtpError {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

type Failure = Exclude<SendOutcome, { kind: 'delivered' }>;

/**
 * An answer to a mail is about that mail: 5xx will be the same again, 4xx may not. Whatever else fails would fail for all mails. The
 * problem has no address: the text of a server often repeats that of the recipient.
 */
function outcomeOf({ code = 'EUNKNOWN', command = '', responseCode, response = '' }: SmtpError): Failure {
  if (responseCode === undefined || code === 'ETLS')
    return { kind: 'away', problem: PROBLEMS[code] ?? unknownProblem(code) };
  const [enhanced] = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response) ?? [];
  const status = [responseCode, enhanced].filter((part) => part !== undefined).join(' ');
  const problem = `The mail server answers ${status}${command === '' ? '' : ` to ${command}`}.`;
  const isAboutMail = /^(MAIL FROM|RCPT TO|DATA)$/.test(command) && !AUTH_CODES.has(responseCode);
  if (!isAboutMail || responseCode === 421) return { kind: 'away', problem };
  return { kind: 'refused', problem, isFinal: responseCode >= 500 };
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ETLS: 'The connection to the mail server could not be encrypted.',
  EAUTH: 'The mail server refuses the user or the password.',
  ETIMEDOUT: 'The mail server does not answer in time.',
  EDNS: 'The name of the mail server cannot be resolved.',
};
const unknownProblem = (code: string): string => `The mail server cannot be reached (${code}).`;

/** What names a recipient in the outbox, where no address has to be. */
export const keyOfAddress = (address: string): string =>
  createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 12);
