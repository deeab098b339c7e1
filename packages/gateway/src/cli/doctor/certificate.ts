/** Checks of TLS at the public URL: whether browsers accept the certificate, and for how long. */
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { fault, ok, warning, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';
import { connectionOptions, type PublicTarget } from './public-request.ts';

/** What is known of a certificate. */
export interface SeenCertificate {
  /** Why it is not accepted; undefined when it is. */
  problem: string | undefined;
  /** Milliseconds since 1970. */
  validToMs: number;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Connects once. A URL without TLS is judged by its name alone. */
export async function checkCertificate(
  target: PublicTarget,
  { now }: Pick<Machine, 'now'>,
): Promise<Finding[]> {
  const { hostname, protocol } = target.url;
  if (protocol === 'https:') return [judgeCertificate(await readCertificate(target), now())];
  const check = 'public certificate';
  if (LOOPBACK.test(hostname)) return [ok(check, 'A URL of this machine needs no TLS.')];
  return [
    fault(
      check,
      `The URL has no TLS: pages with https may not load the widget from it.`,
      'Let the proxy serve https, with a certificate of a known authority.',
    ),
  ];
}

const DAY_MS = 86_400_000;
/** Renewals are tried for thirty days or more; one that has not worked by then does not work by itself. */
const SOON_DAYS = 14;

/** @param nowMs milliseconds since 1970 */
export function judgeCertificate({ problem, validToMs }: SeenCertificate, nowMs: number): Finding {
  const check = 'public certificate';
  const date = new Date(validToMs).toISOString().slice(0, 10);
  const renew = 'Renew the certificate, and find out why that did not happen by itself.';
  if (validToMs <= nowMs) return fault(check, `The certificate expired on ${date}.`, renew);
  if (problem !== undefined)
    return fault(check, `Browsers do not accept the certificate: ${problem}.`, mendOf(problem));
  const days = Math.floor((validToMs - nowMs) / DAY_MS);
  if (days < SOON_DAYS) return warning(check, `The certificate expires on ${date}, in ${days} days.`, renew);
  return ok(check, `The certificate is valid until ${date}.`);
}

const mendOf = (problem: string): string =>
  problem.includes('ALTNAME')
    ? 'Get a certificate with the host name of the public URL, or correct the URL.'
    : 'Use a certificate of a known authority, with its intermediate certificates.';

function readCertificate(target: PublicTarget): Promise<SeenCertificate> {
  const { url, signal } = target;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? 443 : Number(url.port);
  const { agent: _ofHttp, ...options } = connectionOptions(target);
  return new Promise((resolve, reject) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...options, ...name }, () => {
      // The types say Error; Node sets the code of OpenSSL.
      const problem = socket.authorized ? undefined : String(socket.authorizationError);
      const validToMs = Date.parse(socket.getPeerCertificate().valid_to);
      socket.destroy();
      resolve({ problem, validToMs });
    });
    socket.once('error', reject);
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
}
