/** The check of mail: connects, encrypts and signs in as for a mail, and sends none. */
import { portOf, securityOf } from '../../mail/settings.ts';
import { createSmtpSender } from '../../mail/smtp-sender.ts';
import type { Config } from '../config.ts';
import { fault, ok, skipped, type Finding } from './finding.ts';

/** @throws {MissingPackageError} when nodemailer is not installed */
export async function checkMail({ mail }: Pick<Config, 'mail'>, signal: AbortSignal): Promise<Finding[]> {
  const check = 'mail';
  if (mail === undefined) return [skipped(check, 'Mail is not configured: nobody is told by mail.')];
  const server = `${mail.host}, port ${portOf(mail)}`;
  const problem = await createSmtpSender(mail).verify(signal);
  if (problem !== undefined)
    return [
      fault(
        check,
        `No mail can be sent by ${server}: ${problem}`,
        'Correct host, port, security, user and RIVULET_MAIL_PASSWORD; the certificate must be valid for the host.',
      ),
    ];
  const encrypted = securityOf(mail) === 'none' ? 'not encrypted' : 'encrypted';
  const signIn = mail.user === undefined ? 'without signing in' : `signed in as ${mail.user}`;
  return [ok(check, `The mail server ${server} takes mails, ${encrypted}, ${signIn}.`)];
}
